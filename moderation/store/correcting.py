"""
What a verdict or a report means for a client that was told "spam or not" of the comment.

Runs inside the transaction it is given; begins and commits none, and sends nothing.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select, update

from moderation.store.tables import replies
from moderation.terms import VerdictAction

__all__ = ["correct"]


def correct(
    connection: Connection, comment_id: str, action: VerdictAction, *, due_at: datetime | None
) -> None:
    """
    Note what is said of a comment now, and that its client is to be told if it believes otherwise.

    Args:
        due_at: when to tell it; None leaves the client alone.
    """
    row = connection.execute(
        select(replies.c.known, replies.c.callback_url).where(replies.c.comment_id == comment_id)
    ).first()
    if row is None:
        return
    values: dict[str, object] = {"corrected": action.value}
    if due_at is not None and row.callback_url is not None:
        # A correction taken back before it was sent need not be sent.
        values |= {"due_at": None if row.known == action.value else due_at, "tries": 0}
    connection.execute(update(replies).where(replies.c.comment_id == comment_id).values(values))
