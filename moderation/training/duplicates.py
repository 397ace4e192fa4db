"""
Finds which of many texts say the same or nearly the same.

Compares texts with each other and nothing else; knows no label and no file.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.feature_extraction.text import CountVectorizer

from moderation.text import normalise

__all__ = ["NEAR", "Pair", "near_pairs"]

NEAR = 0.5
"""
From which Jaccard similarity of their character 4-grams two texts are nearly the same.

A sentence of 22 words with three of them changed has .67, one with an advertisement of half its
length hung on it .63. Of the corpus's pairs from .35 to .5, those that are not copied on purpose
share one set phrase or the row of keys that was pressed.
"""

_GRAM = 4
# In a shorter text one set phrase is half of it ("Yummy", "Well said"), so that only the same text
# counts: "thank you" is everybody's.
_SHORTEST_NEAR = 10
# Rows compared with all others at once: 30 MB at most with 8,000 texts.
_BLOCK = 512


@dataclass(frozen=True, slots=True)
class Pair:
    """
    Two texts that say nearly the same.

    Attributes:
        early: place of the first among the texts; `late`, of the second.
        similarity: Jaccard similarity of their sets of character 4-grams, `NEAR` to 1.
    """

    early: int
    late: int
    similarity: float


def near_pairs(texts: Sequence[str]) -> list[Pair]:
    """
    Compare every text with every other, read as people read them, and give the pairs that are near.

    Exact, not by chance: 8,000 comments take two seconds on one core, and time grows with the
    square. Texts of fewer than ten letters are near only when they are the same.

    Returns:
        By place of the later text, then of the earlier.
    """
    cores = [_core(text) for text in texts]
    if not any(cores):
        return []
    counted = CountVectorizer(analyzer=_grams, binary=True, dtype=np.int32).fit_transform(cores)
    # int, shape (n_texts,): how many different 4-grams each has.
    sizes = np.asarray(counted.sum(axis=1)).ravel()
    long = np.array([len(core) >= _SHORTEST_NEAR for core in cores])
    # int, shape (n_texts,): the same number for the same core. Texts may share all their 4-grams
    # and not be the same: "hahaha" and "hahahahaha".
    words = np.unique(np.array(cores, object), return_inverse=True)[1]
    columns = counted.T.tocsr()
    pairs: list[Pair] = []
    for start in range(0, len(cores), _BLOCK):
        shared = (counted[start : start + _BLOCK] @ columns).tocoo()
        late, early = shared.row + start, shared.col
        similarity = shared.data / (sizes[late] + sizes[early] - shared.data)
        near = (similarity >= NEAR) & (long[late] & long[early] | (words[late] == words[early]))
        kept = np.flatnonzero(near & (early < late))
        found = zip(early[kept], late[kept], similarity[kept], strict=True)
        pairs += [Pair(int(one), int(other), float(value)) for one, other, value in found]
    return sorted(pairs, key=lambda pair: (pair.late, pair.early))


def _core(text: str) -> str:
    """Fold a text and leave out punctuation and white space, unless there is nothing else."""
    folded = normalise(text).folded
    kept = "".join(letter for letter in folded if unicodedata.category(letter)[0] not in "PZC")
    return kept or folded


def _grams(core: str) -> set[str]:
    """Give the runs of four characters; a shorter text is one run, an empty one none."""
    return {core[at : at + _GRAM] for at in range(max(1, len(core) - _GRAM + 1))} - {""}
