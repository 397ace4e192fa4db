"""
Erases one comment: what may quote it goes, what only counts it stays.

Runs inside the transaction it is given; begins and commits none.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, delete, select, update

from moderation.store import tables

__all__ = ["erase"]


def erase(connection: Connection, id: str, site: str, now: datetime) -> None:
    """Empty a comment and the answers quoting it; drop decision, label, notes; close its case."""
    comments, cases, verdicts = tables.comments, tables.cases, tables.verdicts
    of_comment = select(verdicts.c.id).where(verdicts.c.comment_id == id)
    connection.execute(
        update(comments)
        .where(comments.c.id == id)
        .values(
            **dict.fromkeys(("author_key", "author", "parent_id", "parent_text", "permalink")),
            **dict.fromkeys(("language", "form", "form_token")),
            **dict.fromkeys(("sketch_a", "sketch_b", "decision_id")),
            text="",
            fingerprint=0,
            simhash=0,
            deleted_at=now,
        )
    )
    connection.execute(
        update(comments)
        .where(comments.c.site == site, comments.c.parent_id == id)
        .values(parent_text=None)
    )
    connection.execute(
        update(cases)
        .where(cases.c.comment_id == id, cases.c.settled_at.is_(None))
        .values(settled_at=now, version=cases.c.version + 1, leased_by=None, leased_until=None)
    )
    # That there was an answer stays counted; where its client can be reached goes.
    replies = tables.replies
    connection.execute(
        update(replies)
        .where(replies.c.comment_id == id)
        .values(**dict.fromkeys(("callback_url", "callback_key", "due_at")))
    )
    for table, condition in (
        (tables.decisions, tables.decisions.c.comment_id == id),
        (tables.labels, tables.labels.c.comment_id == id),
        (tables.verdict_notes, tables.verdict_notes.c.verdict_id.in_(of_comment)),
    ):
        connection.execute(delete(table).where(condition))
