"""
The vocabulary as frozen dataclasses: one word, one thing. Read this file first.

Imports only `errors`; knows nothing of HTTP, SQL or learning libraries.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

__all__ = [
    "HEADS",
    "TOXIC_KINDS",
    "Action",
    "Article",
    "Author",
    "AuthorHistory",
    "Case",
    "CaseKind",
    "Comment",
    "Decision",
    "Form",
    "Key",
    "Label",
    "Lists",
    "PastComment",
    "Reason",
    "RelevanceKind",
    "Repeats",
    "Report",
    "Scope",
    "Scores",
    "Signal",
    "Span",
    "Status",
    "Verdict",
    "VerdictAction",
    "VerdictLabel",
]

TOXIC_KINDS = ("insult", "threat", "identity_attack", "profanity", "sexual")
"""The kinds of toxicity that have a score of their own."""

HEADS = ("spam", "toxicity", *TOXIC_KINDS, "relevance", "substance", "likely_to_reject")
"""The scores, in the order they are shown; one that a bundle could not measure stays None."""


class Action(StrEnum):
    """What the machine decides."""

    APPROVE = "approve"
    HOLD = "hold"
    REJECT = "reject"


class Status(StrEnum):
    """Where a stored comment stands now; a verdict outranks the decision."""

    APPROVED = "approved"
    HELD = "held"
    REJECTED = "rejected"

    @classmethod
    def after(cls, action: Action | VerdictAction) -> Status:
        """Give the status that a decision or verdict leads to."""
        return {"approve": cls.APPROVED, "hold": cls.HELD, "reject": cls.REJECTED}[action.value]


class VerdictAction(StrEnum):
    """What a moderator decides: there is no hold for a person."""

    APPROVE = "approve"
    REJECT = "reject"


class VerdictLabel(StrEnum):
    """Why a moderator decided so; each teaches one head (`training/labels.py`)."""

    SPAM = "spam"
    TOXIC = "toxic"
    OFF_TOPIC = "off_topic"
    GENERIC = "generic"
    ON_TOPIC = "on_topic"
    LOW_SUBSTANCE = "low_substance"
    NOT_SPAM = "not_spam"
    NOT_TOXIC = "not_toxic"
    OTHER = "other"


class RelevanceKind(StrEnum):
    """How a comment stands to its article."""

    ON_TOPIC = "on_topic"
    GENERIC = "generic"
    OFF_TOPIC = "off_topic"


class CaseKind(StrEnum):
    """
    Why a comment is in the review queue.

    An audit was drawn by lot from all comments, held ones included, so that the verdicts on audits
    say how often the machine is wrong. A report was opened because somebody outside says the
    opposite of what the machine decided.
    """

    HELD = "held"
    AUDIT = "audit"
    APPEAL = "appeal"
    REPORT = "report"


class Scope(StrEnum):
    """What an API key may do."""

    SCORE = "score"
    MODERATE = "moderate"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of the text as it was sent: code points, end exclusive, 0 <= start < end."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Author:
    """Who wrote a comment, as far as the site says. Every field is optional."""

    id: str | None = None
    name: str | None = None
    email: str | None = None
    ip: str | None = None
    url: str | None = None
    user_agent: str | None = None


@dataclass(frozen=True, slots=True)
class Article:
    """
    What a comment stands under.

    Attributes:
        id: the site's own id; articles are remembered by (site, id).
        url: permalink; an article without an id is found by it.
        title: plain text, or None when only id or url is known.
        body: plain text or HTML, or None.
        language: BCP 47 primary tag as the site says, or None.
    """

    id: str | None = None
    url: str | None = None
    title: str | None = None
    body: str | None = None
    language: str | None = None

    @property
    def has_text(self) -> bool:
        """Whether there is anything to compare a comment with."""
        return bool((self.title or "").strip() or (self.body or "").strip())


@dataclass(frozen=True, slots=True)
class Form:
    """
    What the site's comment form observed, so that sites can drop their captcha.

    Attributes:
        honeypot: content of the field people cannot see; anything but blank was typed by a bot.
        token: the signed form-time token the page was served with (``POST /v1/form-token``); a
            valid one in the one spelling it was made in.
        seconds: seconds between serving and sending the form: from the token, else the site's word.
        token_valid: None when no token came, else whether its signature and age hold.
    """

    honeypot: str | None = None
    token: str | None = None
    seconds: float | None = None
    token_valid: bool | None = None


@dataclass(frozen=True, slots=True)
class Comment:
    """
    One reader's comment as a site sent it.

    Attributes:
        text: as sent, never altered: every span points into it.
        received_at: aware UTC.
        site: which site's policy and history count; taken from the API key, never from the request.
        parent_id: our id, or the site's, of the comment answered.
        parent_text: text of the comment answered, when the site sends it.
        language: what the site says; None means detect.
        topics: what the page is about, in the site's words (tags); for people, and not stored.
    """

    text: str
    received_at: datetime
    author: Author = Author()
    article: Article | None = None
    site: str = "default"
    parent_id: str | None = None
    parent_text: str | None = None
    permalink: str | None = None
    language: str | None = None
    form: Form | None = None
    topics: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PastComment:
    """One earlier comment of the same author, as history keeps it."""

    received_at: datetime
    status: Status
    fingerprint: int
    simhash: int
    settled_by_person: bool


@dataclass(frozen=True, slots=True)
class AuthorHistory:
    """
    What is known of an author on this site before this comment.

    Attributes:
        known: False when the site sent nothing to recognise the author by.
        recent: newest first, at most 50.
        approved: approved ones of the newest 1,000 comments; `held` and `rejected` likewise.
        rejected_by_person: those of the rejected that a moderator's verdict rejected.
    """

    known: bool = False
    approved: int = 0
    held: int = 0
    rejected: int = 0
    rejected_by_person: int = 0
    first_seen_at: datetime | None = None
    recent: tuple[PastComment, ...] = ()

    @property
    def total(self) -> int:
        """Comments of this author that were counted."""
        return self.approved + self.held + self.rejected


@dataclass(frozen=True, slots=True)
class Repeats:
    """
    How often much the same text came from anyone on this site in the last seven days.

    Attributes:
        exact: same text after normalisation.
        near: alike but not the same.
        authors: distinct authors among both.
        rejected: how many of both ended rejected.
    """

    exact: int = 0
    near: int = 0
    authors: int = 0
    rejected: int = 0


@dataclass(frozen=True, slots=True)
class Lists:
    """
    A site's own lists, as its policy gives them. Words match whole words, any case, after folding.

    Attributes:
        blocked_words: words or phrases the site never wants.
        watched_words: words or phrases a person should look at.
        allowed_words: words the shipped lists must not report on this site.
        blocked_domains: registered domains (``example.com``) the site never wants links to.
        allowed_domains: registered domains whose links are no evidence at all.
    """

    blocked_words: frozenset[str] = frozenset()
    watched_words: frozenset[str] = frozenset()
    allowed_words: frozenset[str] = frozenset()
    blocked_domains: frozenset[str] = frozenset()
    allowed_domains: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Signal:
    """
    One named piece of evidence about a comment. It argues; only a policy decides.

    Attributes:
        name: UPPER_SNAKE, unique for ever.
        strength: 0..1, how much of it there is.
        message: one sentence for a moderator.
        spans: where it shows in the text as sent; empty when it is not about a place.
    """

    name: str
    strength: float
    message: str
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Scores:
    """
    What a model says of a comment.

    Attributes:
        values: head -> calibrated probability 0..1, or None where the head had nothing to judge by
            (`relevance` without an article; `likely_to_reject` before there are verdicts enough) or
            failed. Always has every name in `HEADS`.
        relevance_kind: None exactly when `relevance` is None.
        failed: heads that broke, as opposed to having nothing to judge by.
        evidence: head -> spans that raised the score most, largest first.
        notes: head -> one sentence on what it rests on (the article sentence matched best …).
        language: detected language, or "unknown".
        model: bundle version.
    """

    values: Mapping[str, float | None]
    relevance_kind: RelevanceKind | None = None
    failed: tuple[str, ...] = ()
    evidence: Mapping[str, tuple[Span, ...]] = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)
    language: str = "unknown"
    model: str = ""


@dataclass(frozen=True, slots=True)
class Reason:
    """
    One reason of a decision.

    Attributes:
        code: a signal's name, ``SPAM``, ``TOXICITY``, ``OFF_TOPIC`` …, or ``CHECK_FAILED``.
        message: one sentence in words.
        weight: 0..1, how much it moved the decision; reasons are listed largest first.
        action: what this reason alone asks for; None for one that only informs.
        score: the model's probability behind it, or None for a signal.
    """

    code: str
    message: str
    weight: float
    action: Action | None = None
    score: float | None = None
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """
    The machine's decision on one comment.

    Attributes:
        action: what the policy says.
        answer: what the site is told; differs from `action` only in shadow mode.
        reasons: largest first; empty when nothing spoke against approving.
        policy: version of the policy that decided.
        model: version of the model whose scores it used.
        shadow: whether the site's policy only watches.
    """

    action: Action
    answer: Action
    reasons: tuple[Reason, ...]
    policy: str
    model: str
    shadow: bool = False


@dataclass(frozen=True, slots=True)
class Case:
    """
    A comment in the review queue.

    Attributes:
        version: counts every change; a verdict names the one it saw.
        leased_by: reviewer looking at it now, until `leased_until` (aware UTC).
        priority: 0..1, larger first.
    """

    id: str
    comment_id: str
    kind: CaseKind
    reason: str
    priority: float
    version: int
    opened_at: datetime
    settled_at: datetime | None = None
    leased_by: str | None = None
    leased_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """A moderator's decision; append-only. `actor` is ``reviewer:ID`` or ``key:ID``."""

    id: str
    comment_id: str
    case_id: str | None
    actor: str
    action: VerdictAction
    labels: tuple[VerdictLabel, ...]
    note: str | None
    decided_at: datetime


@dataclass(frozen=True, slots=True)
class Report:
    """
    What somebody without the scope `moderate` says of a comment: evidence, never a verdict.

    Attributes:
        actor: ``key:ID``.
        action: what they would have done.
        labels: what they call it, as of a verdict.
    """

    id: str
    comment_id: str
    actor: str
    action: VerdictAction
    labels: tuple[VerdictLabel, ...]
    reported_at: datetime


@dataclass(frozen=True, slots=True)
class Label:
    """
    A training row made from a verdict or a report, with the texts it was given on.

    Never from a decision.

    Attributes:
        verdict_id: of the verdict, or of the report.
        reported: whether it is a report's, which counts less.
        held: whether the machine asked for a person.
        drawn: whether the comment was drawn by lot, whatever the machine decided. One neither held
            nor drawn was picked by somebody.
    """

    verdict_id: str
    comment_id: str
    site: str
    text: str
    action: VerdictAction
    labels: tuple[VerdictLabel, ...]
    article: Article | None
    parent_text: str | None
    language: str
    decided_at: datetime
    reported: bool = False
    held: bool = False
    drawn: bool = False


@dataclass(frozen=True, slots=True)
class Key:
    """
    An API key as the store keeps it: never the secret.

    Attributes:
        site: comments sent with this key belong to this site.
        per_minute: requests allowed in a minute; 0 means without limit.
    """

    id: str
    name: str
    scopes: frozenset[Scope]
    site: str = "default"
    per_minute: int = 0
    created_at: datetime | None = None
    revoked_at: datetime | None = None
