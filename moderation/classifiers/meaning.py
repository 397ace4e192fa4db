"""
The meaning space: a static vector for every common word of many languages, and their sum.

Numpy only. How the tables were learned is `training.meaning`'s business.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from moderation.classifiers.features import STEM_LENGTHS, Grams, distinct

__all__ = [
    "LONGEST_STEM",
    "MEANING_SIZE",
    "Columns",
    "Meaning",
    "MeaningSpace",
    "pack_rows",
    "unit",
]

MEANING_SIZE = 256
"""Dimensions of a meaning vector; decision record 0004 has what fewer would cost."""

LONGEST_STEM = 7
"""Letters of the longest stem that a strange word is looked for under."""

_STEPS = 7
# Numbers of four bits: -7 to 7.

_FIRST_STEM = STEM_LENGTHS.index(LONGEST_STEM)

Float32 = npt.NDArray[np.float32]
Int64 = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class MeaningSpace:
    """
    Vectors whose cosine says how close two texts are in meaning, in and across languages.

    A text costs one gather of its words' rows and one sum: a static student in the sense of
    model2vec, with the weights of Arora, Liang and Ma (2017: a simple but tough-to-beat baseline
    for sentence embeddings) multiplied in. A word without a row is read as the known words that
    begin like it, which is what an ending or a compound leaves of most strange words.

    Attributes:
        words: uint64, shape (n_words,), sorted: hashes of words, of two neighbouring ones, and of
            stems (`Grams.stems`), whose rows are the means of the words that begin so.
        row_of: uint32, shape (n_words,): the row of each. Most stems begin one word, or the same
            words as a longer one, and share its row.
        rows: uint8, shape (n_rows, MEANING_SIZE / 2): two numbers -7..7 in a byte, as `pack_rows`
            lays them; memory-mapped when loaded from a bundle.
        scale: float32, shape (n_rows,): what one step of a row is worth.
        norms: float32, shape (n_rows,): lengths of the rows, in steps; never 0.
    """

    words: npt.NDArray[np.uint64]
    row_of: npt.NDArray[np.uint32]
    rows: npt.NDArray[np.uint8]
    scale: Float32
    norms: Float32

    @property
    def dimensions(self) -> int:
        """Length of a meaning vector."""
        return 2 * int(self.rows.shape[1])

    def look_up(self, grams: Grams) -> Int64:
        """Give the rows of a text's words, each row once, sorted: int64, shape (n_known,)."""
        hashes = np.concatenate((grams.words, grams.bigrams))
        if not hashes.size or not self.words.size:
            return np.empty(0, np.int64)
        places = self.words.searchsorted(hashes)
        known = self.words.take(places, mode="clip") == hashes
        found = places[known]
        strange = (~known[: grams.words.size]).nonzero()[0]
        if strange.size:
            found = np.concatenate((found, self._by_stem(grams, strange)))
        return distinct(self.row_of.take(found).astype(np.int64))

    def _by_stem(self, grams: Grams, words: Int64) -> Int64:
        """Give the places of the longest known beginnings of strange words that have one."""
        stems = grams.stems[_FIRST_STEM:, words]
        places = self.words.searchsorted(stems.ravel()).reshape(stems.shape)
        known = self.words.take(places, mode="clip") == stems
        longest = known.argmax(axis=0)
        hit = known.any(axis=0)
        return np.asarray(places[longest[hit], hit.nonzero()[0]], np.int64)

    def vectors(self, places: Int64) -> tuple[Float32, Float32]:
        """
        Give the vectors of some words.

        Args:
            places: int64, shape (n,): rows, as `look_up` gives them.

        Returns:
            float32, shape (n, MEANING_SIZE), rows of length 1; and float32, shape (n,): how much
            each word says, near 0 for "the", near 1 for a rare word.
        """
        norms = self.norms.take(places)
        weights = self.scale.take(places) * norms
        weights /= np.float32(math.sqrt(self.dimensions))
        vectors = _unpack(self.rows.take(places, axis=0)).astype(np.float32)
        vectors /= norms[:, None]
        return vectors, weights

    def columns(self, places: Int64) -> Columns:
        """Lay out the words in some rows, as `look_up` gives them, for `nearest`."""
        return Columns(places, np.ascontiguousarray(_unpack(self.rows[places]).T))

    def nearest(self, vectors: Float32, words: Columns) -> Float32:
        """
        Give how near each vector comes to any of some words, of which there must be one.

        Args:
            vectors: float32, shape (n, MEANING_SIZE), rows of length 1.
            words: as `columns` gives them.

        Returns:
            float32, shape (n,): the largest cosine, -1..1.
        """
        near: Float32 = vectors @ words.steps.astype(np.float32)
        near /= self.norms.take(words.places)
        return np.asarray(np.maximum.reduce(near, axis=1))

    def read(self, grams: Grams) -> Meaning:
        """Give the meaning of a text, as a whole and word by word."""
        vectors, weights = self.vectors(self.look_up(grams))
        return Meaning(unit(weights @ vectors), vectors, weights)


@dataclass(frozen=True, slots=True)
class Columns:
    """
    Words that other words are compared with, again and again.

    Attributes:
        places: int64, shape (n_words,): their rows in the space.
        steps: int8, shape (MEANING_SIZE, n_words): these rows as columns, which halves the time of
            a comparison; still one byte a number, since every article known keeps them.
    """

    places: Int64
    steps: npt.NDArray[np.int8]


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


def pack_rows(table: Float32) -> tuple[npt.NDArray[np.uint8], Float32, Float32]:
    """
    Write vectors with four bits a number: an eighth of the size, at no measured loss.

    Args:
        table: float32, shape (n, MEANING_SIZE).

    Returns:
        rows, scale and norms of a `MeaningSpace`.
    """
    scale = np.maximum(np.abs(table).max(axis=1), 1e-12) / _STEPS
    steps = np.rint(table / scale[:, None]).astype(np.int8)
    norms = np.maximum(np.linalg.norm(steps.astype(np.float32), axis=1), 1).astype(np.float32)
    raised = (steps + 8).astype(np.uint8)
    half = table.shape[1] // 2
    return raised[:, :half] | (raised[:, half:] << 4), scale.astype(np.float32), norms


def _unpack(rows: npt.NDArray[np.uint8]) -> npt.NDArray[np.int8]:
    return np.concatenate((rows & 15, rows >> 4), axis=1).view(np.int8) - np.int8(8)


def unit(vector: Float32) -> Float32:
    """Scale a vector to length 1; a zero vector stays zero."""
    norm = math.sqrt(vector @ vector)
    return vector / np.float32(norm) if norm > 1e-9 else np.zeros_like(vector)
