"""
The relevance head: does this comment belong under this article, and as what kind.

Numpy only. Reads meaning vectors, shared words and the `generic` log-odds; knows no policy.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from moderation.classifiers.articles import ArticleAnalysis
from moderation.classifiers.features import NGRAM_BITS, TextFeatures, distinct
from moderation.classifiers.meaning import Meaning, MeaningSpace
from moderation.terms import RelevanceKind

__all__ = ["KINDS", "PAIR_NAMES", "Match", "RelevanceHead", "match"]

KINDS = (RelevanceKind.ON_TOPIC, RelevanceKind.GENERIC, RelevanceKind.OFF_TOPIC)
"""Rows of the head's weights, in order."""

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
    "foreign",
    "cos_best_x_length",
    "shared_grams_x_length",
)
"""What is measured between a comment and its article, in column order."""

_TELLING_IDF = 4.0
# A word in more than one of twenty texts ("the", "and") is not shown as shared.

Float32 = npt.NDArray[np.float32]
UInt64 = npt.NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class Match:
    """
    How a comment meets its article.

    Attributes:
        features: float32, shape (len(PAIR_NAMES),).
        best: index of the article sentence closest in meaning, or None for an article without text.
        best_cosine: -1..1 of that sentence.
        shared: positions in the comment's `grams.words` of telling words that the article has too.
    """

    features: Float32
    best: int | None
    best_cosine: float
    shared: npt.NDArray[np.int64]


def _idf_share(hashes: UInt64, known: UInt64, idf: Float32) -> tuple[float, float]:
    """Give the idf-weighted share of `hashes` found in sorted `known`, and the rarest one's idf."""
    if not hashes.size or not known.size:
        return 0.0, 0.0
    weights = _idf_of(hashes, idf)
    found = weights[_found(hashes, known)]
    total = float(weights.sum())
    if not found.size or total <= 0:
        return 0.0, 0.0
    return float(found.sum()) / total, float(found.max())


def _idf_of(hashes: UInt64, idf: Float32) -> Float32:
    return idf[(hashes & np.uint64((1 << NGRAM_BITS) - 1)).astype(np.int64)]


def _found(hashes: UInt64, known: UInt64) -> npt.NDArray[np.int64]:
    """Give the positions of `hashes` that stand in sorted `known`."""
    if not known.size:
        return np.empty(0, np.int64)
    places = np.minimum(np.searchsorted(known, hashes), known.size - 1)
    return np.flatnonzero(known[places] == hashes)


def _align(
    meaning: Meaning, space: MeaningSpace, places: npt.NDArray[np.int64]
) -> tuple[float, float, float, float]:
    """
    Match every word of the comment with the article's word nearest in meaning.

    A soft form of counting shared words, in the manner of BERTScore (Zhang and others, 2020):
    "president" answers "politician", and a rare word that nothing answers speaks against.

    Returns:
        The mean nearness of its words, weighted by how much each says; the best weighted nearness;
        the weight of the most telling word that nothing is near to; how much the words say in all.
    """
    told = float(np.log1p(meaning.weights.sum()))
    if not meaning.weights.size or not places.size:
        return 0.0, 0.0, float(meaning.weights.max(initial=0)), told
    nearest = space.nearest(meaning.words, places)
    weights = meaning.weights
    mean = float(weights @ nearest) / max(float(weights.sum()), 1e-9)
    return mean, float((weights * nearest).max()), float((weights * (1 - nearest)).max()), told


def match(
    features: TextFeatures,
    meaning: Meaning,
    article: ArticleAnalysis,
    *,
    space: MeaningSpace,
    idf: Float32,
    generic: float,
    substance: float,
    language: str,
    parent: tuple[TextFeatures, Meaning] | None = None,
) -> Match:
    """
    Measure a comment against its article and, when known, the comment it answers.

    Args:
        features: of the comment.
        meaning: of the comment.
        article: analysed once, for all its comments.
        space: the meaning space both were read with.
        idf: float32, shape (2**NGRAM_BITS,): how rare a word is.
        generic: log-odds that the comment is praise or assent fitting any article.
        substance: log-odds that the comment says something.
        language: of the comment, or "unknown".
        parent: features and meaning of the comment answered.
    """
    cosines = article.vectors @ meaning.vector
    best = int(cosines.argmax()) if cosines.size else None
    best_cosine = float(cosines[best]) if best is not None else 0.0
    top3 = float(np.sort(cosines)[-3:].mean()) if cosines.size else 0.0
    centre = float(article.centre @ meaning.vector)
    words = features.word_hashes
    shared, rarest = _idf_share(words, article.words, idf)
    grams = distinct(np.concatenate(features.grams.characters[2:]))
    shared_grams, _ = _idf_share(grams, article.grams, idf)
    cos_parent = shared_parent = 0.0
    if parent is not None:
        cos_parent = float(parent[1].vector @ meaning.vector)
        shared_parent, _ = _idf_share(words, parent[0].word_hashes, idf)
    length = float(np.log1p(features.grams.words.size)) / 4
    foreign = "unknown" not in (language, article.language) and language != article.language
    values = np.array(
        [
            cosines[0] if cosines.size else 0.0,
            best_cosine,
            top3,
            centre,
            shared,
            shared_grams,
            rarest / 10,
            *_align(meaning, space, article.places),
            cos_parent,
            shared_parent,
            float(parent is not None),
            length,
            np.clip(generic / 8, -1, 1),
            np.clip(substance / 8, -1, 1),
            float(foreign),
            best_cosine * length,
            shared_grams * length,
        ],
        np.float32,
    )
    common = _found(features.grams.words, article.words)
    telling = _idf_of(features.grams.words[common], idf) >= _TELLING_IDF
    return Match(values, best, best_cosine, common[telling])


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
    """

    mean: Float32
    scale: Float32
    hidden: Float32
    hidden_bias: Float32
    weights: Float32
    intercept: Float32

    def kinds(self, features: Float32) -> Float32:
        """Give the probability of each of `KINDS`: float32, shape (3,), adding up to 1."""
        standard = (features - self.mean) / self.scale
        active = np.maximum(self.hidden @ standard + self.hidden_bias, 0)
        logits = self.weights @ active + self.intercept
        grown = np.exp(logits - logits.max())
        return np.asarray(grown / grown.sum(), np.float32)

    def judge(self, features: Float32) -> tuple[RelevanceKind, float]:
        """
        Give the likeliest kind, and the probability that the comment belongs here at all.

        Relevance is 1 − P(off topic): thin praise belongs under any article, so what a site wants
        to keep is what is on topic or generic.

        Raises:
            FloatingPointError: the result is not finite.
        """
        kinds = self.kinds(features)
        if not np.isfinite(kinds).all():
            raise FloatingPointError("relevance is not finite")
        off_topic = float(kinds[KINDS.index(RelevanceKind.OFF_TOPIC)])
        return KINDS[int(kinds.argmax())], 1 - off_topic
