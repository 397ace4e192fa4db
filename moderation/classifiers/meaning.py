"""
The meaning space: a static vector for every common word of many languages, and their sum.

Numpy only. How the tables were learned is `training.meaning`'s business.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from moderation.classifiers.features import Grams

__all__ = ["MEANING_SIZE", "MeaningSpace", "unit"]

MEANING_SIZE = 256
"""Dimensions of a meaning vector; decision record 0004 has what fewer would cost."""

Float32 = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class MeaningSpace:
    """
    Vectors whose cosine says how close two texts are in meaning, in and across languages.

    A text costs one gather of its words' rows and one sum: a static student in the sense of
    model2vec, with the weights of Arora, Liang and Ma (2017: a simple but tough-to-beat baseline
    for sentence embeddings) multiplied in. Words without a row say nothing here: guessing them by
    their n-grams lost (decision record 0004); shared words and n-grams are counted elsewhere.

    Attributes:
        words: uint64, shape (n_words,), sorted: hashes of words, or of two neighbouring ones.
        rows: int8, shape (n_words, MEANING_SIZE); memory-mapped when loaded from a bundle.
        scale: float32, shape (n_words,): what one step of a row is worth.
    """

    words: npt.NDArray[np.uint64]
    rows: npt.NDArray[np.int8]
    scale: Float32

    @property
    def dimensions(self) -> int:
        """Length of a meaning vector."""
        return int(self.rows.shape[1])

    def embed(self, grams: Grams) -> Float32:
        """
        Give the meaning of a text.

        Args:
            grams: of the text.

        Returns:
            float32, shape (MEANING_SIZE,); of length 1, or all zero without a known word.
        """
        if not grams.words.size:
            return np.zeros(self.dimensions, np.float32)
        hashes = np.concatenate((grams.words, grams.bigrams))
        places = np.minimum(np.searchsorted(self.words, hashes), self.words.size - 1)
        rows = np.unique(places[self.words[places] == hashes])
        return unit(self.scale[rows] @ self.rows[rows].astype(np.float32))


def unit(vector: Float32) -> Float32:
    """Scale a vector to length 1; a zero vector stays zero."""
    norm = float(np.sqrt(vector @ vector))
    return vector / np.float32(norm) if norm > 1e-9 else np.zeros_like(vector)
