"""
The native API for moderators: the queue, and verdicts on what is in it.

Turns requests into calls of the store's cases; decides nothing.
"""

from __future__ import annotations

from flask import Blueprint, Response

from moderation.terms import Scope
from moderation.web import answer_schemas as shapes
from moderation.web.answers import queue_entry, verdict_answer
from moderation.web.endpoint import Call, endpoint, reply
from moderation.web.schemas import QueueQuery, VerdictRequest

__all__ = ["bp"]

bp = Blueprint("casework", __name__)


@endpoint(
    bp,
    "GET",
    "/v1/queue",
    scope=Scope.MODERATE,
    query=QueueQuery,
    answers={200: shapes.QueueAnswer},
)
def read_queue(call: Call[QueueQuery]) -> Response:
    """
    List the comments that wait for a moderator, a page at a time.

    Pass `next` of one page as `cursor` of the following one.
    """
    wanted, store, article_key = call.body, call.rooms.store, None
    if wanted.article is not None:
        found = store.articles.find(call.key.site, id=wanted.article, url=wanted.article)
        if found is None:
            return reply({"items": [], "next": None})
        article_key = found.key
    entries, following = store.cases.queue(
        site=call.key.site,
        status=wanted.status.value,
        reason=wanted.reason,
        article_key=article_key,
        order=wanted.order,
        limit=wanted.limit,
        cursor=wanted.cursor,
    )
    return reply({"items": [queue_entry(entry) for entry in entries], "next": following})


@endpoint(
    bp,
    "POST",
    "/v1/comments/<comment_id>/verdict",
    scope=Scope.MODERATE,
    body=VerdictRequest,
    answers={200: shapes.VerdictAnswer},
    problems=(404, 409),
)
def settle(call: Call[VerdictRequest], comment_id: str) -> Response:
    """
    Approve or reject a comment for good; the labels become training data.

    With a `version`, a case that changed meanwhile is left alone: the answer is 409 and says the
    `current_version`. A comment without an open case can get a verdict too, as a correction.
    """
    verdict, stored = call.rooms.store.cases.settle(
        comment_id,
        site=call.key.site,
        actor=f"key:{call.key.id}",
        action=call.body.action,
        labels=tuple(dict.fromkeys(call.body.labels)),
        note=call.body.note,
        version=call.body.version,
        now=call.now,
    )
    return reply(verdict_answer(verdict, stored))
