"""
What the store hands out and takes in, beyond the vocabulary: frozen dataclasses.

Holds data only; opens nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from moderation.terms import (
    Article,
    Case,
    Comment,
    Decision,
    Report,
    Scores,
    Signal,
    Status,
    Verdict,
    VerdictAction,
)

__all__ = [
    "JSON",
    "Audit",
    "Audited",
    "Correction",
    "Event",
    "NewComment",
    "NewReply",
    "QueueEntry",
    "Reviewer",
    "StoredArticle",
    "StoredComment",
    "Tally",
]

JSON: TypeAlias = (
    "str | int | float | bool | list[JSON] | tuple[JSON, ...] | Mapping[str, JSON] | None"
)


@dataclass(frozen=True, slots=True)
class StoredArticle:
    """
    An article as the store remembers it.

    Attributes:
        key: our id.
        digest: SHA-256 of title and body, as the caller gave it.
        updated_at: when anything of it last changed.
    """

    key: str
    site: str
    article: Article
    digest: str
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Audit:
    """
    How a comment may be drawn for a person to look at, whatever was decided.

    Attributes:
        share: 0..1, of all comments; drawn by the lot of the comment's id.
        reason: code for the case of a comment that nobody would see otherwise; and its `priority`.
    """

    share: float
    reason: str
    priority: float


@dataclass(frozen=True, slots=True)
class Audited:
    """
    A drawn comment that a person has judged: what it scored before, and the newest verdict.

    Attributes:
        scores: as stored with the decision, by the model of version `model`.
    """

    site: str
    model: str
    scores: Mapping[str, float | None]
    action: VerdictAction


@dataclass(frozen=True, slots=True)
class NewReply:
    """
    What a client that knows only "spam or not" is told of a new comment.

    Attributes:
        action: reject for spam, approve for anything else.
        origin: address of the site as the client gave it, or "".
        callback_url: where to tell it of a correction; None: nowhere.
        callback_key: the secret it asked with; kept with `callback_url` only.
    """

    action: VerdictAction
    origin: str = ""
    callback_url: str | None = None
    callback_key: str | None = None


@dataclass(frozen=True, slots=True)
class Correction:
    """A correction that a client is still to be told, see `NewReply`; `tries` so far."""

    comment_id: str
    action: VerdictAction
    url: str
    key: str
    tries: int


@dataclass(frozen=True, slots=True)
class Tally:
    """
    Comments that clients were told "spam or not" of, in one stretch of time.

    Attributes:
        spam: told to be spam; `ham` likewise not to be.
        missed_spam: of the ham, those that a person or a report called spam afterwards.
        false_positives: of the spam, those that a person or a report took back.
    """

    spam: int = 0
    ham: int = 0
    missed_spam: int = 0
    false_positives: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.spam + self.ham


@dataclass(frozen=True, slots=True)
class NewComment:
    """
    Everything one transaction writes about a new comment.

    Attributes:
        article_key: of the stored article it stands under, or None.
        author_key: what its author is recognised by on this site (at most 200 characters), or None.
        fingerprint: signed 64-bit, and so are `simhash` and both of `sketch`; a sketch of (0, 0)
            says that the text is too short for near comparison.
        case_reason: code of the reason to review it, or None: no case is opened unless it is drawn.
        case_priority: 0..1; anything outside is moved to the nearer end.
        audit: how it may be drawn, or None: it takes no part. A drawn one's case is an audit, also
            when it would have had a case anyway: only so are audits a fair sample of all comments.
        key_id: API key that sent it, or None.
        idempotency_key: counts only together with `key_id`.
        request_digest: tells a repeated request from another one with the same idempotency key.
        reply: what its client was told, when that is less than the decision; needs `key_id`.
    """

    comment: Comment
    article_key: str | None
    author_key: str | None
    fingerprint: int
    simhash: int
    sketch: tuple[int, int]
    scores: Scores
    signals: tuple[Signal, ...]
    decision: Decision
    case_reason: str | None
    case_priority: float
    audit: Audit | None = None
    key_id: str | None = None
    idempotency_key: str | None = None
    request_digest: str | None = None
    reply: NewReply | None = None


@dataclass(frozen=True, slots=True)
class StoredComment:
    """
    A comment with all that was found and decided about it.

    Attributes:
        comment: its article as the store remembers it now.
        decision: the machine's newest; a verdict may have overruled it.
        created_at: when it was received; the store never reads the clock.
        case: its newest case, open or settled; None when it never was in the queue.
        verdicts: oldest first; `reports` likewise.
    """

    id: str
    comment: Comment
    article_key: str | None
    status: Status
    scores: Scores
    signals: tuple[Signal, ...]
    decision: Decision
    created_at: datetime
    case: Case | None
    verdicts: tuple[Verdict, ...]
    reports: tuple[Report, ...] = ()


@dataclass(frozen=True, slots=True)
class QueueEntry:
    """A case and the comment it is about."""

    case: Case
    stored: StoredComment


@dataclass(frozen=True, slots=True)
class Reviewer:
    """
    A person who settles cases.

    Attributes:
        has_password: False for those who sign in by link only.
        session_version: raised whenever all sessions of the reviewer end; a session that began
            under another one is over.
    """

    id: str
    name: str
    has_password: bool
    created_at: datetime
    session_version: int = 0


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the log of what happened; the log only grows."""

    id: int
    at: datetime
    kind: str
    actor: str
    subject: str
    data: Mapping[str, JSON]
