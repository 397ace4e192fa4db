"""
One number about one place, and how numbers of a classifier are worked out of what it said.

Knows arrays; fits nothing and scores nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from moderation.training.evaluate import roc_auc
from moderation.training.intervals import Estimate, estimate

__all__ = ["LEAST", "METRICS", "Outcome", "outcome"]

LEAST = 15
"""Rows of either class without which no number is given."""

_BLOCKED = 0.005
# Share of good comments that may be lost while spam is caught.

Float64 = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Outcome:
    """
    How well something went in one place.

    Attributes:
        work: what was tried, as a heading: "spam, a source left out".
        place: what it was measured on.
        metric: one of `METRICS`, or the name of another number.
        rows: measured on.
        bad: of them, those of class 1.
        found: the number; nan where too few rows could say.
        goal: key of the `goals.GOALS` that it counts for; None: it is shown and counts for none.
    """

    work: str
    place: str
    metric: str
    rows: int
    bad: int
    found: Estimate
    goal: str | None = None


def _auc(wanted: Float64, said: Float64) -> float:
    return roc_auc(wanted, said) if 0 < wanted.sum() < len(wanted) else float("nan")


def _counts(wanted: Float64, said: Float64) -> tuple[float, float, float, float]:
    flagged, bad = said >= 0.5, wanted == 1
    hits, alarms = float((flagged & bad).sum()), float((flagged & ~bad).sum())
    return hits, alarms, float(bad.sum()) - hits, float((~bad).sum()) - alarms


def _f1(wanted: Float64, said: Float64) -> float:
    hits, alarms, missed, _ = _counts(wanted, said)
    return 2 * hits / (2 * hits + alarms + missed) if hits + missed else float("nan")


def _mcc(wanted: Float64, said: Float64) -> float:
    hits, alarms, missed, passed = _counts(wanted, said)
    if not hits + missed or not alarms + passed:
        return float("nan")
    spread = (hits + alarms) * (hits + missed) * (passed + alarms) * (passed + missed)
    return float((hits * passed - alarms * missed) / np.sqrt(spread)) if spread else 0.0


def _caught(wanted: Float64, said: Float64) -> float:
    good, bad = np.sort(said[wanted == 0])[::-1], said[wanted == 1]
    if not len(good) or not len(bad):
        return float("nan")
    # So many good ones may score above the threshold; the next one must not reach it. With fewer
    # than 200 good ones that is none.
    return float((bad > good[int(_BLOCKED * len(good))]).mean())


METRICS: Mapping[str, Callable[[Float64, Float64], float]] = {
    "ROC-AUC": _auc,
    "F1": _f1,
    "MCC": _mcc,
    "caught": _caught,
}
"""
Numbers by name, of what is true (0 or 1) and what was said (0..1); nan where a class is missing.

F1 and MCC (Matthews, 1975) are those of the calibrated probability .5; ``caught`` is the share of
class 1 that is caught while .5 % of class 0 are blocked.
"""


def outcome(
    work: str,
    place: str,
    metric: str,
    wanted: Float64,
    said: Float64,
    groups: npt.NDArray[np.str_],
    *,
    seed: int = 0,
    goal: str | None = None,
) -> Outcome:
    """
    Work out one number with its 95 % interval, by bootstrap over groups.

    Args:
        work: as in `Outcome`; `place` and `goal` likewise.
        metric: one of `METRICS`.
        wanted: shape (n,): 0 or 1.
        said: shape (n,): 0..1.
        groups: shape (n,): what must be drawn together.
        seed: of the bootstrap.
    """
    bad = int(wanted.sum())
    found = Estimate(float("nan"), float("nan"), float("nan"))
    if min(bad, len(wanted) - bad) >= LEAST:
        number = METRICS[metric]
        found = estimate(lambda rows: number(wanted[rows], said[rows]), groups, seed)
    return Outcome(work, place, metric, len(wanted), bad, found, goal)
