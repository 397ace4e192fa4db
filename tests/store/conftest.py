"""
What store tests say again and again: a moment, a new comment with everything filled in, and a way
to look behind the store.

Opens no store; that is `tests/fixtures/store.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from moderation.store import NewComment
from moderation.store.engine import Database, parse_url
from moderation.terms import (
    HEADS,
    Action,
    Author,
    Comment,
    Decision,
    Form,
    Reason,
    RelevanceKind,
    Scores,
    Signal,
    Span,
)

NOW = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)

_TEMPLATE = NewComment(
    comment=Comment(
        text="I want the jungle",
        received_at=NOW,
        author=Author(name="Ana", email="ana@example.com", ip="192.0.2.7"),
        parent_id="p1",
        parent_text="What was said before",
        permalink="https://news.example/a#c1",
        language="en",
        form=Form(honeypot="", seconds=3.5, token_valid=True),
    ),
    article_key=None,
    author_key="author-1",
    fingerprint=-(2**63),
    simhash=2**63 - 1,
    sketch=(11, -12),
    scores=Scores(
        values={**dict.fromkeys(HEADS, 0.25), "toxicity": None},
        relevance_kind=RelevanceKind.OFF_TOPIC,
        failed=("toxicity",),
        evidence={"spam": (Span(0, 3), Span(4, 6))},
        notes={"relevance": "Nothing in the article is about this."},
        language="en",
        model="20260301-1",
    ),
    signals=(Signal("SHOUTING", 0.5, "Written in capitals.", (Span(1, 2),)),),
    decision=Decision(
        action=Action.APPROVE,
        answer=Action.APPROVE,
        reasons=(Reason("OFF_TOPIC", "Is about something else.", 0.7, Action.HOLD, 0.1),),
        policy="p1",
        model="20260301-1",
    ),
    case_reason=None,
    case_priority=0.0,
)


@pytest.fixture
def database(empty_store_url: str) -> Iterator[Database]:
    """Give the connections to a database without any schema, for looking behind the store."""
    opened = Database(parse_url(empty_store_url))
    yield opened
    opened.close()


@pytest.fixture
def now() -> datetime:
    """Give the moment at which tests happen."""
    return NOW


@pytest.fixture
def new_comment() -> Callable[..., NewComment]:
    """
    Give a maker of new comments: fields of the comment and of what goes with it, by name.

    ``held`` is the priority of a case to open; ``action`` what the machine decided.
    """

    def make(**changes: Any) -> NewComment:
        new = _TEMPLATE
        if "held" in changes:
            priority = changes.pop("held")
            changes.setdefault("action", Action.HOLD)
            changes |= {"case_reason": changes.get("case_reason", "OFF_TOPIC")}
            changes |= {"case_priority": priority}
        if "action" in changes:
            action = changes.pop("action")
            new = replace(new, decision=replace(new.decision, action=action, answer=action))
        of_comment = {name: changes.pop(name) for name in list(changes) if name in _COMMENT_FIELDS}
        return replace(new, comment=replace(new.comment, **of_comment), **changes)

    return make


_COMMENT_FIELDS = set(Comment.__slots__)
