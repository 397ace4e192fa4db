"""
Coral's external moderation phase: signed requests in, status, flags and reasons out.

Turns Coral's dialect into the product's vocabulary and back; decides and stores nothing itself.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from flask import Blueprint, Response, current_app, request
from pydantic import BaseModel, ConfigDict, StringConstraints, TypeAdapter, ValidationError

from moderation.errors import InputError, NotFound
from moderation.terms import Action, Article, Author, Comment, Reason
from moderation.web.coral_sites import CoralSite, CoralStatus
from moderation.web.endpoint import reply
from moderation.web.logs import log_failure
from moderation.web.metrics import count_checks
from moderation.web.problems import problem, unreadable
from moderation.web.rooms import rooms
from moderation.web.schemas import is_blank
from moderation.web.stories import Stories, Wanted

__all__ = ["SIGNATURE", "bp", "is_signed"]

bp = Blueprint("coral", __name__)

SIGNATURE = "X-Coral-Signature"

_STAFF = frozenset({"STAFF", "MODERATOR", "ADMIN"})

_SPAM, _TOXIC = "COMMENT_DETECTED_SPAM", "COMMENT_DETECTED_TOXIC"
# The only flags Coral takes; with any other it ignores the whole answer.

_TOXIC_CODES = frozenset({"ABUSIVE", "HARASSMENT_BULLYING", "HATE_SPEECH", "OFFENSIVE"})

_CODES = {
    "TOXICITY": "ABUSIVE",
    "INSULT": "ABUSIVE",
    "THREAT": "HARASSMENT_BULLYING",
    "IDENTITY_ATTACK": "HATE_SPEECH",
    "PROFANITY": "OFFENSIVE",
    "SEXUAL": "OFFENSIVE",
    "OFF_TOPIC": "IRRELEVANT_CONTENT",
    "OFF_TOPIC_WITH_LINK": "IRRELEVANT_CONTENT",
    "GENERIC": "IRRELEVANT_CONTENT",
    "BLOCKED_WORD": "BANNED_WORD",
    "WATCHED_WORD": "BANNED_WORD",
    "SPAM": "SPAM",
    "SPAM_PHRASE": "SPAM",
    "REPEATED_SPAM": "SPAM",
    "REPEAT_REJECTED": "SPAM",
    "EXACT_REPEAT": "SPAM",
    "NEAR_REPEAT": "SPAM",
    "POSTING_FAST": "SPAM",
    "HONEYPOT_FILLED": "SPAM",
    "BLOCKED_LINK": "AD",
    "LINKS_FEW": "SPAM",
    "LINKS_MANY": "SPAM",
    "LINKS_SAME_SITE": "SPAM",
    "LINK_SHORTENER": "SPAM",
    "LINK_DISGUISED": "SPAM",
    "CONTACT_EMAIL": "SPAM",
    "CONTACT_PHONE": "SPAM",
    "CONTACT_HANDLE": "SPAM",
}
# Our codes as Coral's reasons for a rejection (`REJECTION_REASON_CODE`); the others are OTHER.

_SHOWN = 3

_Id = Annotated[str, StringConstraints(max_length=500)]
_Address = Annotated[str, StringConstraints(max_length=4000)]


class _Sent(BaseModel):
    """A part of what Coral sends; it may send more."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class _Body(_Sent):
    body: str
    parentID: _Id | None = None


class _Author(_Sent):
    id: _Id
    role: str = "COMMENTER"


class _Story(_Sent):
    id: _Id
    url: _Address = ""


class _ModerationRequest(_Sent):
    """A new or edited comment."""

    comment: _Body
    author: _Author
    story: _Story


class _StoryCreated(_Sent):
    storyID: _Id
    storyURL: _Address


class _Event(_Sent):
    """A webhook's event; of them all, only new stories matter here."""

    type: str
    data: dict[str, Any]


_REQUEST, _EVENT = TypeAdapter(_ModerationRequest), TypeAdapter(_Event)
_CREATED = TypeAdapter(_StoryCreated)


@bp.post("/coral/<site>")
def moderate(site: str) -> Response:
    """
    Decide on one comment, store it, and answer as an external moderation phase does.

    A webhook sent to the same address announces new stories, so that their text is there before
    the first comment.
    """
    sites: Mapping[str, CoralSite] = current_app.extensions["moderation.coral"]
    settings = sites.get(site)
    if settings is None:
        raise NotFound("There is no Coral site of this name; the setting `coral` names them.")
    raw = request.get_data(cache=False)
    if not is_signed(raw, request.headers.get(SIGNATURE, ""), settings.signing_secrets):
        return problem(401, f"{SIGNATURE} is missing or not made with a secret of this site.")
    try:
        if not _is_event(raw):
            return _answer(site, settings, _REQUEST.validate_json(raw))
        event = _EVENT.validate_json(raw)
        if event.type == "STORY_CREATED":
            created = _CREATED.validate_python(event.data)
            _fetch(site, settings, Article(created.storyID, created.storyURL))
    except ValidationError as error:
        raise unreadable(error) from None
    return Response(status=204)


def is_signed(raw: bytes, header: str, secrets: Sequence[str]) -> bool:
    """
    Tell whether one of the signatures in a header was made over this body with one of the secrets.

    Args:
        header: ``sha256=HEX``, several with commas between while Coral rotates its secret.
    """
    given = [
        value.strip().lower()
        for name, _, value in (part.strip().partition("=") for part in header.split(",")[:8])
        if name == "sha256" and value.isascii()
    ]
    made = [hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest() for secret in secrets]
    return any(hmac.compare_digest(one, other) for one in made for other in given)


def _is_event(raw: bytes) -> bool:
    """Tell a webhook's body from a moderation request without reading it twice."""
    return b'"comment"' not in raw and b'"type"' in raw


def _answer(site: str, settings: CoralSite, sent: _ModerationRequest) -> Response:
    if sent.author.role in _STAFF or is_blank(sent.comment.body):
        # Coral approves its staff before it asks us; a comment may be a picture without a word.
        return Response(status=204)
    here = rooms()
    comment = Comment(
        text=sent.comment.body,
        received_at=here.now(),
        author=Author(id=sent.author.id),
        article=Article(id=sent.story.id, url=sent.story.url or None),
        site=site,
        parent_id=sent.comment.parentID,
    )
    try:
        received = here.desk.receive(comment)
    except Exception as error:
        # To Coral any error is "go on", whatever it is, so the comment would appear unchecked.
        if not isinstance(error, InputError):
            log_failure("coral comment not checked", error)
        return _unchecked(settings, is_shadow=here.policies.for_site(site).shadow)
    stored = received.stored
    count_checks([(stored.decision.action, received.failed)])
    known = stored.comment.article
    if known is None or not known.has_text:
        _fetch(site, settings, Article(sent.story.id, sent.story.url))
    return _of_decision(settings, stored.decision.answer, stored.decision.reasons, stored.id)


def _fetch(site: str, settings: CoralSite, article: Article) -> None:
    """Have the story's page read, where the site allows it; the request does not wait."""
    if settings.fetch_hosts and article.url:
        stories: Stories = current_app.extensions["moderation.stories"]
        stories.want(Wanted(site, article, settings.fetch_hosts))


def _unchecked(settings: CoralSite, *, is_shadow: bool) -> Response:
    if is_shadow or settings.hold is CoralStatus.NONE:
        return Response(status=204)
    words = "Could not be checked here."
    return reply({"status": settings.hold, "reason": "OTHER", "explanation": words})


def _of_decision(
    settings: CoralSite, answer: Action, reasons: Sequence[Reason], comment_id: str
) -> Response:
    if answer is Action.APPROVE:
        if settings.approve is CoralStatus.NONE:
            return Response(status=204)
        return reply({"status": settings.approve, "comment_id": comment_id})
    asking = [reason for reason in reasons if reason.action is not None] or list(reasons)
    codes = [_CODES[reason.code] for reason in [*asking, *reasons] if reason.code in _CODES]
    code = codes[0] if codes else "OTHER"
    words = " ".join(reason.message for reason in asking[:_SHOWN])
    status = CoralStatus.REJECTED if answer is Action.REJECT else settings.hold
    said: dict[str, Any] = {
        "status": status,
        "actions": [{"actionType": "FLAG", "reason": flag} for flag in _flags(code, asking)],
        # Coral drops what it does not know; whoever tries the address by hand reads these.
        "reason": code,
        "explanation": words,
        "comment_id": comment_id,
    }
    if status is CoralStatus.NONE:
        del said["status"]
    if status is CoralStatus.REJECTED:
        reason = {"code": code, "detailedExplanation": words}
        if code == "OTHER":
            reason["customReason"] = words
        said["moderationAction"] = {"status": status, "rejectionReason": reason}
    return reply(said)


def _flags(code: str, asking: Sequence[Reason]) -> list[str]:
    codes = {code, *(_CODES.get(reason.code, "OTHER") for reason in asking)}
    flags = []
    if not codes.isdisjoint({"SPAM", "AD"}):
        flags.append(_SPAM)
    if not codes.isdisjoint(_TOXIC_CODES):
        flags.append(_TOXIC)
    return flags
