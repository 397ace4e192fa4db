"""
Builds evidence from the small tables of `signals/examples.toml`, and by hand for tests.

Test code only.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from moderation.signals import Evidence
from moderation.terms import (
    Article,
    AuthorHistory,
    Comment,
    Form,
    Lists,
    PastComment,
    Repeats,
    Status,
)
from moderation.text import fingerprint, normalise, simhash

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)

_KEYS = {
    "text",
    "language",
    "article",
    "permalink",
    "form",
    "lists",
    "history",
    "repeats",
    "token_uses",
}


def evidence_of(case: str | Mapping[str, Any] = "A plain remark on the article.") -> Evidence:
    """Build the evidence one line of `examples.toml` describes."""
    table: Mapping[str, Any] = {"text": case} if isinstance(case, str) else case
    unknown = set(table) - _KEYS
    assert not unknown, f"examples.toml: unknown keys {unknown}"
    comment = Comment(
        text=table.get("text", "A plain remark on the article."),
        received_at=NOW,
        article=Article(**table["article"]) if "article" in table else None,
        permalink=table.get("permalink"),
        form=Form(**table["form"]) if "form" in table else None,
    )
    return Evidence.build(
        comment,
        language=table.get("language"),
        history=history_of(**table.get("history", {})),
        repeats=Repeats(**table.get("repeats", {})),
        lists=Lists(**{key: frozenset(value) for key, value in table.get("lists", {}).items()}),
        token_uses=table.get("token_uses", 0),
    )


def history_of(
    *, known: bool | None = None, days_known: float = 30, recent: Any = (), **counts: int
) -> AuthorHistory:
    """Build a history; it is known when it counts anything, unless said otherwise."""
    return AuthorHistory(
        known=bool(counts) if known is None else known,
        first_seen_at=NOW - timedelta(days=days_known) if counts else None,
        recent=tuple(map(past_of, recent)),
        **counts,
    )


def past_of(table: Mapping[str, Any]) -> PastComment:
    """Build one earlier comment; an hour ago, approved, of other words, unless said otherwise."""
    text = normalise(table.get("text", "Something else that was said before."))
    return PastComment(
        received_at=NOW - timedelta(seconds=table.get("seconds_ago", 3600)),
        status=Status(table.get("status", "approved")),
        fingerprint=fingerprint(text),
        simhash=simhash(text),
        settled_by_person=table.get("by_person", False),
    )
