"""
The Akismet protocol, 1.1 and 1.2: what its clients ask, in our vocabulary, and back.

Requests are read by `akismet_forms`, figures shaped by `akismet_figures`; decides nothing. Answers
and headers are those that clients were seen to rely on, byte by byte: docs/wire.md has them all.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import orjson
from flask import Blueprint, Response, request
from werkzeug.exceptions import HTTPException

from moderation.desk.feedback import Feedback, take_feedback
from moderation.desk.results import Asked
from moderation.errors import AccessDenied, InputError, ModerationError, NotFound, RateExceeded
from moderation.policy import Reply
from moderation.store import Correction, StoredComment
from moderation.terms import Comment, Key, Scope, Status, VerdictAction, VerdictLabel
from moderation.web import akismet_figures as figures
from moderation.web.akismet_forms import (
    Fields,
    by_administrator,
    comment_of,
    has_content,
    is_guaranteed_spam,
    is_test,
    key_candidates,
    read_fields,
    wants_callback,
)
from moderation.web.auth import find_key, let_in
from moderation.web.endpoint import read_body
from moderation.web.logs import log_failure
from moderation.web.metrics import count_checks
from moderation.web.problems import status_of
from moderation.web.rooms import Rooms, rooms

__all__ = ["METHODS", "bp", "callback_body"]

bp = Blueprint("akismet", __name__)

_TEXT = "text/plain; charset=utf-8"
_THANKS = "Thanks for making the web a better place."
_INVALID = "invalid"
_SPAM, _HAM = "true", "false"

METHODS: dict[str, tuple[str, ...]] = {"test": ("GET", "POST")}
"""What every call takes, by its name."""

_EVERY_METHOD = ("GET", "POST", "PUT", "PATCH", "DELETE")

View = Callable[["Call"], Response]


@dataclass(frozen=True, slots=True)
class Call:
    """
    One request of a client whose key is good.

    Attributes:
        secret: the key as the client sent it.
        now: when the request came, aware UTC.
    """

    rooms: Rooms
    key: Key
    secret: str
    fields: Fields
    now: datetime

    def comment(self) -> Comment:
        """Give the comment of the request."""
        return comment_of(self.fields, site=self.key.site, received_at=self.now)


def _address(name: str, *methods: str) -> Callable[[View], View]:
    """Serve a call under both versions, to clients with a good key."""

    def declare(view: View) -> View:
        METHODS[name] = methods

        def serve() -> Response:
            return view(_read_call(name))

        for version in ("1.1", "1.2"):
            rule = f"/{version}/{name}"
            bp.add_url_rule(rule, f"{version}-{name}".replace(".", "-"), serve, methods=methods)
        return view

    return declare


@_address("verify-key", "POST")
def verify_key(call: Call) -> Response:
    """Say that a key is good; a bad one never comes this far."""
    return _text("valid")


@_address("comment-check", "POST")
def comment_check(call: Call) -> Response:
    """Say whether a comment is spam, and store it unless it is a test or says nothing."""
    fields = call.fields
    for name in ("blog", "user_ip"):
        # The address of a visitor may be unknown, as Coral's is at times; that of the site may not.
        if name not in fields or (name == "blog" and not fields[name].strip()):
            raise InputError(f"Missing required field: {name}.", field=name)
    if is_guaranteed_spam(fields):
        return _told(Reply(spam=True), uuid.uuid4().hex)
    if not has_content(fields):
        return _told(Reply(spam=False), uuid.uuid4().hex)
    comment = call.comment()
    desk = call.rooms.desk
    if is_test(fields) or not comment.text.strip():
        if by_administrator(fields):
            return _told(Reply(spam=False), uuid.uuid4().hex)
        checked = desk.check(comment)
        count_checks([(checked.decision.action, checked.failed)])
        return _told(desk.reply(checked), uuid.uuid4().hex)
    if fields.get("recheck_reason", "").strip() and (known := _find(call, comment)) is not None:
        return _told(_as_it_stands(call, known), known.id)
    asked = Asked(
        origin=fields["blog"],
        callback_url=wants_callback(fields),
        callback_key=call.secret,
        vouched=by_administrator(fields),
    )
    received = desk.receive(comment, key_id=call.key.id, asked=asked)
    count_checks([(received.stored.decision.action, received.failed)])
    return _told(received.reply or Reply(spam=False), received.stored.id)


@_address("submit-spam", "POST")
def submit_spam(call: Call) -> Response:
    """Take the word of a site that a comment is spam."""
    return _submit(call, VerdictAction.REJECT, VerdictLabel.SPAM)


@_address("submit-ham", "POST")
def submit_ham(call: Call) -> Response:
    """Take the word of a site that a comment is not spam."""
    return _submit(call, VerdictAction.APPROVE, VerdictLabel.NOT_SPAM)


@_address("usage-limit", "GET", "POST")
def usage_limit(call: Call) -> Response:
    """Say how many comments the key had checked this month; there is no limit."""
    month = [figures.month_of(call.now, at) for at in (0, 1)]
    (tally,) = call.rooms.store.replies.tallies(month, site=call.key.site, key_id=call.key.id)
    extended = call.fields.get("extended", "").strip().lower() in {"true", "1"}
    return _json(figures.usage(tally, extended=extended))


@_address("key-sites", "GET", "POST")
def key_sites(call: Call) -> Response:
    """List the sites that use the key, with their counts of one month."""
    asked = figures.read_sites_asked(call.fields, call.now)
    found = call.rooms.store.replies.by_origin(
        asked.start, asked.end, site=call.key.site, key_id=call.key.id
    )
    if call.fields.get("format", "").strip().lower() == "csv":
        text = figures.sites_csv(asked, found, call.secret)
        return Response(text, content_type="text/csv; charset=utf-8")
    return _json(figures.sites_json(asked, found))


@_address("get-subscription", "GET", "POST")
def get_subscription(call: Call) -> Response:
    """Describe the plan: active, without a limit."""
    return _json(figures.subscription(call.key))


@_address("get-stats", "GET", "POST")
def get_stats(call: Call) -> Response:
    """Count what the site's comments were told to be, and how often that was wrong."""
    replies, site = call.rooms.store.replies, call.key.site
    span = call.fields.get("from", "").strip()
    first = replies.first_at(site=site) if span == "all" else None
    named = figures.bounds_of(span, call.now, first)
    blog = call.fields.get("blog", "").strip()
    tallies = replies.tallies([start for _, start in named], site=site, origin=blog or None)
    names = [name for name, _ in named[:-1]]
    return _json(figures.stats(list(zip(names, tallies, strict=True))))


@_address("token", "GET", "POST")
def token(call: Call) -> Response:
    """Give an opaque word for the key."""
    return _text(call.key.id)


@_address("deactivate", "POST")
def deactivate(call: Call) -> Response:
    """Take note that a plugin was switched off; the key stays good."""
    return _text("deactivated")


@bp.route("/1.1/test", endpoint="1-1-test", methods=["GET", "POST"])
@bp.route("/1.2/test", endpoint="1-2-test", methods=["GET", "POST"])
def test() -> Response:
    """Say that we can be reached; no key is needed."""
    return _text("connected")


@bp.route("/1.1/<path:name>", methods=_EVERY_METHOD)
@bp.route("/1.2/<path:name>", methods=_EVERY_METHOD)
def unknown(name: str) -> Response:
    """Answer calls that there are not, and methods that a call does not take."""
    taken = METHODS.get(name)
    if taken is None:
        return _trouble(_INVALID, 404, "There is no such call.")
    words = " or ".join(taken)
    return _trouble(_INVALID, 405, f"This call takes {words}.", {"Allow": ", ".join(taken)})


def callback_body(correction: Correction) -> bytes:
    """Give the body by which a client is told that an answer it got was wrong."""
    result = _SPAM if correction.action is VerdictAction.REJECT else _HAM
    return orjson.dumps(
        {
            "key": correction.key,
            "endpoint": "comment-check",
            "comments": [{"guid": correction.comment_id, "result": result}],
        }
    )


def _read_call(name: str) -> Call:
    here = rooms()
    body = read_body(here.config.max_body_bytes)
    content_type = request.headers.get("Content-Type", "")
    fields = read_fields(content_type, body, request.query_string)
    # Where the key itself is in question, it is called so; elsewhere that may be any form's field.
    names = ("key", "api_key") if name == "verify-key" else ("api_key", "key")
    basic = request.authorization
    user = basic.username if basic is not None and basic.type == "basic" else None
    host = request.environ.get("HTTP_HOST", "")
    for secret in key_candidates(fields, host=host, basic_user=user, names=names):
        # Names of hosts come in small letters, whatever was written; our own keys have no others.
        key = find_key(secret) or find_key(secret.lower())
        if key is not None:
            return Call(here, let_in(key, Scope.SCORE), secret, fields, here.now())
    raise AccessDenied("This API key is not known or was revoked.")


def _find(call: Call, comment: Comment) -> StoredComment | None:
    id = call.rooms.desk.find_reported(comment)
    try:
        return None if id is None else call.rooms.store.comments.get(id, site=call.key.site)
    except NotFound:
        return None


def _as_it_stands(call: Call, known: StoredComment) -> Reply:
    """Answer of a comment that was checked before, and may have been judged by a person since."""
    if known.verdicts:
        return Reply(spam=known.status is Status.REJECTED)
    return call.rooms.desk.reply_to(known.comment.site, known.decision, known.scores)


def _submit(call: Call, action: VerdictAction, label: VerdictLabel) -> Response:
    fields = call.fields
    if not is_test(fields):
        said = Feedback(call.comment(), action, (label,), comment_id=fields.get("guid"))
        try:
            take_feedback(call.rooms.desk, call.rooms.store, said, key=call.key)
        except NotFound:
            # Its author had it erased this very moment; there is nothing to correct.
            pass
    return _text(_THANKS)


def _told(reply: Reply, guid: str) -> Response:
    headers = {"X-akismet-guid": guid}
    if reply.discard:
        headers["X-akismet-pro-tip"] = "discard"
    return _text(_SPAM if reply.spam else _HAM, headers=headers)


def _text(body: str, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return Response(body, status, headers, content_type=_TEXT)


def _json(content: object) -> Response:
    return Response(orjson.dumps(content), content_type="application/json")


def _trouble(body: str, status: int, help: str, headers: dict[str, str] | None = None) -> Response:
    """
    Say what is wrong, in words for people; programs see that it is neither of the usual answers.

    Never on a success: a client throws whatever came with it away.
    """
    if status != 200:
        # WordPress and Discourse keep the comment for their moderators when they read this.
        headers = {**(headers or {}), "X-akismet-error": str(status)}
    return _text(body, status, {**(headers or {}), "X-akismet-debug-help": help})


@bp.errorhandler(ModerationError)
def _refused(error: ModerationError) -> Response:
    """Answer an error of ours; those of key and parameters have status 200 in this protocol."""
    if isinstance(error, AccessDenied):
        return _trouble(_INVALID, 200, error.message)
    if isinstance(error, RateExceeded):
        later = {"Retry-After": str(error.retry_after_seconds)}
        return _trouble("Too many requests.", 429, error.message, later)
    if isinstance(error, InputError):
        words = error.message
        if not words.endswith("."):
            words = f"{error.field} {words}."
        return _trouble(words, 200, words)
    if status_of(error) >= 500:
        log_failure("request failed", error)
    later = {"Retry-After": "1"}
    return _trouble("Temporarily unavailable.", 503, "Nothing was stored; try again.", later)


@bp.errorhandler(HTTPException)
def _turned_away(error: HTTPException) -> Response:
    """Answer what the framework refused: a body that is too large, or broken off."""
    words = f"{error.name}."
    return _trouble(words, error.code or 400, words)


@bp.errorhandler(Exception)
def _broken(error: Exception) -> Response:
    """Answer what must not happen; the client comes again, or asks a person."""
    log_failure("request broke", error)
    return _trouble("Temporarily unavailable.", 503, "Something went wrong here; it is logged.")
