"""
A model that judges by single words, so that a test can say what it must answer.

Analyses articles as a learned model of random weights does; everything else is a look-up.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from moderation.classifiers.articles import ArticleAnalysis
from moderation.classifiers.model import Item
from moderation.terms import HEADS, Article, RelevanceKind, Scores, Span
from tests.classifiers.random_model import make_model

__all__ = ["WordModel"]

SPACE = make_model()


@dataclass
class WordModel:
    """
    Gives a head .9 when the folded text has its word, else .1; relevance .9 under any article.

    Attributes:
        words: head -> word.
        pointed: what explanations point at; the word itself where this is None.
        version: of the model.
    """

    words: Mapping[str, str] = field(default_factory=lambda: {"spam": "buy", "toxicity": "idiot"})
    pointed: str | None = None
    version: str = "20260301-1"

    @property
    def languages(self) -> frozenset[str]:
        """Nobody noted them."""
        return frozenset()

    def analyse(self, article: Article, earlier: Sequence[str] = ()) -> ArticleAnalysis:
        """Analyse as a learned model does."""
        return SPACE.analyse(article)

    def score(self, items: Sequence[Item], *, explain: bool = True) -> list[Scores]:
        """Score by words."""
        return [self._score(item, explain) for item in items]

    def _score(self, item: Item, explain: bool) -> Scores:
        folded = item.text.folded
        values: dict[str, float | None] = dict.fromkeys(HEADS, 0.6)
        evidence: dict[str, tuple[Span, ...]] = {}
        for head, word in self.words.items():
            values[head] = 0.9 if word in folded else 0.1
            at = folded.find(self.pointed or word)
            if explain and at >= 0:
                evidence[head] = (item.text.raw_span(at, at + len(self.pointed or word)),)
        values["relevance"] = 0.9 if item.article is not None else None
        return Scores(
            values=values,
            relevance_kind=RelevanceKind.ON_TOPIC if item.article is not None else None,
            evidence=evidence,
            language=item.language,
            model=self.version,
        )
