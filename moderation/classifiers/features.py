"""
Turns a text into the numbers every head reads: hashed n-grams, shape counts; one pass feeds all.

Numpy only, shared by training and serving so that they cannot drift; knows no head and no model.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import numpy.typing as npt

from moderation.classifiers.alphabet import CJK, SPACE, WORD, kinds_of

if TYPE_CHECKING:
    from moderation.text import Text

__all__ = ["NGRAM_BITS", "SHAPE_NAMES", "Grams", "TextFeatures", "distinct", "featurise", "grams"]

NGRAM_BITS = 18
"""Buckets of the n-gram table, as a power of two. 2^18 costs 1 MiB for each linear head."""

_LENGTHS = (2, 3, 4, 5)
# Character n-grams of 2 to 5 within words beat every other feature measured for spam and toxicity;
# docs/decisions/0004 has the figures.

_MULTIPLIER = 0x9E3779B97F4A7C15
_INVERSE = pow(_MULTIPLIER, -1, 1 << 64)
_BIGRAM_FACTOR = np.uint64(0xD6E8FEB86659FD93)
_MIX = np.uint64(0xFF51AFD7ED558CCD)
_LENGTH_ARRAY = np.array(_LENGTHS)
_LENGTH_SEEDS = np.array(
    [(n * 0xC2B2AE3D27D4EB4F) & 0xFFFFFFFFFFFFFFFF for n in _LENGTHS], np.uint64
)
_BUCKETS = np.uint64((1 << NGRAM_BITS) - 1)
_WORD_SEED = np.uint64(0x165667B19E3779F9)

UInt64 = npt.NDArray[np.uint64]
Int64 = npt.NDArray[np.int64]


class _Powers:
    """Powers of the multiplier and of its inverse modulo 2^64, grown to the longest text seen."""

    def __init__(self) -> None:
        self.up = self.down = np.empty(0, np.uint64)
        self.grow(4096)

    def grow(self, size: int) -> None:
        # Arrays are replaced, never written in place: other threads may be reading the old ones.
        up = np.full(size, _MULTIPLIER, np.uint64)
        down = np.full(size, _INVERSE, np.uint64)
        up[0] = down[0] = 1
        self.up, self.down = np.cumprod(up, dtype=np.uint64), np.cumprod(down, dtype=np.uint64)

    def of(self, size: int) -> tuple[UInt64, UInt64]:
        if size > self.up.size:
            self.grow(1 << (size - 1).bit_length())
        up, down = self.up, self.down
        return up[:size], down[:size]


_powers = _Powers()


def _mix(hashes: UInt64) -> UInt64:
    """Spread the entropy of a polynomial hash over its low bits (the finaliser of MurmurHash3)."""
    hashes = hashes ^ (hashes >> np.uint64(33))
    hashes = hashes * _MIX
    return hashes ^ (hashes >> np.uint64(29))


@dataclass(frozen=True, slots=True)
class Grams:
    """
    Every n-gram of one text, hashed.

    Attributes:
        characters: one uint64 array for each n of 2..5: n-grams within words, word edges as spaces.
        starts: their first positions in the padded text, one int64 array for each n.
        words: uint64, shape (n_words,): hashes of whole words; each CJK character is one.
        word_starts: int64, shape (n_words,); `word_ends` likewise, exclusive.
        bigrams: uint64, shape (n_words - 1,): hashes of neighbouring words.
    """

    characters: tuple[UInt64, ...]
    starts: tuple[Int64, ...]
    words: UInt64
    word_starts: Int64
    word_ends: Int64
    bigrams: UInt64


def grams(folded: str) -> Grams:
    """
    Hash all n-grams of a folded text with a rolling polynomial hash (Karp and Rabin, 1987).

    With prefix sums S[i] = sum of c[k]·m^k modulo 2^64, the hash of [s, e) is (S[e] − S[s])·m^−s:
    each n costs one subtraction and one multiplication over the whole text instead of a loop.

    Args:
        folded: `Text.folded`; positions in the result count from its first character.
    """
    padded = f" {folded} "
    codes = np.frombuffer(padded.encode("utf-32-le", "surrogatepass"), np.uint32)
    size = codes.size
    up, down = _powers.of(size + 1)
    prefix = np.zeros(size + 1, np.uint64)
    np.cumsum(codes * up[:size], dtype=np.uint64, out=prefix[1:])
    kinds = kinds_of(codes)
    spaces = np.zeros(size + 1, np.int32)
    np.cumsum(kinds == SPACE, dtype=np.int32, out=spaces[1:])

    # A space may stand at either end of an n-gram, never inside it.
    firsts = [np.flatnonzero(spaces[n - 1 : size] == spaces[1 : size - n + 2]) for n in _LENGTHS]
    # All lengths in one go: numpy's cost is by call, not by element, for texts this short.
    first = np.concatenate(firsts)
    counts = [part.size for part in firsts]
    last = first + np.repeat(_LENGTH_ARRAY, counts)
    seeds = np.repeat(_LENGTH_SEEDS, counts)
    hashes = _mix((prefix[last] - prefix[first]) * down[first] + seeds)
    cuts = np.cumsum(counts)[:-1]
    characters, starts = np.split(hashes, cuts), np.split(first - 1, cuts)

    is_word = (kinds == WORD) | (kinds == CJK)
    before = np.empty(size, bool)
    before[0] = False
    before[1:] = is_word[:-1]
    alone = kinds == CJK
    alone_before = np.empty(size, bool)
    alone_before[0] = False
    alone_before[1:] = alone[:-1]
    word_starts = np.flatnonzero(is_word & (~before | alone | alone_before))
    ends = np.flatnonzero(before & (~is_word | alone | alone_before))
    words = _mix((prefix[ends] - prefix[word_starts]) * down[word_starts] + _WORD_SEED)
    bigrams = _mix(words[:-1] * _BIGRAM_FACTOR + words[1:])
    return Grams(
        characters=tuple(characters),
        starts=tuple(starts),
        words=words,
        word_starts=word_starts - 1,
        word_ends=ends - 1,
        bigrams=bigrams,
    )


_Numbers = TypeVar("_Numbers", UInt64, Int64)


def distinct(values: _Numbers) -> _Numbers:
    """Give each value once, sorted, as `np.unique` does, in a third of its time for few values."""
    ordered = np.sort(values)
    if ordered.size < 2:
        return ordered
    keep = np.empty(ordered.size, bool)
    keep[0] = True
    np.not_equal(ordered[1:], ordered[:-1], out=keep[1:])
    return ordered[keep]


SHAPE_NAMES = (
    "log_characters",
    "log_words",
    "upper_share",
    "digit_share",
    "punctuation_share",
    "exclamations",
    "questions",
    "addresses",
    "undone_share",
    "repeated_words",
)
"""The shape counts, in column order; each is scaled to about 0..1."""


@dataclass(frozen=True)
class TextFeatures:
    """
    All a head may read of one text; made once, whatever the number of heads.

    Attributes:
        grams: every n-gram with its place, for explanations.
        shape: float32, shape (len(SHAPE_NAMES),).
    """

    grams: Grams
    shape: npt.NDArray[np.float32]

    @cached_property
    def ngram_indices(self) -> Int64:
        """Distinct buckets of all n-grams, words and bigrams: int64, shape (n,), sorted."""
        every = np.concatenate((*self.grams.characters, self.grams.words, self.grams.bigrams))
        return distinct((every & _BUCKETS).astype(np.int64))

    @cached_property
    def word_hashes(self) -> UInt64:
        """Distinct whole words: uint64, sorted; for counting shared words."""
        return distinct(self.grams.words)


def featurise(text: Text) -> TextFeatures:
    """Take every measurement of one normalised text. Total: an empty text gives empty arrays."""
    hashed = grams(text.folded)
    return TextFeatures(hashed, _shape(text, hashed))


def _shape(text: Text, hashed: Grams) -> npt.NDArray[np.float32]:
    plain = text.plain
    length = len(plain)
    words = hashed.words.size
    if not length:
        return np.zeros(len(SHAPE_NAMES), np.float32)
    codes = np.frombuffer(plain.encode("utf-32-le", "surrogatepass"), np.uint32)
    counts = np.bincount(np.minimum(codes, 128), minlength=129).tolist()
    upper, lower = sum(counts[65:91]), sum(counts[97:123])
    digits = sum(counts[48:58])
    marks = sum(counts[33:128]) - upper - lower - digits
    undone = sum(c.span.end - c.span.start for c in text.changes)
    addresses = plain.count("://") + plain.count("www.") + plain.count("@")
    return np.array(
        [
            np.log1p(length) / 7,
            np.log1p(words) / 5,
            upper / max(upper + lower, 1),
            digits / length,
            marks / length,
            min(counts[33], 10) / 10,
            min(counts[63], 10) / 10,
            min(addresses, 5) / 5,
            min(undone / max(len(text.raw), 1), 1.0),
            1 - distinct(hashed.words).size / words if words else 0.0,
        ],
        np.float32,
    )
