"""
A store with comments that a moderator has settled: where labels come from.

Uses the real store; what it writes is what the review pages would.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from moderation.classifiers.articles import article_digest
from moderation.config import Config
from moderation.store import NewComment, Store
from moderation.terms import (
    HEADS,
    Action,
    Article,
    Comment,
    Decision,
    Scores,
    VerdictAction,
    VerdictLabel,
)
from moderation.text import fingerprint, normalise
from tests.settling import settle as give_verdict

__all__ = ["NOON", "add", "correct", "opened", "settle"]

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@contextmanager
def opened(config: Config) -> Iterator[Store]:
    """Make the store of `config` when it is missing, and open it."""
    Store.upgrade(config.resolved_database_url)
    with Store.open(config.resolved_database_url) as store:
        yield store


def add(
    store: Store, text: str, *, article: Article | None = None, action: Action = Action.HOLD
) -> str:
    """Add a comment as the desk would, with the machine's own decision; give its id."""
    key = None
    if article is not None:
        key = store.articles.put("default", article, article_digest(article), NOON).key
    new = NewComment(
        comment=Comment(text=text, received_at=NOON, article=article, language="en"),
        article_key=key,
        author_key=None,
        fingerprint=fingerprint(normalise(text)),
        simhash=0,
        sketch=(0, 0),
        scores=Scores(values=dict.fromkeys(HEADS, 0.99), language="en", model="20260301-1"),
        signals=(),
        decision=Decision(action, action, (), policy="1", model="20260301-1"),
        case_reason="SPAM" if action is Action.HOLD else None,
        case_priority=0.5,
    )
    return store.comments.add(new)[0].id


def settle(
    store: Store,
    text: str,
    action: VerdictAction,
    *labels: VerdictLabel,
    article: Article | None = None,
) -> str:
    """Add a held comment and give a verdict on it; give its id."""
    comment_id = add(store, text, article=article)
    correct(store, comment_id, action, *labels)
    return comment_id


def correct(store: Store, comment_id: str, action: VerdictAction, *labels: VerdictLabel) -> None:
    """Give a verdict on a comment, the first or a later one."""
    give_verdict(store, comment_id, action, NOON, labels=labels)
