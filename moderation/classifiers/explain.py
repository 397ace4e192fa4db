"""
Says which parts of a comment raised a score: exact for the linear heads.

Numpy only; reads a finished score, changes none.
"""

from __future__ import annotations

from collections import Counter

import numpy as np
import numpy.typing as npt

from moderation.classifiers.features import SHAPE_NAMES, TextFeatures
from moderation.classifiers.heads import LINEAR_HEADS, LinearHeads
from moderation.classifiers.lexicon import LEXICON_KINDS, Lexicon
from moderation.classifiers.reading import Reading
from moderation.terms import Span
from moderation.text import Text

__all__ = ["spans_of", "word_contributions"]

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
    distinct = features.ngram_indices
    if not distinct.size:
        return np.zeros(0)
    # Every occurrence of a bucket with its place, brought into the order of `distinct`.
    order = features.buckets.argsort()
    starts, lengths = grams.places()
    ends = np.concatenate((starts + lengths, grams.word_ends, grams.word_ends[1:])).take(order)
    starts = np.concatenate((starts, grams.word_starts, grams.word_starts[:-1])).take(order)
    np.maximum(starts, 0, out=starts)
    np.minimum(ends, length, out=ends)
    ordered = features.buckets.take(order)
    which = np.zeros(order.size, np.int64)
    np.add.accumulate(ordered[1:] != ordered[:-1], out=which[1:])
    values = heads.idf.take(distinct).astype(np.float64)
    column = LINEAR_HEADS.index(head)
    weights = heads.weights[distinct, column] * np.float64(heads.steps[column])
    worth = values * weights / np.sqrt(values @ values)
    share = (worth / np.bincount(which)).take(which) / np.maximum(ends - starts, 1)
    # What begins at a character minus what ended before it: its running sum is what lies on each.
    change = np.bincount(starts, share, length + 1) - np.bincount(ends, share, length + 1)
    heat = np.zeros(length + 1)
    np.cumsum(np.cumsum(change[:length]), out=heat[1:])
    return np.asarray(heat[grams.word_ends] - heat[grams.word_starts], np.float64)


def listed_contributions(
    heads: LinearHeads, reading: Reading, lexicon: Lexicon, head: str
) -> npt.NDArray[np.float64]:
    """
    Share the log-odds of each list of the lexicon out over the words that stand in it.

    Returns:
        float64, shape (n_words,): log-odds by word.
    """
    worth = np.zeros(reading.features.grams.words.size)
    places = lexicon.places(reading.features.grams)
    counts = Counter(kind for _, _, kind in places)
    for start, end, kind in places:
        column = len(SHAPE_NAMES) + LEXICON_KINDS.index(kind)
        whole = float(reading.dense[column] * heads.dense[column, LINEAR_HEADS.index(head)])
        worth[start:end] += whole / counts[kind] / (end - start)
    return worth


def spans_of(
    heads: LinearHeads, reading: Reading, lexicon: Lexicon, head: str, text: Text
) -> tuple[Span, ...]:
    """Give the spans of the text as sent that raised a head most, largest first, at most four."""
    features = reading.features
    worth = word_contributions(heads, features, head, len(text.folded))
    if worth.size:
        worth = worth + listed_contributions(heads, reading, lexicon, head)
    positive = np.maximum(worth, 0)
    total = float(np.add.reduce(positive))
    if total <= 0:
        return ()
    chosen: list[int] = (positive >= total * _LEAST_SHARE).nonzero()[0].tolist()
    if not chosen:
        chosen = [int(positive.argmax())]
    runs: list[tuple[float, int, int]] = []
    for word in chosen:
        if runs and runs[-1][2] == word - 1:
            runs[-1] = (runs[-1][0] + float(worth[word]), runs[-1][1], word)
        else:
            runs.append((float(worth[word]), word, word))
    # Rounded, so that the same words in two places are listed in text order.
    runs.sort(key=lambda run: -round(run[0], 9))
    grams = features.grams
    return tuple(
        text.raw_span(int(grams.word_starts[first]), int(grams.word_ends[last]))
        for _, first, last in runs[:_SPANS]
    )
