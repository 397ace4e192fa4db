"""
Words of abuse and of advertising in twelve languages, counted by kind; a score learns their worth.

Numpy only. The lists stand in `training_data/lexicon/`; `training.lexicon` compiles them.
"""

from __future__ import annotations

from dataclasses import dataclass

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
_COUNTED = np.log1p(np.arange(_MOST + 1, dtype=np.float32)) / np.float32(np.log1p(_MOST))
_ABUSE = [LEXICON_KINDS.index(kind) for kind in ("insult", "profanity", "slur", "sexual")]
_CONTEMPT, _ADDRESS, _THREAT = map(LEXICON_KINDS.index, ("contempt", "address", "threat"))

UInt64 = npt.NDArray[np.uint64]
UInt8 = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """
    The lists as hashes: what is not printed in the repository is not printed here either.

    N-grams learned in one language say nothing in the next; that a text calls somebody an idiot
    says the same in all, so its weight carries over to a language without a labelled comment.

    Attributes:
        phrases: uint64, shape (n_phrases,), sorted: hashes of runs of one to four words.
        phrase_kinds: uint8, shape (n_phrases,): places in `LEXICON_KINDS`.
        stems: uint64, shape (n_stems,), sorted: hashes of how words begin, as `Grams.stems`.
        stem_kinds: uint8, shape (n_stems,).
        stem_lengths: int64, shape (n_lengths,): the letters of the stems, longest first.
    """

    phrases: UInt64
    phrase_kinds: UInt8
    stems: UInt64
    stem_kinds: UInt8
    stem_lengths: npt.NDArray[np.int64]

    def read(self, grams: Grams) -> npt.NDArray[np.float32]:
        """
        Count the listed words of a text.

        Returns:
            float32, shape (LEXICON_SIZE,): 0..1 for each of `LEXICON_KINDS` (0 none, 1 four or
            more); then 1 or 0: contempt or abuse of somebody addressed; a threat to somebody
            addressed; any abuse at all.
        """
        counts = np.zeros(len(LEXICON_KINDS), np.int64)
        if grams.words.size:
            for _, kind in self._find(grams):
                counts[kind] += 1
        values = np.zeros(LEXICON_SIZE, np.float32)
        values[: counts.size] = _COUNTED[np.minimum(counts, _MOST)]
        abuse = int(counts[_ABUSE].sum())
        values[-3] = counts[_ADDRESS] > 0 and (abuse + counts[_CONTEMPT]) > 0
        values[-2] = counts[_ADDRESS] > 0 and counts[_THREAT] > 0
        values[-1] = abuse > 0
        return values

    def places(self, grams: Grams) -> list[tuple[int, int, str]]:
        """Give the listed places of a text, for explanations: first word, word after, kind."""
        return [
            (start, start + size, LEXICON_KINDS[kind])
            for (start, size), kind in self._find(grams)
            if kind != _ADDRESS
        ]

    def _find(self, grams: Grams) -> list[tuple[tuple[int, int], int]]:
        """Give place and size, in words, and kind of each hit; a word counts once a kind."""
        found: dict[tuple[int, int], tuple[int, int]] = {}
        words = grams.words.size
        runs = grams.phrases()
        for at, kind in _look_up(np.concatenate(runs), self.phrases, self.phrase_kinds):
            size = 1
            while at >= runs[size - 1].size:
                at -= runs[size - 1].size
                size += 1
            found[at, kind] = at, size
        if self.stems.size and words:
            hashes = grams.stems(self.stem_lengths).ravel()
            for at, kind in _look_up(hashes, self.stems, self.stem_kinds):
                found.setdefault((at % words, kind), (at % words, 1))
        return [(place, kind) for (_, kind), place in found.items()]


def _look_up(hashes: UInt64, known: UInt64, kinds: UInt8) -> list[tuple[int, int]]:
    if not hashes.size or not known.size:
        return []
    places = known.searchsorted(hashes)
    hits = (known.take(places, mode="clip") == hashes).nonzero()[0]
    return [(int(at), int(kinds[places[at]])) for at in hits] if hits.size else []
