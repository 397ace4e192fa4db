"""
What is worked out once for an article and remembered, so that its comments need not pay for it.

Holds no comment and no score; forgets by least recent use.
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from moderation.classifiers.background import Background, centred
from moderation.classifiers.features import featurise
from moderation.classifiers.meaning import Columns, MeaningSpace, unit
from moderation.terms import Article
from moderation.text import detect_language, normalise, split_sentences

if TYPE_CHECKING:
    from moderation.classifiers.model import Model

__all__ = ["EARLIER", "ArticleAnalysis", "ArticleMemory", "analyse_text", "article_digest"]

_SENTENCES = 120
# Matching more sentences moved no metric on our corpus; news texts rarely have more.

EARLIER = 16
"""Earlier comments that stand for the text of an article: the more the better, up to here."""

_WORDS = 200
# Words that comments are compared with one by one.

Float32 = npt.NDArray[np.float32]
UInt64 = npt.NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class ArticleAnalysis:
    """
    One article as the relevance head sees it.

    Attributes:
        digest: SHA-256 of title and body, hex; not of earlier comments.
        language: the site's word for it, else detected, else "unknown".
        sentences: title first (when there is one), then body sentences, then earlier comments.
        own: how many of them are the article's.
        vectors: float32, shape (n_sentences, MEANING_SIZE), rows of length 1 or 0: without what
            sentences of the language have in common.
        centre: float32, shape (MEANING_SIZE,): mean of `vectors`, length 1.
        telling: its most telling words, at most 200.
        words: uint64, sorted: hashes of all distinct words.
        grams: uint64, sorted: hashes of all distinct 4- and 5-grams.
    """

    digest: str
    language: str
    sentences: tuple[str, ...]
    own: int
    vectors: Float32
    centre: Float32
    telling: Columns
    words: UInt64
    grams: UInt64


def article_digest(article: Article) -> str:
    """Give the SHA-256 of title and body, hex: equal digests mean an equal analysis."""
    content = f"{article.title or ''}\x00{article.body or ''}"
    return hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()


def analyse_text(
    space: MeaningSpace,
    article: Article,
    background: Background,
    earlier: Sequence[str] = (),
) -> ArticleAnalysis:
    """
    Split, featurise and embed an article: about a millisecond for every three sentences.

    Args:
        space: where words have their meaning.
        article: with a title, a text or both.
        background: what is ordinary in a language.
        earlier: comments under it that stand for a text which is not known, each for one sentence.
    """
    title = normalise(article.title or "")
    body = normalise(article.body or "")
    plain = [s for s in (title.plain.strip(), *split_sentences(body.plain, limit=_SENTENCES)) if s]
    own = len(plain)
    plain += [text for text in (normalise(text).plain.strip() for text in earlier) if text]
    vectors = np.zeros((len(plain), space.dimensions), np.float32)
    places: list[npt.NDArray[np.int64]] = []
    words: list[UInt64] = []
    grams: list[UInt64] = []
    for row, sentence in enumerate(plain):
        features = featurise(normalise(sentence))
        places.append(space.look_up(features.grams))
        known, weights = space.vectors(places[-1])
        vectors[row] = unit(weights @ known)
        words.append(features.grams.words)
        grams.append(features.grams.long)
    language = (article.language or "").split("-")[0].lower()
    language = language or detect_language(body if body.folded else title)
    vectors = centred(vectors, background.sentence_mean(language))
    return ArticleAnalysis(
        digest=article_digest(article),
        language=language,
        sentences=tuple(plain),
        own=own,
        vectors=vectors,
        centre=unit(vectors.sum(axis=0)) if plain else np.zeros(vectors.shape[1], np.float32),
        telling=space.columns(_most_telling(space, places)),
        words=np.unique(np.concatenate(words)) if words else np.empty(0, np.uint64),
        grams=np.unique(np.concatenate(grams)) if grams else np.empty(0, np.uint64),
    )


def _most_telling(
    space: MeaningSpace, places: list[npt.NDArray[np.int64]]
) -> npt.NDArray[np.int64]:
    every = np.unique(np.concatenate(places)) if places else np.empty(0, np.int64)
    if every.size <= _WORDS:
        return every
    _, weights = space.vectors(every)
    return np.sort(every[np.argsort(-weights, kind="stable")[:_WORDS]])


class ArticleMemory:
    """
    The articles analysed lately, by model version and all that was analysed. Safe among threads.

    An analysis of 100 sentences takes about 200 kB, so the default capacity is at most 300 MB and,
    with ordinary articles, a fifth of that.
    """

    def __init__(self, capacity: int = 1500) -> None:
        """
        Make an empty memory.

        Args:
            capacity: articles kept, at least 1.
        """
        self._capacity = max(1, capacity)
        self._known: OrderedDict[tuple[str, ...], ArticleAnalysis] = OrderedDict()
        self._lock = threading.Lock()

    def analysis(
        self, model: Model, article: Article, earlier: Sequence[str] = ()
    ) -> ArticleAnalysis:
        """
        Give the analysis of an article, worked out only when this text was not seen lately.

        Args:
            model: whose analysis it is.
            article: with a title, a text or both.
            earlier: comments that stand for its text, as for `analyse_text`.
        """
        key = (model.version, article_digest(article), *earlier)
        with self._lock:
            known = self._known.get(key)
            if known is not None:
                self._known.move_to_end(key)
                return known
        # Worked out outside the lock: two threads may do the same work once, none has to wait.
        made = model.analyse(article, earlier)
        with self._lock:
            self._known[key] = made
            while len(self._known) > self._capacity:
                self._known.popitem(last=False)
        return made
