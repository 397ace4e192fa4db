"""
The relevance head: does this comment belong under this article, and as what kind.

Numpy only. Reads meaning vectors, shared words and the `generic` log-odds; knows no policy.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from moderation.classifiers.articles import ArticleAnalysis
from moderation.classifiers.background import Background
from moderation.classifiers.features import NGRAM_BITS, distinct
from moderation.classifiers.meaning import Columns, Meaning, MeaningSpace, unit
from moderation.classifiers.reading import Reading
from moderation.terms import RelevanceKind

__all__ = ["KINDS", "PAIR_NAMES", "Match", "RelevanceHead", "Remarks", "match"]

KINDS = (RelevanceKind.ON_TOPIC, RelevanceKind.GENERIC, RelevanceKind.OFF_TOPIC)
"""Rows of the head's weights, in order."""

_OFF_TOPIC = KINDS.index(RelevanceKind.OFF_TOPIC)

_SUREST = 8.0
# Log-odds of a remark beyond which more of them says nothing more.

PAIR_NAMES = (
    "cos_title",
    "cos_best",
    "cos_top3",
    "cos_centre",
    "shared_words",
    "shared_grams",
    "rarest_shared_word",
    "nearest_words",
    "nearest_telling_word",
    "strangest_word",
    "told",
    "cos_parent",
    "shared_words_parent",
    "has_parent",
    "length",
    "generic",
    "substance",
    "astray",
    "foreign",
    "cos_best_x_length",
    "shared_grams_x_length",
    "stands_out",
)
"""What is measured between a comment and its article, in column order."""

_TELLING_IDF = 4.0
# A word in more than one of twenty texts ("the", "and") is not shown as shared.

_BUCKETS = np.uint64((1 << NGRAM_BITS) - 1)

Float32 = npt.NDArray[np.float32]
UInt64 = npt.NDArray[np.uint64]


_STEADY = 0.05
# Added to a spread of cosines, which is near nothing for a comment that says nothing.


def _stand_out(own: float, meaning: Float32, background: Float32) -> float:
    """Give by how many spreads an article is nearer than others are."""
    if not background.size:
        return 0.0
    others = background @ meaning
    count = others.size
    mean = float(np.add.reduce(others)) / count
    spread = math.sqrt(max(float(others @ others) / count - mean * mean, 0.0)) + _STEADY
    return (own - mean) / spread


@dataclass(frozen=True, slots=True)
class Match:
    """
    How a comment meets its article.

    Attributes:
        features: float32, shape (len(PAIR_NAMES),).
        best: index of the article sentence closest in meaning, or None for an article without text.
        best_cosine: -1..1 of that sentence.
        titled: whether one sentence is all that is known of the article.
        shared: uint64: hashes of the telling words that the article has too.
    """

    features: Float32
    best: int | None
    best_cosine: float
    titled: bool
    shared: UInt64


@dataclass(frozen=True, slots=True)
class _Shared:
    """
    Which of some hashes another text has too, and how much these say.

    Attributes:
        hashes: uint64, those found; `idf` beside them: float32, how rare each is.
        share: 0..1 of all that was looked for, weighted by idf.
    """

    hashes: UInt64
    idf: Float32
    share: float


_NOTHING = _Shared(np.empty(0, np.uint64), np.empty(0, np.float32), 0.0)


def _shared(hashes: UInt64, known: UInt64, idf: Float32) -> _Shared:
    """Look for distinct `hashes` in sorted `known`."""
    if not hashes.size or not known.size:
        return _NOTHING
    weights = idf.take((hashes & _BUCKETS).astype(np.int64))
    found = known.take(known.searchsorted(hashes), mode="clip") == hashes
    of_found = weights[found]
    total = float(np.add.reduce(weights))
    if not of_found.size or total <= 0:
        return _NOTHING
    return _Shared(hashes[found], of_found, float(np.add.reduce(of_found)) / total)


def _align(
    meaning: Meaning, space: MeaningSpace, telling: Columns
) -> tuple[float, float, float, float]:
    """
    Match every word of the comment with the article's word nearest in meaning.

    A soft form of counting shared words, in the manner of BERTScore (Zhang and others, 2020):
    "president" answers "politician", and a rare word that nothing answers speaks against.

    Returns:
        The mean nearness of its words, weighted by how much each says; the best weighted nearness;
        the weight of the most telling word that nothing is near to; how much the words say in all.
    """
    weights = meaning.weights
    total = float(np.add.reduce(weights))
    told = math.log1p(total)
    if not weights.size or not telling.places.size:
        return 0.0, 0.0, float(weights.max(initial=0)), told
    answered = weights * space.nearest(meaning.words, telling)
    return (
        float(np.add.reduce(answered)) / max(total, 1e-9),
        float(np.maximum.reduce(answered)),
        float(np.maximum.reduce(weights - answered)),
        told,
    )


@dataclass(frozen=True, slots=True)
class Remarks:
    """
    What linear heads say of a comment by itself, as log-odds.

    Attributes:
        generic: that it is praise or assent fitting any article.
        substance: that it says something.
        astray: that it would be off topic under nearly any article.
    """

    generic: float
    substance: float
    astray: float


def match(
    reading: Reading,
    article: ArticleAnalysis,
    *,
    space: MeaningSpace,
    idf: Float32,
    remarks: Remarks,
    language: str,
    background: Background,
    others: Float32,
    parent: Reading | None = None,
) -> Match:
    """
    Measure a comment against its article and, when known, the comment it answers.

    Args:
        reading: of the comment.
        article: analysed once, for all its comments.
        space: the meaning space both were read with.
        idf: float32, shape (2**NGRAM_BITS,): how rare a word is.
        remarks: what other heads say of the comment.
        language: of the comment, or "unknown".
        background: what is ordinary in a language.
        others: float32, shape (n, MEANING_SIZE): centres of other articles.
        parent: reading of the comment answered.
    """
    features, meaning = reading.features, reading.meaning
    # A comment too short to tell its language is most likely in that of its article.
    mean = background.comment_mean(article.language if language == "unknown" else language)
    told = unit(meaning.vector - mean) if meaning.weights.size else meaning.vector
    cosines = article.vectors @ told
    best, first, best_cosine, top3 = None, 0.0, 0.0, 0.0
    if cosines.size:
        best, first = int(cosines.argmax()), float(cosines[0])
        top = np.sort(cosines)[-3:].tolist()
        best_cosine, top3 = top[-1], sum(top) / len(top)
    words = _shared(features.word_hashes, article.words, idf)
    grams = _shared(distinct(features.grams.long), article.grams, idf)
    cos_parent = shared_parent = 0.0
    if parent is not None:
        cos_parent = float(parent.meaning.vector @ meaning.vector)
        shared_parent = _shared(features.word_hashes, parent.features.word_hashes, idf).share
    own = float(article.centre @ told)
    length = math.log1p(features.grams.words.size) / 4
    foreign = "unknown" not in (language, article.language) and language != article.language
    values = np.array(
        [
            first,
            best_cosine,
            top3,
            own,
            words.share,
            grams.share,
            float(words.idf.max(initial=0)) / 10,
            *_align(meaning, space, article.telling),
            cos_parent,
            shared_parent,
            float(parent is not None),
            length,
            _within_one(remarks.generic / _SUREST),
            _within_one(remarks.substance / _SUREST),
            _within_one(remarks.astray / _SUREST),
            float(foreign),
            best_cosine * length,
            grams.share * length,
            _stand_out(own, told, others),
        ],
        np.float32,
    )
    telling = words.hashes[words.idf >= _TELLING_IDF]
    return Match(values, best, best_cosine, len(article.sentences) == 1, telling)


def _within_one(value: float) -> float:
    # In this order of arguments a value that is no number stays one, and the head abstains.
    return min(max(value, -1.0), 1.0)


@dataclass(frozen=True, slots=True)
class RelevanceHead:
    """
    A few perceptrons with one small hidden layer over `PAIR_NAMES`, their log-odds averaged.

    Whether a cosine of .3 means "on topic" depends on how long the comment is and how much it says;
    a linear head cannot know that (decision record 0004 has the figures). Side by side in one layer
    several perceptrons cost what one does, and agree better on comments none of them has seen.

    Attributes:
        mean: float32, shape (n_pair,); `scale` likewise: standardisation.
        hidden: float32, shape (n_hidden, n_pair); `hidden_bias`: float32, shape (n_hidden,).
        weights: float32, shape (3, n_hidden): rows as in `KINDS`.
        intercept: float32, shape (3,).
        titles: float32, shape (4,): where an article is known by one sentence, what the log-odds
            are multiplied by, and what is added to each. Next to a title nearly every comment
            looks astray (decision record 0023).
    """

    mean: Float32
    scale: Float32
    hidden: Float32
    hidden_bias: Float32
    weights: Float32
    intercept: Float32
    titles: Float32 = field(default_factory=lambda: np.array([1, 0, 0, 0], np.float32))

    def kinds(self, features: Float32, *, titled: bool = False) -> Float32:
        """
        Give the probability of each of `KINDS`: float32, shape (3,), adding up to 1.

        Args:
            features: float32, shape (n_pair,): of a `Match`.
            titled: of the same.
        """
        standard = (features - self.mean) / self.scale
        active = np.maximum(self.hidden @ standard + self.hidden_bias, 0)
        logits = self.weights @ active + self.intercept
        if titled:
            logits = logits * self.titles[0] + self.titles[1:]
        grown = np.exp(logits - logits.max())
        return np.asarray(grown / grown.sum(), np.float32)

    def judge(self, kinds: Float32) -> tuple[RelevanceKind, float]:
        """
        Give the likeliest kind, and the probability that the comment belongs here at all.

        Args:
            kinds: float32, shape (3,): as `kinds` gives them.

        Relevance is 1 − P(off topic): thin praise belongs under any article, so what a site wants
        to keep is what is on topic or generic.

        Raises:
            FloatingPointError: the result is not finite.
        """
        likely: list[float] = kinds.tolist()
        if not all(map(math.isfinite, likely)):
            raise FloatingPointError("relevance is not finite")
        return KINDS[likely.index(max(likely))], 1 - likely[_OFF_TOPIC]
