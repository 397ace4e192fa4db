"""
Sends rows down the path that comments take: normalise, signals, model, policy, on all cores.

Measures nothing and knows no store: a row has no author, no history and no repeats.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from joblib import Parallel, delayed

from moderation.classifiers.articles import ArticleMemory
from moderation.classifiers.model import Item, Model
from moderation.policy import Policy, decide, read_policies
from moderation.signals import NAMES, Evidence, gather
from moderation.terms import HEADS, Article, Comment, Decision, Scores
from moderation.text import Text, detect_language, normalise
from moderation.training.rows import Row

__all__ = [
    "Answer",
    "answer_rows",
    "hold_thresholds",
    "items_of",
    "score_heard",
    "score_rows",
    "shipped_policy",
]

_BATCH = 200
_RECEIVED = datetime(2026, 1, 1, tzinfo=UTC)
# Nothing that a row is judged by depends on the time.


@dataclass(frozen=True, slots=True)
class Answer:
    """What the service would say of a row."""

    scores: Scores
    decision: Decision


def shipped_policy() -> Policy:
    """Give the policy of a site that configured nothing: what reports and gates measure by."""
    return read_policies(None, signal_names=NAMES, score_names=HEADS).default


def hold_thresholds(policy: Policy) -> dict[str, float]:
    """Give each score that the policy holds for when it is high, with the probability."""
    return {t.head: t.hold for t in policy.thresholds if t.hold is not None}


def score_rows(model: Model, rows: Sequence[Row], *, explain: bool = False) -> list[Scores]:
    """Score rows, in order, each under its article and after its parent where it has them."""
    parts = Parallel(n_jobs=-1)(
        delayed(_score_batch)(model, rows[i : i + _BATCH], explain)
        for i in range(0, len(rows), _BATCH)
    )
    return [scores for part in parts for scores in part]


def score_heard(
    model: Model, rows: Sequence[Row], earlier: Sequence[Sequence[str]]
) -> list[Scores]:
    """
    Score rows, in order, each under an article beside which comments are known.

    Args:
        model: to ask.
        rows: under articles of which a title is known.
        earlier: what was approved under each of them before.
    """
    memory = ArticleMemory()
    items = []
    for row, texts in zip(rows, earlier, strict=True):
        text = normalise(row.text)
        analysis = memory.analysis(model, row.article or Article(), texts)
        items.append(Item(text, analysis, None, detect_language(text)))
    return model.score(items, explain=False)


def answer_rows(model: Model, policy: Policy, rows: Sequence[Row]) -> list[Answer]:
    """Score rows and decide on them, in order, with all that the text itself can tell."""
    parts = Parallel(n_jobs=-1)(
        delayed(_answer_batch)(model, policy, rows[i : i + _BATCH])
        for i in range(0, len(rows), _BATCH)
    )
    return [answer for part in parts for answer in part]


def items_of(model: Model, rows: Sequence[Row]) -> list[Item]:
    """Make rows into what a model scores, in order, each article analysed once."""
    memory = ArticleMemory()
    return [_item(model, memory, row, normalise(row.text)) for row in rows]


def _item(model: Model, memory: ArticleMemory, row: Row, text: Text) -> Item:
    article = row.article
    analysis = memory.analysis(model, article) if article and article.has_text else None
    parent = normalise(row.parent) if row.parent else None
    return Item(text, analysis, parent, detect_language(text))


def _score_batch(model: Model, rows: Sequence[Row], explain: bool) -> list[Scores]:
    return model.score(items_of(model, rows), explain=explain)


def _answer_batch(model: Model, policy: Policy, rows: Sequence[Row]) -> list[Answer]:
    items = items_of(model, rows)
    answers = []
    for row, item, scores in zip(rows, items, model.score(items, explain=False), strict=True):
        comment = Comment(
            text=row.text, received_at=_RECEIVED, article=row.article, parent_text=row.parent
        )
        evidence = Evidence.build(
            comment, text=item.text, language=item.language, lists=policy.lists
        )
        found = gather(evidence)
        decision = decide(policy, found.signals, scores, failed=found.failed)
        answers.append(Answer(scores, decision))
    return answers
