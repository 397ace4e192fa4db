"""
The meaning space: a static vector for every common word of many languages, and their sum.

Numpy only. How the tables were learned is `training.meaning`'s business.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from moderation.classifiers.features import Grams, distinct

__all__ = ["MEANING_SIZE", "Meaning", "MeaningSpace", "unit"]

MEANING_SIZE = 256
"""Dimensions of a meaning vector; decision record 0004 has what fewer would cost."""

Float32 = npt.NDArray[np.float32]
Int64 = npt.NDArray[np.int64]


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
        norms: float32, shape (n_words,): lengths of the rows, in steps; never 0.
    """

    words: npt.NDArray[np.uint64]
    rows: npt.NDArray[np.int8]
    scale: Float32
    norms: Float32

    @property
    def dimensions(self) -> int:
        """Length of a meaning vector."""
        return int(self.rows.shape[1])

    def look_up(self, grams: Grams) -> Int64:
        """Give the rows of a text's known words, each once, sorted: int64, shape (n_known,)."""
        hashes = np.concatenate((grams.words, grams.bigrams))
        if not hashes.size or not self.words.size:
            return np.empty(0, np.int64)
        places = np.minimum(np.searchsorted(self.words, hashes), self.words.size - 1)
        return distinct(places[self.words[places] == hashes])

    def vectors(self, places: Int64) -> tuple[Float32, Float32]:
        """
        Give the vectors of some words.

        Args:
            places: int64, shape (n,): rows, as `look_up` gives them.

        Returns:
            float32, shape (n, MEANING_SIZE), rows of length 1; and float32, shape (n,): how much
            each word says, near 0 for "the", near 1 for a rare word.
        """
        norms = self.norms[places]
        weights = self.scale[places] * norms / np.float32(np.sqrt(self.dimensions))
        return self.rows[places].astype(np.float32) / norms[:, None], weights

    def nearest(self, vectors: Float32, places: Int64) -> Float32:
        """
        Give how near each vector comes to any of some words.

        Args:
            vectors: float32, shape (n, MEANING_SIZE), rows of length 1.
            places: int64, shape (m,), m > 0: rows, as `look_up` gives them.

        Returns:
            float32, shape (n,): the largest cosine, -1..1.
        """
        near = vectors @ self.rows[places].astype(np.float32).T
        return np.asarray((near / self.norms[places]).max(axis=1), np.float32)

    def read(self, grams: Grams) -> Meaning:
        """Give the meaning of a text, as a whole and word by word."""
        vectors, weights = self.vectors(self.look_up(grams))
        return Meaning(unit(weights @ vectors), vectors, weights)


@dataclass(frozen=True, slots=True)
class Meaning:
    """
    What a text means.

    Attributes:
        vector: float32, shape (MEANING_SIZE,); of length 1, or all zero without a known word.
        words: float32, shape (n_known, MEANING_SIZE): vectors of its known words, rows of length 1.
        weights: float32, shape (n_known,): how much each of them says, 0 to about 1.
    """

    vector: Float32
    words: Float32
    weights: Float32


def unit(vector: Float32) -> Float32:
    """Scale a vector to length 1; a zero vector stays zero."""
    norm = float(np.sqrt(vector @ vector))
    return vector / np.float32(norm) if norm > 1e-9 else np.zeros_like(vector)
