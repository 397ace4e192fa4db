"""
The linear heads: spam, toxicity and its kinds, substance and more; one gather over one table.

Numpy only; fitting is `training.fit`'s business, explaining `explain`'s.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from moderation.classifiers.reading import Reading
from moderation.terms import TOXIC_KINDS

__all__ = ["LINEAR_HEADS", "REMARKS", "LinearHeads", "sigmoid", "whole_steps"]

LINEAR_HEADS = ("spam", "toxicity", *TOXIC_KINDS, "substance", "generic", "astray")
"""
Columns of the weight table, in order. The last two are not shown: relevance reads them. `generic`
is thin praise or assent, `astray` what is off topic wherever it stands ("anyone know a plumber?").
"""

REMARKS = ("generic", "substance", "astray")
"""The heads that relevance reads, in the order of `relevance.Remarks`."""

Float32 = npt.NDArray[np.float32]
Int64 = npt.NDArray[np.int64]


def whole_steps(weights: Float32) -> tuple[npt.NDArray[np.int16], Float32]:
    """
    Write weights as whole numbers: half the size, and read in a tenth of a half float's time.

    Args:
        weights: float32, shape (n, n_heads).

    Returns:
        weights and steps of `LinearHeads`; no weight moves by more than 1 / 65,534 of the largest.
    """
    steps = np.maximum(np.abs(weights).max(axis=0), 1e-12) / np.iinfo(np.int16).max
    return np.rint(weights / steps).astype(np.int16), steps.astype(np.float32)


def sigmoid(logit: float) -> float:
    """Give 1 / (1 + exp(-logit)) without overflow."""
    if logit >= 0:
        return 1 / (1 + math.exp(-logit))
    grown = math.exp(logit)
    return grown / (1 + grown)


@dataclass(frozen=True, slots=True)
class LinearHeads:
    """
    Logistic regressions over TF-IDF-weighted hashed n-grams and the dense numbers of a text.

    Attributes:
        idf: float32, shape (2**NGRAM_BITS,): inverse document frequency of every bucket.
        weights: int16, shape (2**NGRAM_BITS, n_heads): in steps; one row holds all heads, so that a
            bucket costs one cache miss for all of them. Memory-mapped when loaded from a bundle.
        steps: float32, shape (n_heads,): what one step of a weight is worth in log-odds.
        dense: float32, shape (DENSE_SIZE, n_heads).
        intercept: float32, shape (n_heads,).
        calibration: float32, shape (n_heads, 2): slope and offset of Platt's sigmoid
            (Platt, 1999: probabilistic outputs for support vector machines).
        offered: bool, shape (n_heads,): whether held-back rows could measure the head. One that
            nobody measured says nothing.
    """

    idf: Float32
    weights: npt.NDArray[np.int16]
    steps: Float32
    dense: Float32
    intercept: Float32
    calibration: Float32
    offered: npt.NDArray[np.bool_]

    def logits(self, reading: Reading) -> Float32:
        """
        Score one text with every head.

        Args:
            reading: of the text.

        Returns:
            float32, shape (n_heads,): uncalibrated log-odds.
        """
        buckets = reading.features.ngram_indices
        logits = reading.dense @ self.dense + self.intercept
        if buckets.size:
            values = self.idf.take(buckets)
            # `take` gathers whole rows, in an eighth of the time that indexing takes.
            weights = self.weights.take(buckets, axis=0).astype(np.float32)
            logits += (values @ weights) * (self.steps / math.sqrt(values @ values))
        return logits

    def probabilities(self, logits: Float32) -> dict[str, float | None]:
        """Calibrate log-odds into probabilities 0..1, head by head; None where not offered."""
        return {
            name: sigmoid(slope * logit + offset) if offered else None
            for name, logit, (slope, offset), offered in zip(
                LINEAR_HEADS,
                logits.tolist(),
                self.calibration.tolist(),
                self.offered.tolist(),
                strict=True,
            )
        }
