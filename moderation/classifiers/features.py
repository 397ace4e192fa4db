"""
Turns a text into the numbers every head reads: hashed n-grams, shape counts; one pass feeds all.

Numpy only, shared by training and serving so that they cannot drift; knows no head and no model.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import numpy.typing as npt

from moderation.classifiers.alphabet import SPACE, WORD, kinds_of

if TYPE_CHECKING:
    from moderation.text import Text

__all__ = [
    "NGRAM_BITS",
    "SHAPE_NAMES",
    "STEM_LENGTHS",
    "Grams",
    "TextFeatures",
    "distinct",
    "featurise",
    "grams",
]

NGRAM_BITS = 18
"""Buckets of the n-gram table, as a power of two. 2^18 costs 1 MiB for each linear head."""

STEM_LENGTHS = tuple(range(16, 3, -1))
"""Letters of stems of a word, longest first: by eight of them "schweinehund" is pork."""

_LENGTHS = (2, 3, 4, 5)
# Character n-grams of 2 to 5 within words beat every other feature measured for spam and toxicity;
# docs/decisions/0004 has the figures.

_MULTIPLIER = 0x9E3779B97F4A7C15
_INVERSE = pow(_MULTIPLIER, -1, 1 << 64)
_BIGRAM_FACTOR = np.uint64(0xD6E8FEB86659FD93)
_MIX = np.uint64(0xFF51AFD7ED558CCD)
_33, _29 = np.uint64(33), np.uint64(29)
_LONGEST = _LENGTHS[-1]
_FACTORS = np.array([[pow(_MULTIPLIER, place, 1 << 64)] for place in range(_LONGEST)], np.uint64)
_LENGTH_SEEDS = np.array(
    [[(n * 0xC2B2AE3D27D4EB4F) & 0xFFFFFFFFFFFFFFFF] for n in _LENGTHS], np.uint64
)
_BUCKETS = np.uint64((1 << NGRAM_BITS) - 1)
_WORD_SEED = np.uint64(0x165667B19E3779F9)
_STEM_SEED = np.uint64(0x27D4EB2F165667C5)
_STEM_COLUMN = np.array(STEM_LENGTHS, np.int64)[:, None]

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
    mixed = hashes >> _33
    mixed ^= hashes
    mixed *= _MIX
    mixed ^= mixed >> _29
    return mixed


@dataclass(frozen=True)
class Grams:
    """
    Every n-gram of one text, hashed.

    Attributes:
        characters: uint64: n-grams within words, word edges as spaces; all of n = 2, then 3, 4, 5.
        present: bool, shape (4, n_places): whether an n-gram of 2, 3, 4, 5 begins at a place of the
            text with a space put before it; `characters` has one entry for each True, row by row.
        words: uint64, shape (n_words,): hashes of whole words; each CJK character is one.
        word_starts: int64, shape (n_words,); `word_ends` likewise, exclusive.
        bigrams: uint64, shape (n_words - 1,): hashes of neighbouring words.
        sums: uint64, shape (n_places,): running sums of the text's polynomial hash.
    """

    characters: UInt64
    present: npt.NDArray[np.bool_]
    words: UInt64
    word_starts: Int64
    word_ends: Int64
    bigrams: UInt64
    sums: UInt64

    @property
    def long(self) -> UInt64:
        """The 4- and 5-grams: what tells one subject from another, in any language."""
        return self.characters[np.count_nonzero(self.present[:2]) :]

    def places(self) -> tuple[Int64, Int64]:
        """Give start and length of every entry of `characters`; a start of -1 is the space."""
        row, place = self.present.nonzero()
        return place - 1, row + _LENGTHS[0]

    @cached_property
    def stems(self) -> UInt64:
        """
        Hash how words begin, by the letters of `STEM_LENGTHS`.

        Returns:
            uint64, shape (len(STEM_LENGTHS), n_words): 0 where a word is shorter. A stem never has
            the hash of the word that is spelt like it.
        """
        starts, ends = self.word_starts, self.word_ends
        _, down = _powers.of(self.sums.size)
        stops = starts + _STEM_COLUMN
        fits = stops <= ends
        np.minimum(stops, ends, out=stops)
        hashes = self.sums.take(stops) - self.sums.take(starts)
        hashes *= down.take(starts + 1)
        hashes += _STEM_SEED
        hashes = _mix(hashes)
        hashes *= fits
        return hashes

    def phrases(self) -> list[UInt64]:
        """Hash the runs of one, two, three and four neighbouring words: uint64, a list by size."""
        runs = [self.words, self.bigrams]
        for size in (3, 4):
            runs.append(_mix(runs[-1][:-1] * _BIGRAM_FACTOR + self.words[size - 1 :]))
        return runs


def grams(folded: str) -> Grams:
    """
    Hash all n-grams of a folded text with polynomial hashes (Karp and Rabin, 1987).

    An n-gram's hash is the sum of its characters times rising powers of one factor. So those of all
    lengths are running sums down the columns of one table, for a handful of numpy calls whose price
    is by call, not by element, for texts this short.

    Args:
        folded: `Text.folded`; positions in the result count from its first character.
    """
    # One space before, one after; three more let the last place have a window of five too.
    padded = f" {folded}    "
    places = len(folded) + 1
    codes = np.frombuffer(padded.encode("utf-32-le", "surrogatepass"), np.uint32)
    kinds = kinds_of(codes)
    wide = codes.astype(np.uint64)

    # Row k holds the character k places on; the rows overlap in memory.
    windows = np.ndarray((_LONGEST, places), np.uint64, wide, 0, (8, 8))
    sums = np.add.accumulate(windows * _FACTORS, axis=0)
    # A space may stand at either end of an n-gram, never inside it.
    filled = kinds != SPACE
    present = np.ones((len(_LENGTHS), places), bool)
    present[1] = filled[1 : places + 1]
    np.logical_and(present[1], filled[2 : places + 2], out=present[2])
    np.logical_and(present[2], filled[3 : places + 3], out=present[3])
    characters = (sums[1:] + _LENGTH_SEEDS)[present]

    is_word = kinds >= WORD
    part = kinds == WORD
    joined = part[1:] & part[:-1]
    starts = (is_word[1:] > joined).nonzero()[0]
    ends = (is_word[:-1] > joined).nonzero()[0]
    # With prefix sums S[i] = sum of c[k]·m^k modulo 2^64, the hash of [s, e) is (S[e] - S[s])·m^-s.
    up, down = _powers.of(places)
    prefix = np.add.accumulate(wide[:places] * up)
    words = (prefix[ends] - prefix[starts]) * down[starts + 1] + _WORD_SEED
    mixed = _mix(np.concatenate((characters, words)))
    characters, words = mixed[: characters.size], mixed[characters.size :]
    return Grams(
        characters=characters,
        present=present,
        words=words,
        word_starts=starts,
        word_ends=ends,
        bigrams=_mix(words[:-1] * _BIGRAM_FACTOR + words[1:]),
        sums=prefix,
    )


_Numbers = TypeVar("_Numbers", UInt64, npt.NDArray[np.uint32], Int64)


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
    "repeated_words",
)
"""
The shape counts, in column order; each is scaled to about 0..1.

They are taken of the text as read, so that a disguise which was seen through leaves no trace here:
abuse in leetspeak is no less abuse for its digits (decision record 0019).
"""


@dataclass(frozen=True)
class TextFeatures:
    """
    All a head may read of one text; made once, whatever the number of heads.

    Attributes:
        grams: every n-gram with its place, for explanations.
        word_hashes: distinct whole words: uint64, sorted; for counting shared words.
        shape: float32, shape (len(SHAPE_NAMES),).
    """

    grams: Grams
    word_hashes: UInt64
    shape: npt.NDArray[np.float32]

    @cached_property
    def buckets(self) -> npt.NDArray[np.uint32]:
        """Buckets of all n-grams, words and bigrams, in this order: uint32, shape (n_grams,)."""
        every = np.concatenate((self.grams.characters, self.grams.words, self.grams.bigrams))
        return (every & _BUCKETS).astype(np.uint32)

    @cached_property
    def ngram_indices(self) -> Int64:
        """The distinct ones of `buckets`: int64, shape (n,), sorted."""
        return distinct(self.buckets).astype(np.int64)


def featurise(text: Text) -> TextFeatures:
    """Take every measurement of one normalised text. Total: an empty text gives empty arrays."""
    hashed = grams(text.folded)
    words = distinct(hashed.words)
    return TextFeatures(hashed, words, _shape(text, hashed.words.size, words.size))


def _shape(text: Text, words: int, distinct_words: int) -> npt.NDArray[np.float32]:
    folded = text.folded
    length = len(folded)
    if not length:
        return np.zeros(len(SHAPE_NAMES), np.float32)
    counts = _ascii_counts(folded)
    letters = sum(counts[97:123])
    digits = sum(counts[48:58])
    marks = sum(counts[33:127]) - letters - digits
    # Only case is lost in folding. What stands for a letter in the text as sent has none.
    sent = _ascii_counts(text.plain)
    upper, lower = sum(sent[65:91]), sum(sent[97:123])
    addresses = folded.count("://") + folded.count("www.") + folded.count("@")
    return np.array(
        [
            math.log1p(length) / 7,
            math.log1p(words) / 5,
            upper / max(upper + lower, 1),
            digits / length,
            marks / length,
            min(counts[33], 10) / 10,
            min(counts[63], 10) / 10,
            min(addresses, 5) / 5,
            1 - distinct_words / words if words else 0.0,
        ],
        np.float32,
    )


def _ascii_counts(text: str) -> list[int]:
    codes = np.frombuffer(text.encode("ascii", "ignore"), np.uint8)
    counted: list[int] = np.bincount(codes, minlength=128).tolist()
    return counted
