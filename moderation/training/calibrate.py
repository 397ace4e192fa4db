"""
Makes log-odds into probabilities, on rows that no head was fitted on.

Platt's sigmoid for each head (Platt, 1999); knows rows and log-odds, nothing of n-grams.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression

from moderation.classifiers.heads import LINEAR_HEADS
from moderation.training.encode import Encoded, tfidf
from moderation.training.fit import HeadFit, targets
from moderation.training.rows import Row

__all__ = ["calibrate_heads", "platt", "source_weights"]

_LEAST = 20
# With fewer rows of a class a sigmoid's two numbers are mostly noise.


def source_weights(rows: Sequence[Row]) -> npt.NDArray[np.float64]:
    """Weigh rows so that every source counts alike and the corpus and labels three times."""
    counts = Counter(row.source for row in rows)
    favoured = {"corpus": 3.0, "labels": 3.0}
    return np.array([favoured.get(r.source, 1.0) / counts[r.source] for r in rows], np.float64)


def platt(
    logits: npt.NDArray[np.float64],
    wanted: npt.NDArray[np.float32],
    weights: npt.NDArray[np.float64],
) -> tuple[float, float]:
    """
    Fit slope and offset of a sigmoid.

    Args:
        logits: float64, shape (n,).
        wanted: float32, shape (n,): 0 or 1.
        weights: float64, shape (n,).

    Returns:
        Slope and offset; 1 and 0 with fewer than 20 rows of a class, or a fit upside down.
    """
    positives = int(wanted.sum())
    if positives < _LEAST or len(wanted) - positives < _LEAST:
        return 1.0, 0.0
    learner = LogisticRegression(C=1e3, solver="lbfgs", max_iter=200)
    learner.fit(logits[:, None], wanted, sample_weight=weights * len(weights) / weights.sum())
    slope, offset = float(learner.coef_[0, 0]), float(learner.intercept_[0])
    return (slope, offset) if slope > 0 else (1.0, 0.0)


def calibrate_heads(
    rows: Sequence[Row],
    encoded: Encoded,
    idf: npt.NDArray[np.float32],
    fits: dict[str, HeadFit],
) -> npt.NDArray[np.float32]:
    """
    Fit the sigmoids of all linear heads on the calibrating split.

    Args:
        rows: of the calibrating split; labels that a set's nature assumes are left out.
        encoded: the same rows.
        idf: float32, shape (2**NGRAM_BITS,).
        fits: the heads.

    Returns:
        float32, shape (n_heads, 2): slope and offset of each head.
    """
    found = np.zeros((len(LINEAR_HEADS), 2), np.float32)
    for column, head in enumerate(LINEAR_HEADS):
        wanted = targets(rows, head)
        usable = [
            not np.isnan(y) and head not in r.assumed for r, y in zip(rows, wanted, strict=True)
        ]
        chosen = np.flatnonzero(usable)
        part = encoded.take(chosen)
        found[column] = platt(
            fits[head].logits(tfidf(part, idf), part.dense),
            wanted[chosen],
            source_weights([rows[int(i)] for i in chosen]),
        )
    return found
