"""
The native API for comments: score, store, read, erase; and tokens for their forms.

Turns its dialect into the product's vocabulary and back; `desk` does the work. The rest of the
native API: `articles`, `casework`, `management`.
"""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import blake2b
from itertools import islice
from typing import Any

import orjson
from flask import Blueprint, Response, current_app, request
from pydantic import TypeAdapter, ValidationError

from moderation.desk.check import Checked
from moderation.errors import InputError
from moderation.store.comments import LONGEST_IDEMPOTENCY_KEY
from moderation.terms import Comment, Scope
from moderation.web import answer_schemas as shapes
from moderation.web.answers import (
    comment_answer,
    received_answer,
    score_answer,
)
from moderation.web.endpoint import NDJSON, Call, endpoint, reply
from moderation.web.form_tokens import LIFETIME_SECONDS, FormTokens
from moderation.web.metrics import count_checks
from moderation.web.problems import body_of, unreadable
from moderation.web.schemas import ScoreRequest, comment_of

__all__ = ["bp"]

bp = Blueprint("native", __name__)

_LINES_AT_ONCE = 64
# So many lines of a batch are scored together and then sent; more makes the first answer late.

_ONE = TypeAdapter(ScoreRequest)


@endpoint(
    bp,
    "POST",
    "/v1/score",
    scope=Scope.SCORE,
    body=ScoreRequest,
    answers={200: shapes.ScoreAnswer},
)
def score(call: Call[ScoreRequest]) -> Response:
    """Score one comment and store nothing."""
    checked = call.rooms.desk.check(_comment(call, call.body))
    count_checks([(checked.decision.action, checked.failed)])
    return reply(score_answer(checked.decision, checked.scores))


@endpoint(
    bp,
    "POST",
    "/v1/score/batch",
    scope=Scope.SCORE,
    body=list[ScoreRequest],
    lines=True,
    answers={200: list[shapes.ScoreAnswer]},
)
def score_batch(call: Call[list[ScoreRequest] | None]) -> Response:
    """
    Score many comments and store nothing.

    Answers come in the order of the comments. A JSON array is taken or refused as a whole, and
    `errors` name the item, as in `[3].comment.text`. Of NDJSON every line is answered for itself
    and as soon as it is scored: a wrong one with `{"error": problem}`.
    """
    most = call.rooms.config.max_batch_items
    if call.body is None:
        lines = [line for line in call.raw.splitlines() if line.strip()]
        _bound(len(lines), most)
        return Response(_answer_lines(call, lines), content_type=NDJSON)
    _bound(len(call.body), most)
    answers = []
    comments = [_comment(call, item) for item in call.body]
    for index, checked in enumerate(call.rooms.desk.check_many(comments)):
        if isinstance(checked, InputError):
            raise InputError(checked.message, field=f"[{index}].{checked.field}")
        answers.append(score_answer(checked.decision, checked.scores))
        count_checks([(checked.decision.action, checked.failed)])
    return reply(answers)


@endpoint(
    bp,
    "POST",
    "/v1/comments",
    scope=Scope.SCORE,
    body=ScoreRequest,
    answers={201: shapes.ReceivedAnswer},
    problems=(404,),
    headers={
        "Idempotency-Key": "Repeating a request under the same key gives the first comment again."
    },
)
def receive_comment(call: Call[ScoreRequest]) -> Response:
    """
    Score one comment and store it, with a case in the queue when it is held.

    The answer goes out only after the comment is safely stored. An article that comes along with
    an id or a permalink is remembered. The same `Idempotency-Key` with the same body gives the
    first answer again and stores nothing; with another body it is an error. When that first
    comment was deleted since, the answer is 404.
    """
    repeat = request.headers.get("Idempotency-Key")
    if repeat is not None and not 1 <= len(repeat) <= LONGEST_IDEMPOTENCY_KEY:
        words = f"must have 1 to {LONGEST_IDEMPOTENCY_KEY} characters"
        raise InputError(words, field="Idempotency-Key")
    received = call.rooms.desk.receive(
        _comment(call, call.body),
        key_id=call.key.id,
        idempotency_key=repeat,
        request_digest=blake2b(call.raw, digest_size=16).hexdigest() if repeat else None,
    )
    if received.created:
        count_checks([(received.stored.decision.action, received.failed)])
    headers = None if received.created else {"Idempotent-Replayed": "true"}
    return reply(received_answer(received.stored), 201, headers)


@endpoint(
    bp,
    "GET",
    "/v1/comments/<comment_id>",
    scope=Scope.SCORE,
    answers={200: shapes.CommentAnswer},
    problems=(404,),
)
def read_comment(call: Call[None], comment_id: str) -> Response:
    """Read a stored comment with its decision, its case and its verdicts."""
    stored = call.rooms.store.comments.get(comment_id, site=call.key.site)
    return reply(comment_answer(stored))


@endpoint(
    bp,
    "DELETE",
    "/v1/comments/<comment_id>",
    scope=Scope.MODERATE,
    answers={204: None},
    problems=(404,),
)
def delete_comment(call: Call[None], comment_id: str) -> Response:
    """
    Erase a comment.

    Its text, its author and every label made of it are erased for good.
    """
    call.rooms.store.comments.delete(
        comment_id, site=call.key.site, actor=f"key:{call.key.id}", now=call.now
    )
    return Response(status=204)


@endpoint(bp, "POST", "/v1/form-token", scope=Scope.SCORE, answers={200: shapes.FormTokenAnswer})
def make_form_token(call: Call[None]) -> Response:
    """
    Make a token to serve in a hidden field of a comment form.

    Send it back as `comment.form.token`: it tells how long the form was open. A token is for one
    comment; what is stored with one that was used before is noticed.
    """
    tokens: FormTokens = current_app.extensions["moderation.form_tokens"]
    token = tokens.make(call.key.site, call.now)
    return reply({"token": token, "expires_in_seconds": LIFETIME_SECONDS})


def _bound(count: int, most: int) -> None:
    if count > most:
        raise InputError(f"must have at most {most} comments", field="body")


def _comment(call: Call[Any], sent: ScoreRequest) -> Comment:
    """Give the comment in the product's vocabulary, with its form's token read."""
    tokens: FormTokens = current_app.extensions["moderation.form_tokens"]
    site, now = call.key.site, call.now
    return comment_of(
        sent, site=site, received_at=now, read_form=lambda form: tokens.read(form, site, now)
    )


def _answer_lines(call: Call[Any], lines: list[bytes]) -> Iterator[bytes]:
    """Answer NDJSON in order, a handful of lines at a time."""
    # The answer is streamed after the request's context is gone, hence all is bound before.
    app = current_app._get_current_object()  # type: ignore[attr-defined]

    def answered() -> Iterator[bytes]:
        waiting = iter(lines)
        while some := list(islice(waiting, _LINES_AT_ONCE)):
            with app.app_context():
                yield b"".join(_score_lines(call, some))

    return answered()


def _score_lines(call: Call[Any], lines: list[bytes]) -> Iterator[bytes]:
    read: list[Comment | InputError] = []
    for line in lines:
        try:
            read.append(_comment(call, _ONE.validate_json(line)))
        except ValidationError as error:
            read.append(unreadable(error))
    checked = iter(call.rooms.desk.check_many([c for c in read if isinstance(c, Comment)]))
    for item in read:
        result = item if isinstance(item, InputError) else next(checked)
        if isinstance(result, Checked):
            count_checks([(result.decision.action, result.failed)])
            yield orjson.dumps(score_answer(result.decision, result.scores)) + b"\n"
        else:
            yield orjson.dumps({"error": body_of(result)}) + b"\n"
