"""
The verdict a moderator gave last, kept in the session for the line that says so and for undo.

Keeps ids and actions only: the session cookie is signed, not secret, so no comment text goes in.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import session

from moderation.errors import NotFound
from moderation.store import StoredComment
from moderation.terms import Verdict, VerdictAction, VerdictLabel
from moderation.web.rooms import rooms

__all__ = ["Announcement", "last_comment_id", "remember", "take_announcement"]


@dataclass(frozen=True, slots=True)
class Announcement:
    """What was just done, for the line at the top of the next page."""

    comment: StoredComment
    action: VerdictAction
    labels: tuple[VerdictLabel, ...]


def remember(verdict: Verdict) -> None:
    """Keep this verdict as the last one, to be announced once."""
    session["last"] = {
        "comment": verdict.comment_id,
        "action": verdict.action.value,
        "labels": [label.value for label in verdict.labels],
    }
    session["announce"] = True


def last_comment_id() -> str | None:
    """Give the comment judged last in this session, or None."""
    last = session.get("last")
    return last["comment"] if last else None


def take_announcement() -> Announcement | None:
    """Give the last verdict if no page has announced it yet."""
    last = session.get("last")
    if not session.pop("announce", False) or not last:
        return None
    try:
        stored = rooms().store.comments.get(last["comment"])
    except NotFound:
        return None
    return Announcement(
        comment=stored,
        action=VerdictAction(last["action"]),
        labels=tuple(VerdictLabel(label) for label in last["labels"]),
    )
