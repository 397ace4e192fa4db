"""
How two raters of the same comments agree, and where a threshold keeps the decisions of one.

Pure arithmetic on numbers; knows no comment, no policy and no file.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import rankdata

from moderation.training.intervals import Share, share

__all__ = [
    "Confusion",
    "Interval",
    "Proposal",
    "confusion",
    "percentiles",
    "rank_correlation",
    "roc_auc",
    "same_share",
    "surest",
]

Float64 = npt.NDArray[np.float64]
Bool = npt.NDArray[np.bool_]

_SURE = 1.959963984540054
"""Standard deviations to either side that hold 95 % of a normal distribution."""

_PLACES = 4
# Thresholds are given to so many decimals, and are rounded so that the row that set them counts.


@dataclass(frozen=True, slots=True)
class Interval:
    """A number with its 95 % interval; all nan where the rows cannot support one."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Confusion:
    """How many rows both flag, only they, only we, and neither."""

    both: int
    only_they: int
    only_we: int
    neither: int

    @property
    def alike(self) -> Share:
        """Share of rows on which both decide alike, with its exact interval."""
        return share(self.both + self.neither, self.rows)

    @property
    def rows(self) -> int:
        """All rows."""
        return self.both + self.only_they + self.only_we + self.neither

    @property
    def kappa(self) -> float:
        """
        Agreement beyond chance, -1..1 (Cohen, 1960); nan when there is nothing to tell apart.

        Where few are flagged, plain agreement is best for flagging nothing; this is not.
        """
        n = self.rows
        they, we = self.both + self.only_they, self.both + self.only_we
        chance = (they * we + (n - they) * (n - we)) / n**2 if n else 1.0
        if chance >= 1:
            return math.nan
        return ((self.both + self.neither) / n - chance) / (1 - chance)


@dataclass(frozen=True, slots=True)
class Proposal:
    """
    A threshold on our score.

    Attributes:
        threshold: flagged from here on.
        low: where it would be at one end of what is not ruled out at 95 %, and `high` at the other.
        counts: how we agree there.
    """

    threshold: float
    low: float
    high: float
    counts: Confusion


def rank_correlation(ours: Float64, theirs: Float64) -> Interval:
    """
    Give Spearman's rank correlation, -1..1: whether both put comments into the same order.

    Its interval is Bonett and Wright's (Psychometrika 65, 2000).

    Args:
        ours: shape (n,), without nan; `theirs` likewise.
    """
    n = len(ours)
    if n < 4 or np.ptp(ours) == 0 or np.ptp(theirs) == 0:
        return Interval(math.nan, math.nan, math.nan)
    value = float(np.corrcoef(rankdata(ours), rankdata(theirs))[0, 1])
    bounded = min(max(value, -0.999999), 0.999999)
    width = _SURE * math.sqrt((1 + bounded**2 / 2) / (n - 3))
    middle = math.atanh(bounded)
    return Interval(value, math.tanh(middle - width), math.tanh(middle + width))


def roc_auc(ours: Float64, flagged: Bool) -> Interval:
    """
    Give the probability that a flagged comment scores higher than another, ties as halves.

    Its interval is Hanley and McNeil's (Radiology 143, 1982).

    Args:
        ours: shape (n,), without nan.
        flagged: shape (n,): the other's decisions.
    """
    bad, good = int(flagged.sum()), int((~flagged).sum())
    if not bad or not good:
        return Interval(math.nan, math.nan, math.nan)
    ranks = rankdata(ours)
    area = (float(ranks[flagged].sum()) - bad * (bad + 1) / 2) / (bad * good)
    one, two = area / (2 - area), 2 * area**2 / (1 + area)
    variance = area * (1 - area) + (bad - 1) * (one - area**2) + (good - 1) * (two - area**2)
    width = _SURE * math.sqrt(max(0.0, variance) / (bad * good))
    return Interval(area, max(0.0, area - width), min(1.0, area + width))


def confusion(ours: Float64, flagged: Bool, threshold: float) -> Confusion:
    """Count how flagging from a threshold on agrees with the other's decisions."""
    we = ours >= threshold
    both, only_they = int((we & flagged).sum()), int((~we & flagged).sum())
    only_we = int((we & ~flagged).sum())
    return Confusion(both, only_they, only_we, len(ours) - both - only_they - only_we)


def same_share(ours: Float64, flagged: Bool) -> Proposal | None:
    """
    Give the threshold from which we flag as many comments as the other does.

    Its ends are those of the exact 95 % interval of the share that is flagged.

    Returns:
        None when nothing is flagged, or everything.
    """
    told = share(int(flagged.sum()), len(flagged))
    if not told.of or not 0 < told.hits < told.of:
        return None
    ordered = np.sort(ours)[::-1]
    middle = _from(ordered, told.rate)
    # The larger the share, the lower the threshold.
    low, high = _from(ordered, told.high), _from(ordered, told.low)
    return Proposal(middle, low, high, confusion(ours, flagged, middle))


def surest(ours: Float64, flagged: Bool) -> Proposal | None:
    """
    Give the threshold at which we agree with the other best, chance apart (`Confusion.kappa`).

    Its ends are those between which the agreement falls short by no more than its standard error.

    Returns:
        None when nothing is flagged, or everything, or no threshold agrees better than chance.
    """
    n, bad = len(ours), int(flagged.sum())
    if not 0 < bad < n:
        return None
    order = np.argsort(-ours, kind="stable")
    scores = ours[order]
    # Only where the next score is lower can a threshold stand.
    last = np.flatnonzero(np.append(scores[1:] < scores[:-1], True))
    both = np.cumsum(flagged[order])[last].astype(np.float64)
    we = last + 1.0
    alike = (n - bad - we + 2 * both) / n
    chance = (bad * we + (n - bad) * (n - we)) / n**2
    kappa = np.where(chance < 1, (alike - chance) / np.maximum(1 - chance, 1e-12), 0.0)
    best = int(np.argmax(kappa))
    if kappa[best] <= 0:
        return None
    error = math.sqrt(alike[best] * (1 - alike[best]) / n) / max(1 - chance[best], 1e-12)
    near = np.flatnonzero(kappa >= kappa[best] - error)
    ends = [_rounded(float(scores[last[index]])) for index in (near[-1], best, near[0])]
    return Proposal(ends[1], ends[0], ends[2], confusion(ours, flagged, ends[1]))


def percentiles(values: Float64) -> Float64:
    """Give the place of each value among all, 0..1: what makes two scales comparable."""
    return np.asarray((rankdata(values) - 0.5) / max(len(values), 1), np.float64)


def _from(ordered: Float64, part: float) -> float:
    """Give the score from which on a part of the rows is flagged; `ordered` is falling."""
    index = min(len(ordered) - 1, max(0, round(part * len(ordered)) - 1))
    return _rounded(float(ordered[index]))


def _rounded(score: float) -> float:
    """Round down, so that the row whose score it is stays flagged."""
    return float(math.floor(score * 10**_PLACES + 1e-9) / 10**_PLACES)
