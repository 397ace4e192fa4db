"""
Says which parts of a comment raised a score: exact for the linear heads.

Numpy only; reads a finished score, changes none.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from moderation.classifiers.features import NGRAM_BITS, TextFeatures
from moderation.classifiers.heads import LINEAR_HEADS, LinearHeads
from moderation.terms import Span
from moderation.text import Text

__all__ = ["spans_of", "word_contributions"]

_MASK = np.uint64((1 << NGRAM_BITS) - 1)
_SPANS = 4
_LEAST_SHARE = 0.12
# A word carrying less than this share of all that speaks for the score is not worth marking.


def word_contributions(
    heads: LinearHeads, features: TextFeatures, head: str, length: int
) -> npt.NDArray[np.float64]:
    """
    Share a linear head's n-gram log-odds out over the words of the text.

    A bucket's contribution is shared evenly over its occurrences, an occurrence's over its
    characters; the sum over all characters is exactly the n-gram part of the log-odds.

    Args:
        heads: the linear heads.
        features: of the text.
        head: one of `LINEAR_HEADS`.
        length: characters of the folded text.

    Returns:
        float64, shape (n_words,): log-odds by word, in the order of `features.grams.words`.
    """
    grams = features.grams
    pieces = [
        (hashes, starts, starts + n)
        for n, hashes, starts in zip((2, 3, 4, 5), grams.characters, grams.starts, strict=True)
    ]
    pieces.append((grams.words, grams.word_starts, grams.word_ends))
    pieces.append((grams.bigrams, grams.word_starts[:-1], grams.word_ends[1:]))
    buckets = np.concatenate([(hashes & _MASK).astype(np.int64) for hashes, _, _ in pieces])
    if not buckets.size:
        return np.zeros(0)
    starts = np.maximum(np.concatenate([s for _, s, _ in pieces]), 0)
    ends = np.minimum(np.concatenate([e for _, _, e in pieces]), length)
    distinct, inverse, counts = np.unique(buckets, return_inverse=True, return_counts=True)
    values = heads.idf[distinct].astype(np.float64)
    worth = values * heads.weights[distinct, LINEAR_HEADS.index(head)] / np.sqrt(values @ values)
    share = (worth / counts)[inverse] / np.maximum(ends - starts, 1)
    change = np.zeros(length + 2)
    np.add.at(change, starts, share)
    np.add.at(change, ends, -share)
    heat = np.concatenate(([0.0], np.cumsum(np.cumsum(change)[:length])))
    return np.asarray(heat[grams.word_ends] - heat[grams.word_starts], np.float64)


def spans_of(heads: LinearHeads, features: TextFeatures, head: str, text: Text) -> tuple[Span, ...]:
    """Give the spans of the text as sent that raised a head most, largest first, at most four."""
    worth = word_contributions(heads, features, head, len(text.folded))
    positive = worth.clip(min=0)
    total = positive.sum()
    if total <= 0:
        return ()
    chosen = [int(w) for w in np.flatnonzero(positive >= total * _LEAST_SHARE)]
    if not chosen:
        chosen = [int(positive.argmax())]
    runs: list[tuple[float, int, int]] = []
    for word in chosen:
        if runs and runs[-1][2] == word - 1:
            runs[-1] = (runs[-1][0] + float(worth[word]), runs[-1][1], word)
        else:
            runs.append((float(worth[word]), word, word))
    runs.sort(key=lambda run: -run[0])
    grams = features.grams
    return tuple(
        text.raw_span(int(grams.word_starts[first]), int(grams.word_ends[last]))
        for _, first, last in runs[:_SPANS]
    )
