"""
Makes log-odds into probabilities, on rows that no head was fitted on.

Platt's sigmoid for each head (Platt, 1999); knows rows and log-odds, nothing of n-grams.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq
from scipy.special import expit, logit
from sklearn.linear_model import LogisticRegression

from moderation.classifiers.heads import LINEAR_HEADS
from moderation.training.encode import Encoded, tfidf
from moderation.training.fit import HeadFit, targets
from moderation.training.harmless import HARMLESS
from moderation.training.rows import Row

__all__ = ["calibrate_heads", "calibrating_weights", "platt", "tells_how_often"]

_LEAST = 20
# With fewer rows of a class the slope is mostly noise, and stays 1.
_FEW = 5
# With fewer still nothing can be said of how often it happens.

_OWN = frozenset({"corpus", "labels"})
_FAVOURED, _SCARCE = 30.0, 3.0
# How much our corpus, and a site's labels, count beside a source: with enough rows of both classes
# to go by, and without.


def tells_how_often(row: Row, head: str) -> bool:
    """
    Tell whether a label says something of how often a comment is bad, and not of words alone.

    One that the nature of a set assumes does not, nor a harmless text that we wrote as such.
    """
    return head not in row.assumed and row.source not in HARMLESS


def calibrating_weights(
    rows: Sequence[Row], wanted: npt.NDArray[np.float32]
) -> npt.NDArray[np.float64]:
    """
    Weigh the rows that a probability shall be right for: above all comments under articles.

    How much of what comes is bad differs by the place. With every source alike, of the comments
    that were said to be spam with .5 one in five was; a mean of places that no site is like suits
    none of them (decision record 0021).

    Args:
        rows: of the calibrating split.
        wanted: float32, shape (n,): 0 or 1.

    Returns:
        float64, shape (n,): of every source alike in sum, but for our corpus and labels.
    """
    own = np.array([row.source in _OWN for row in rows], np.bool_)
    positives = int(wanted[own].sum())
    enough = min(positives, int(own.sum()) - positives) >= _LEAST
    counts = Counter(row.source for row in rows)
    alike = np.array([1 / counts[row.source] for row in rows], np.float64)
    return np.where(own, _FAVOURED if enough else _SCARCE, 1.0) * alike


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
        Slope and offset. The slope is 1 with fewer than 20 rows of a class, or where the fit is
        upside down; then the offset makes the mean probability the share of true rows. With fewer
        than 5 rows of a class it is 0.
    """
    positives = int(wanted.sum())
    fewer = min(positives, len(wanted) - positives)
    if fewer < _FEW:
        return 1.0, 0.0
    if fewer >= _LEAST:
        learner = LogisticRegression(C=1e3, solver="lbfgs", max_iter=200)
        learner.fit(logits[:, None], wanted, sample_weight=weights * len(weights) / weights.sum())
        slope, offset = float(learner.coef_[0, 0]), float(learner.intercept_[0])
        if slope > 0:
            return slope, offset
    return 1.0, _offset(logits, float(np.average(wanted, weights=weights)), weights)


def _offset(
    logits: npt.NDArray[np.float64], share: float, weights: npt.NDArray[np.float64]
) -> float:
    """Give what log-odds must be raised by for their mean probability to be a share, not 0 or 1."""
    # Beyond these ends every probability is below the share, or above it.
    middle = float(logit(share))
    low, high = middle - logits.max(), middle - logits.min()
    if high - low < 1e-6:
        return float(low)
    return float(
        brentq(lambda by: np.average(expit(logits + by), weights=weights) - share, low, high)
    )


def calibrate_heads(
    rows: Sequence[Row],
    encoded: Encoded,
    idf: npt.NDArray[np.float32],
    fits: dict[str, HeadFit],
) -> npt.NDArray[np.float32]:
    """
    Fit the sigmoids of all linear heads on the calibrating split.

    Args:
        rows: of the calibrating split; those that do not tell how often are left out.
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
            not np.isnan(y) and tells_how_often(r, head) for r, y in zip(rows, wanted, strict=True)
        ]
        chosen = np.flatnonzero(usable)
        part = encoded.take(chosen)
        found[column] = platt(
            fits[head].logits(tfidf(part, idf), part.dense),
            wanted[chosen],
            calibrating_weights([rows[int(i)] for i in chosen], wanted[chosen]),
        )
    return found
