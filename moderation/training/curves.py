"""
Curves and calibration of one head: precision and recall, reliability, coverage against error.

Works on what was true and what was said; scores nothing and draws nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from sklearn.metrics import precision_recall_curve

from moderation.training.evaluate import Judged, resamples

__all__ = [
    "BINS",
    "Calibration",
    "Curve",
    "calibration",
    "coverage_error",
    "of_sources",
    "precision_recall",
]

BINS = 15
"""Of a reliability diagram, each with as many rows as the next."""

_LEAST = 10 * BINS
# With fewer rows a bin is mostly noise.

_SIMULATIONS = 200
_POINTS = 80
# Of a drawn curve: more could not be told apart on paper.

Float64 = npt.NDArray[np.float64]
Curve = tuple[tuple[float, float], ...]
"""Points (x, y), both 0..1, in drawing order."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """
    How far a head's probabilities are from what happens; nan where too few rows say.

    Attributes:
        error: expected calibration error (Naeini, Cooper and Hauskrecht, 2015) over bins of equal
            mass: the mean distance between what was said and how often it was true.
        low: end of its 95 % interval, by bootstrap over groups; `high` likewise. The interval is
            turned round the estimate, since resampling adds to an error that cannot be negative.
        floor: what a head without any error would show on so many rows, by chance alone.
        points: (mean probability, share that was true) of every bin.
        rows: measured on.
    """

    error: float
    low: float
    high: float
    floor: float
    points: Curve
    rows: int


def of_sources(judged: Judged, *, corpus: bool) -> Judged:
    """Give the part of a result that is from our own corpus, or from everywhere else."""
    return judged.where((judged.sources == "corpus") == corpus)


def calibration(judged: Judged, *, seed: int = 0) -> Calibration:
    """Measure how well calibrated a head is, on rows as written; see `Calibration`."""
    judged = judged.where(judged.as_written)
    rows = len(judged.wanted)
    nan = float("nan")
    if rows < _LEAST or not judged.offered:
        return Calibration(nan, nan, nan, nan, (), rows)
    error = _error(judged.wanted, judged.said)
    drawn = [
        _error(judged.wanted[sample], judged.said[sample]) for sample in resamples(judged, seed)
    ]
    low, high = np.percentile(drawn, [2.5, 97.5])
    chance = np.random.default_rng(seed)
    perfect = [
        _error((chance.random(rows) < judged.said).astype(np.float64), judged.said)
        for _ in range(_SIMULATIONS)
    ]
    said, true = _binned(judged.wanted, judged.said)
    return Calibration(
        error=error,
        low=max(0.0, 2 * error - float(high)),
        high=max(0.0, 2 * error - float(low)),
        floor=float(np.mean(perfect)),
        points=tuple(zip(said.tolist(), true.tolist(), strict=True)),
        rows=rows,
    )


def _binned(wanted: Float64, said: Float64) -> tuple[Float64, Float64]:
    order = np.argsort(said, kind="stable")
    edges = np.linspace(0, len(said), BINS + 1).astype(np.int64)[:-1]
    sizes = np.diff(np.append(edges, len(said)))
    said_sums = np.add.reduceat(said[order], edges)
    true_sums = np.add.reduceat(wanted[order], edges)
    return said_sums / sizes, true_sums / sizes


def _error(wanted: Float64, said: Float64) -> float:
    mean_said, share_true = _binned(wanted, said)
    # The bins are equal to within one row, so their plain mean is the expectation.
    return float(np.abs(mean_said - share_true).mean())


def precision_recall(judged: Judged) -> Curve:
    """Give precision (y) at every recall (x); empty where one class is missing."""
    if not 0 < judged.wanted.sum() < len(judged.wanted):
        return ()
    precision, recall, _ = precision_recall_curve(judged.wanted, judged.said)
    # The last point is a convention of no row, at recall 0.
    return _thinned(recall[:-1][::-1], precision[:-1][::-1])


def coverage_error(judged: Judged) -> Curve:
    """
    Give the share of wrong answers (y) among the surest share of rows (x).

    What error a site buys when the machine settles so much and leaves the rest to people (selective
    risk, El-Yaniv and Wiener, 2010). Sure is far from .5; wrong is on the other side of it.
    """
    if not len(judged.wanted):
        return ()
    order = np.argsort(-np.abs(judged.said - 0.5), kind="stable")
    wrong = (judged.said[order] >= 0.5) != (judged.wanted[order] == 1)
    seen = np.arange(1, len(order) + 1)
    # The first few rows are one or nothing.
    start = min(len(order) - 1, max(10, len(order) // 50))
    return _thinned((seen / len(order))[start:], (np.cumsum(wrong) / seen)[start:])


def _thinned(x: Float64, y: Float64) -> Curve:
    chosen = np.unique(np.linspace(0, len(x) - 1, min(_POINTS, len(x))).astype(np.int64))
    return tuple(zip(x[chosen].tolist(), y[chosen].tolist(), strict=True))
