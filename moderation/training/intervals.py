"""
How sure a number is: exact intervals for shares, bootstrap intervals for everything else.

Knows counts, numbers and groups; nothing of rows, heads or models.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.stats import beta, binom

__all__ = [
    "RESAMPLES",
    "Estimate",
    "Share",
    "bootstrap",
    "estimate",
    "resample_groups",
    "share",
    "sign_test",
]

RESAMPLES = 300
"""Bootstrap samples behind every interval: the ends of a 95 % interval then rest on 15 of them."""

_TAIL = 0.025

Int64 = npt.NDArray[np.int64]


class Estimate(NamedTuple):
    """A number with the ends of its 95 % interval; nan where too little is known to say."""

    value: float
    low: float
    high: float


class Share(NamedTuple):
    """How many of how many, with the exact 95 % interval of the share; all nan of none."""

    hits: int
    of: int
    rate: float
    low: float
    high: float


def share(hits: int, of: int) -> Share:
    """
    Give a share with its exact binomial interval (Clopper and Pearson, 1934).

    Args:
        hits: 0..of.
        of: rows looked at; with none there is nothing to say and all numbers are nan.
    """
    if not of:
        return Share(0, 0, float("nan"), float("nan"), float("nan"))
    low = float(beta.ppf(_TAIL, hits, of - hits + 1)) if hits else 0.0
    high = float(beta.ppf(1 - _TAIL, hits + 1, of - hits)) if hits < of else 1.0
    return Share(hits, of, hits / of, low, high)


def sign_test(worse: int, better: int) -> float:
    """
    Give how likely so many changes for the worse are if either way is as likely (McNemar, 1947).

    Args:
        worse: pairs that changed for the worse.
        better: pairs that changed for the better; pairs that did not change say nothing.

    Returns:
        One-sided and exact, 0..1; 1 when nothing changed for the worse.
    """
    return float(binom.sf(worse - 1, worse + better, 0.5)) if worse else 1.0


def resample_groups(groups: npt.NDArray[np.str_], seed: int) -> list[Int64]:
    """
    Draw whole groups with replacement.

    Args:
        groups: shape (n,): what each row must be drawn together with.
        seed: of the draws.

    Returns:
        Row numbers of each of `RESAMPLES` bootstrap samples; none when there is no row.
    """
    chance = np.random.default_rng(seed)
    order = np.argsort(groups, kind="stable")
    _, starts, counts = np.unique(groups[order], return_index=True, return_counts=True)
    members = [order[s : s + c] for s, c in zip(starts, counts, strict=True)]
    if not members:
        return []
    return [
        np.concatenate([members[i] for i in chance.integers(0, len(members), len(members))])
        for _ in range(RESAMPLES)
    ]


def bootstrap(statistic: Callable[[Int64], float], samples: Sequence[Int64]) -> tuple[float, float]:
    """
    Give the 95 % interval of a statistic: the middle of what it is on bootstrap samples.

    Args:
        statistic: from row numbers; nan where a sample cannot support it, which is left out.
        samples: of `resample_groups`.
    """
    drawn = [value for rows in samples if np.isfinite(value := statistic(rows))]
    if not drawn:
        return float("nan"), float("nan")
    low, high = np.percentile(drawn, [100 * _TAIL, 100 * (1 - _TAIL)])
    return float(low), float(high)


def estimate(
    statistic: Callable[[Int64], float], groups: npt.NDArray[np.str_], seed: int
) -> Estimate:
    """
    Give a statistic of all rows with its 95 % interval, by bootstrap over groups.

    Args:
        statistic: from row numbers; nan where they cannot support it.
        groups: shape (n,): what each row must be drawn together with.
        seed: of the draws.
    """
    value = statistic(np.arange(len(groups)))
    if not np.isfinite(value):
        return Estimate(float("nan"), float("nan"), float("nan"))
    return Estimate(value, *bootstrap(statistic, resample_groups(groups, seed)))
