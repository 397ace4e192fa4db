"""
One learned model: all heads scored from one feature pass, with what each score rests on.

Joins features, meaning, heads and relevance; reads no file (see `bundle`) and knows no policy.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from moderation.classifiers.articles import ArticleAnalysis, analyse_text
from moderation.classifiers.background import Background
from moderation.classifiers.explain import spans_of
from moderation.classifiers.family import SpamFamilies
from moderation.classifiers.features import TextFeatures
from moderation.classifiers.heads import LINEAR_HEADS, REMARKS, LinearHeads, sigmoid
from moderation.classifiers.reading import Reader, Reading
from moderation.classifiers.reject import REJECT, Overheard, RejectHead, overhear
from moderation.classifiers.relevance import Match, RelevanceHead, Remarks, match
from moderation.terms import HEADS, Article, Scores, Span
from moderation.text import Text

__all__ = ["Item", "LearnedModel", "Model"]

_log = logging.getLogger(__name__)

_EXPLAINED = ("spam", "toxicity")
_EXPLAIN_FROM = 0.2
# Below this probability there is nothing to show a moderator, and explaining costs a third of a
# score.
_CLOSE = 0.2
# The cosine from which a sentence is worth quoting as the best match: the median of on-topic
# comments in the corpus's fitting split.

_NOTED_FROM = 0.5
# A comment that moderators would rather approve needs no reason why they would not.

_MOST_SHARED = 8
# Shared words pointed out at most: more would mark half the comment.

_REMARKS = [LINEAR_HEADS.index(name) for name in REMARKS]


@dataclass(frozen=True, slots=True)
class Item:
    """
    One comment to score.

    Attributes:
        text: normalised.
        article: analysed by the same model, or None: relevance then has nothing to judge by.
        parent: the comment answered, normalised.
        language: ISO 639-1 or "unknown".
    """

    text: Text
    article: ArticleAnalysis | None = None
    parent: Text | None = None
    language: str = "unknown"


@dataclass(frozen=True, slots=True)
class _Grounds:
    """What the scores of one comment were worked out from."""

    reading: Reading
    match: Match | None
    overheard: Overheard | None


class Model(Protocol):
    """What the rest of the product needs of a model."""

    @property
    def version(self) -> str:
        """The bundle's version, ``YYYYMMDD-n``."""

    @property
    def languages(self) -> frozenset[str]:
        """Those it was measured in, ISO 639-1; empty when nobody noted them."""

    def analyse(self, article: Article, earlier: Sequence[str] = ()) -> ArticleAnalysis:
        """Work out once what all comments under an article need."""

    def score(self, items: Sequence[Item], *, explain: bool = True) -> list[Scores]:
        """Score comments, in order; a head that breaks is named in `Scores.failed`."""


@dataclass(frozen=True, slots=True)
class LearnedModel:
    """
    The model learned by `training`, as loaded from a bundle. Immutable, safe among threads.

    Attributes:
        version: ``YYYYMMDD-n``.
        reader: turns texts into numbers.
        heads: the linear heads.
        relevance: the relevance head.
        background: articles to compare with.
        families: names the sort of spam.
        reject: what the site's moderators would do, or None: too few verdicts said so far.
        measured_in: languages it was measured in, ISO 639-1; empty where its card names none.
    """

    version: str
    reader: Reader
    heads: LinearHeads
    relevance: RelevanceHead
    background: Background
    families: SpamFamilies
    reject: RejectHead | None = None
    measured_in: frozenset[str] = frozenset()

    @property
    def languages(self) -> frozenset[str]:
        """Those it was measured in, ISO 639-1: as noted, else those whose articles it carries."""
        return self.measured_in or self.background.spoken

    def analyse(self, article: Article, earlier: Sequence[str] = ()) -> ArticleAnalysis:
        """
        Work out once what all comments under an article need.

        Args:
            article: with a title, a text or both.
            earlier: comments that stand for its text, as for `analyse_text`.
        """
        return analyse_text(self.reader.space, article, self.background, earlier)

    def score(self, items: Sequence[Item], *, explain: bool = True) -> list[Scores]:
        """
        Score comments, in order.

        Args:
            items: comments with their analysed articles.
            explain: also give spans and notes; costs about a third more where a score is high.
        """
        return [self._score(item, explain) for item in items]

    def _score(self, item: Item, explain: bool) -> Scores:
        reading = self.reader.read(item.text)
        logits = self.heads.logits(reading)
        values: dict[str, float | None] = dict.fromkeys(HEADS)
        probabilities = self.heads.probabilities(logits)
        values.update({name: probabilities[name] for name in values if name in probabilities})
        failed = [name for name, p in values.items() if p is not None and not math.isfinite(p)]
        kind, found, kinds = None, None, None
        if item.article is not None and item.article.sentences:
            try:
                found = self._match(item, reading, logits)
                kinds = self.relevance.kinds(found.features, titled=found.titled)
                kind, values["relevance"] = self.relevance.judge(kinds)
            except Exception:
                # Whatever broke, the other heads still stand; the policy decides what to do then.
                _log.exception("relevance failed", extra={"model": self.version})
                failed.append("relevance")
        heard = None
        if self.reject is not None:
            heard = self._overhear(reading, logits, kinds)
            likely = sigmoid(self.reject.log_odds(heard))
            values[REJECT] = likely
            # It rests on all the others.
            if failed or not math.isfinite(likely):
                failed.append(REJECT)
        values.update(dict.fromkeys(failed))
        rests_on = _Grounds(reading, found, heard)
        evidence, notes = self._explain(item, values, rests_on) if explain else ({}, {})
        return Scores(
            values=values,
            relevance_kind=kind,
            failed=tuple(failed),
            evidence=evidence,
            notes=notes,
            language=item.language,
            model=self.version,
        )

    def _explain(
        self, item: Item, values: Mapping[str, float | None], grounds: _Grounds
    ) -> tuple[dict[str, tuple[Span, ...]], dict[str, str]]:
        """Give what scores rest on: spans, and a sentence, by head."""
        reading, found = grounds.reading, grounds.match
        evidence: dict[str, tuple[Span, ...]] = {}
        notes: dict[str, str | None] = {}
        for name in _EXPLAINED:
            if (values[name] or 0) >= _EXPLAIN_FROM:
                evidence[name] = spans_of(self.heads, reading, self.reader.lexicon, name, item.text)
        if "spam" in evidence:
            notes["spam"] = self.families.likeliest(reading.dense)
        if found is not None and values["relevance"] is not None and item.article is not None:
            evidence["relevance"], notes["relevance"] = _explain_match(
                found, reading.features, item.text, item.article
            )
        heard = grounds.overheard
        if self.reject is not None and heard is not None and (values[REJECT] or 0) >= _NOTED_FROM:
            notes[REJECT] = self.reject.note(heard)
        return evidence, {name: note for name, note in notes.items() if note is not None}

    def overhear(self, item: Item) -> Overheard:
        """
        Give what `reject` reads of a comment: what it is fitted on, by the code that serves it.

        Raises:
            FloatingPointError: relevance is not finite.
        """
        reading = self.reader.read(item.text)
        logits = self.heads.logits(reading)
        kinds = None
        if item.article is not None and item.article.sentences:
            found = self._match(item, reading, logits)
            kinds = self.relevance.kinds(found.features, titled=found.titled)
            self.relevance.judge(kinds)
        return self._overhear(reading, logits, kinds)

    def _overhear(
        self,
        reading: Reading,
        logits: npt.NDArray[np.float32],
        kinds: npt.NDArray[np.float32] | None,
    ) -> Overheard:
        slopes, offsets = self.heads.calibration.T
        return overhear(reading, slopes * logits + offsets, kinds, self.heads.idf)

    def _match(
        self,
        item: Item,
        reading: Reading,
        logits: npt.NDArray[np.float32],
    ) -> Match:
        parent = None
        if item.parent is not None and item.parent.folded:
            parent = self.reader.read(item.parent)
        assert item.article is not None  # noqa: S101 - narrows the type; the caller has checked.
        return match(
            reading,
            item.article,
            space=self.reader.space,
            idf=self.heads.idf,
            remarks=Remarks(*[float(logits[column]) for column in _REMARKS]),
            language=item.language,
            background=self.background,
            others=self.background.vectors[self.background.of(item.article.language)],
            parent=parent,
        )


def _explain_match(
    found: Match, features: TextFeatures, text: Text, article: ArticleAnalysis
) -> tuple[tuple[Span, ...], str]:
    """Say in words what the comment met in the article, and where in the comment."""
    spans = _places_of(found.shared, features, text)
    if found.best is None or found.best_cosine < _CLOSE:
        return spans, "No sentence of the article is close to it."
    if found.best >= article.own:
        # Not quoted: these words are kept with this comment, and that one may be erased one day.
        return spans, "It is close to what was approved here before."
    sentence = article.sentences[found.best]
    shown = sentence if len(sentence) <= 160 else f"{sentence[:157].rstrip()}…"
    return spans, f"Closest sentence of the article: “{shown}”"


def _places_of(
    hashes: npt.NDArray[np.uint64], features: TextFeatures, text: Text
) -> tuple[Span, ...]:
    """Give the first places where words with these hashes stand."""
    if not hashes.size:
        return ()
    wanted, grams = set(hashes.tolist()), features.grams
    where = [at for at, word in enumerate(grams.words.tolist()) if word in wanted]
    return tuple(
        text.raw_span(int(grams.word_starts[at]), int(grams.word_ends[at]))
        for at in where[:_MOST_SHARED]
    )
