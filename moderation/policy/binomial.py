"""
Exact bounds on a share that was seen in a sample: Clopper and Pearson's, from the binomial itself.

Pure arithmetic on counts; knows no scores and no policy.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
import numpy.typing as npt

__all__ = ["exact_lower", "exact_upper", "refutes", "rows_needed"]

_HALVINGS = 40
# Each halves the interval the bound lies in; 2**-40 is below any number of rows there will be.

Float64 = npt.NDArray[np.float64]


def refutes(hits: int, rows: int, share: float, doubt: float) -> bool:
    """
    Tell whether `hits` among `rows` are too few for a share of `share` or more.

    The same as ``exact_upper(hits, rows, doubt) <= share``, at a fiftieth of the cost.

    Args:
        share: 0..1.
        doubt: probability with which a true share of `share` may be refuted all the same, 0..1.
    """
    return rows > 0 and hits < rows and _at_most(hits, rows, share) <= doubt


@lru_cache(maxsize=1 << 14)
def exact_upper(hits: int, rows: int, doubt: float) -> float:
    """
    Give the largest share that `hits` among `rows` do not refute.

    A sample drawn from a share above the bound has a probability of at most `doubt`, whatever the
    share is: exact for every number of rows (Clopper and Pearson, Biometrika 26, 1934).

    Returns:
        0..1; 1 when there are no rows, or nothing but hits.
    """
    if hits >= rows:
        return 1.0
    coefficients = _coefficients(hits, rows)
    low, high = hits / rows, 1.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if _sum(coefficients, rows, middle) > doubt:
            low = middle
        else:
            high = middle
    # The upper end of the last interval: rounding must not make the bound smaller than it is.
    return high


def exact_lower(hits: int, rows: int, doubt: float) -> float:
    """Give the smallest share that `hits` among `rows` do not refute; 0 when there are no rows."""
    return 1.0 - exact_upper(rows - hits, rows, doubt) if rows else 0.0


def rows_needed(share: float, doubt: float) -> int:
    """Give how many rows without a hit it takes to refute a share: 299 for .01 and .05."""
    rows = max(1, math.ceil(math.log(doubt) / math.log1p(-share)))
    # The quotient of two logarithms may come out a hair above or below a whole number.
    while rows > 1 and refutes(0, rows - 1, share, doubt):
        rows -= 1
    while not refutes(0, rows, share, doubt):
        rows += 1
    return rows


def _at_most(hits: int, rows: int, share: float) -> float:
    """Give the probability of `hits` or fewer among `rows`."""
    if not 0 < share < 1:
        return float(share <= 0)
    return _sum(_coefficients(hits, rows), rows, share)


def _sum(coefficients: Float64, rows: int, share: float) -> float:
    hits = np.arange(len(coefficients), dtype=np.float64)
    terms = coefficients + hits * math.log(share) + (rows - hits) * math.log1p(-share)
    return float(np.exp(terms).sum())


def _coefficients(hits: int, rows: int) -> Float64:
    """Give the logarithms of "rows choose 0" to "rows choose hits": float64, shape (hits + 1,)."""
    logs = _log_factorials(rows)
    chosen = logs[: hits + 1]
    rest = logs[rows - hits :][::-1]
    return np.asarray(logs[rows] - chosen - rest, np.float64)


@lru_cache(maxsize=64)
def _log_factorials(most: int) -> Float64:
    """Give the logarithms of 0! to `most`!: float64, shape (most + 1,)."""
    return np.concatenate(([0.0], np.cumsum(np.log(np.arange(1, most + 1, dtype=np.float64)))))
