"""
What the main path takes and gives beyond a comment: how it is asked, what it found, what it stored.

Holds data only; `check.py` fills it.
"""

from __future__ import annotations

from dataclasses import dataclass

from moderation.desk.articles import Resolved
from moderation.policy import Reply
from moderation.store import StoredComment
from moderation.terms import Comment, Decision, Scores, Signal

__all__ = ["Asked", "Checked", "Received"]


@dataclass(frozen=True, slots=True)
class Checked:
    """
    All that was found out about one comment; nothing of it is stored.

    Attributes:
        comment: as it came, with the article's text filled in when it was found.
        failed: parts that broke and abstained: ``model``, ``history``, a signal's name …
    """

    comment: Comment
    scores: Scores
    signals: tuple[Signal, ...]
    decision: Decision
    failed: tuple[str, ...]
    resolved: Resolved
    author_key: str | None
    fingerprint: int
    simhash: int
    sketch: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Asked:
    """
    How a client that knows only "spam or not" asks about a comment.

    Attributes:
        origin: address of its site as it gives it, or "".
        callback_url: where it wants to hear of a correction; needs `callback_key`.
        callback_key: the secret it asked with.
        vouched: whether the site answers for the author, as for one of its own: then the comment
            is approved, whatever was found in it.
    """

    origin: str = ""
    callback_url: str | None = None
    callback_key: str | None = None
    vouched: bool = False


@dataclass(frozen=True, slots=True)
class Received:
    """
    A comment that is stored for good.

    Attributes:
        created: False when the same request had been taken before and this is its comment.
        failed: as in `Checked`; empty when nothing was checked now.
        reply: what a client that knows only "spam or not" is told; None when none asked.
    """

    stored: StoredComment
    created: bool
    failed: tuple[str, ...]
    reply: Reply | None = None
