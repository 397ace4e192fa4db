"""
Words of abuse and of advertising in 23 languages, counted by kind; a score learns their worth.

Numpy only. The lists stand in `training_data/lexicon/`; `training.lexicon` compiles them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from moderation.classifiers.features import Grams

__all__ = ["LEXICON_KINDS", "LEXICON_SIZE", "Lexicon"]

LEXICON_KINDS = (
    "insult",
    "contempt",
    "profanity",
    "slur",
    "threat",
    "sexual",
    "advert",
    "address",
)
"""
The lists, in order: what nearly always insults; what often does ("clown"); swearing; words against
groups; violence; obscenity; advertising; and how somebody is addressed ("you"), which tells an
insult from a remark.
"""

LEXICON_SIZE = len(LEXICON_KINDS) + 3
"""Numbers given for a text: a count a list, and three that join lists."""

_MOST = 4
# A fifth swear word says nothing that four did not.
_COUNTED = [math.log1p(count) / math.log1p(_MOST) for count in range(_MOST + 1)]
_ABUSE = [LEXICON_KINDS.index(kind) for kind in ("insult", "profanity", "slur", "sexual")]
_CONTEMPT, _ADDRESS, _THREAT = map(LEXICON_KINDS.index, ("contempt", "address", "threat"))

_SIEVED = np.uint64((1 << 18) - 1)

UInt64 = npt.NDArray[np.uint64]
UInt8 = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """
    The lists as hashes: what is not printed in the repository is not printed here either.

    N-grams learned in one language say nothing in the next; that a text calls somebody an idiot
    says the same in all, so its weight carries over to a language without a labelled comment.

    Attributes:
        keys: uint64, shape (n_entries,), sorted: hashes of runs of one to four words, and of how
            words begin (`Grams.stems`).
        kinds: uint8, shape (n_entries,): places in `LEXICON_KINDS`.
        sieve: bool, shape (2**18,): whether a key ends in these bits. Nearly all words are in no
            list, and one look tells that of most.
    """

    keys: UInt64
    kinds: UInt8
    sieve: npt.NDArray[np.bool_] = field(init=False)

    def __post_init__(self) -> None:
        """Lay out the sieve."""
        sieve = np.zeros(int(_SIEVED) + 1, bool)
        sieve[(self.keys & _SIEVED).astype(np.int64)] = True
        object.__setattr__(self, "sieve", sieve)

    def read(self, grams: Grams) -> npt.NDArray[np.float32]:
        """
        Count the listed words of a text.

        Returns:
            float32, shape (LEXICON_SIZE,): 0..1 for each of `LEXICON_KINDS` (0 none, 1 four or
            more); then 1 or 0: contempt or abuse of somebody addressed; a threat to somebody
            addressed; any abuse at all.
        """
        counts = [0] * len(LEXICON_KINDS)
        for _, kind in self._find(grams):
            counts[kind] += 1
        abuse = sum([counts[kind] for kind in _ABUSE])
        addressed = counts[_ADDRESS] > 0
        return np.array(
            [
                *[_COUNTED[min(count, _MOST)] for count in counts],
                addressed and abuse + counts[_CONTEMPT] > 0,
                addressed and counts[_THREAT] > 0,
                abuse > 0,
            ],
            np.float32,
        )

    def places(self, grams: Grams) -> list[tuple[int, int, str]]:
        """Give the listed places of a text, for explanations: first word, word after, kind."""
        return [
            (start, start + size, LEXICON_KINDS[kind])
            for (start, size), kind in self._find(grams)
            if kind != _ADDRESS
        ]

    def _find(self, grams: Grams) -> list[tuple[tuple[int, int], int]]:
        """Give place and size, in words, and kind of each hit; a word counts once a kind."""
        words = grams.words.size
        if not words or not self.keys.size:
            return []
        runs = grams.phrases()
        hashes = np.concatenate((*runs, grams.stems.ravel()))
        maybe = self.sieve.take((hashes & _SIEVED).astype(np.int64)).nonzero()[0]
        if not maybe.size:
            return []
        hashes = hashes.take(maybe)
        keys = self.keys.searchsorted(hashes)
        hits = self.keys.take(keys, mode="clip") == hashes
        found: dict[tuple[int, int], tuple[int, int]] = {}
        for at, kind in zip(maybe[hits].tolist(), self.kinds[keys[hits]].tolist(), strict=True):
            size = 1
            while size <= len(runs) and at >= runs[size - 1].size:
                at -= runs[size - 1].size
                size += 1
            if size <= len(runs):
                found[at, kind] = at, size
            else:
                found.setdefault((at % words, kind), (at % words, 1))
        return [(place, kind) for (_, kind), place in found.items()]
