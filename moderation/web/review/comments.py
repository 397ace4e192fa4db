"""
One comment with all that is known of it, and the verdicts on it.

Reads and settles by the desk; renders, decides nothing.
"""

from __future__ import annotations

from typing import TypeVar

from flask import request
from flask.typing import ResponseReturnValue

from moderation.desk.leases import LEASE_SECONDS
from moderation.desk.review import (
    MOST_NOTE_CHARS,
    labels_to_teach,
    last_verdict_of,
    open_comment,
    opposite,
    settle,
    suggested_label,
)
from moderation.errors import CaseConflict, InputError
from moderation.terms import VerdictAction, VerdictLabel
from moderation.web.review.article import shown_article
from moderation.web.review.guard import bp, page, reviewer, with_requests
from moderation.web.review.last import last_comment_id, remember, take_announcement
from moderation.web.review.queue import to_next, view_from, view_state
from moderation.web.review.words import CHOICES
from moderation.web.rooms import rooms

__all__ = ["comment", "verdict"]

Word = TypeVar("Word", VerdictAction, VerdictLabel)


@bp.get("/comments/<comment_id>")
def comment(comment_id: str) -> ResponseReturnValue:
    """
    Show a comment: an open case to judge, or a settled one to look at and correct.

    Opening an open case takes its lease for two minutes when nobody else has it; the page's script
    renews it.
    """
    view = view_from(request.args.to_dict())
    context = open_comment(rooms().store, comment_id, reviewer_id=reviewer().id, now=rooms().now())
    last = last_verdict_of(context.stored)
    is_leased = context.case is not None and context.held_by is None
    shown = page(
        "comment.html",
        context=context,
        is_leased=is_leased,
        lease_seconds=LEASE_SECONDS,
        stored=context.stored,
        comment=context.stored.comment,
        article=shown_article(context.stored),
        last=last,
        reversed=opposite(last.action) if last else None,
        is_undo=request.args.get("undo") == "1" and last is not None,
        choices=CHOICES,
        most_note_chars=MOST_NOTE_CHARS,
        view=view,
        state=view_state(view),
        back=request.args.get("from"),
        undo_id=last_comment_id(),
        announcement=take_announcement(),
    )
    return with_requests(shown) if is_leased else shown


@bp.post("/comments/<comment_id>/verdict")
def verdict(comment_id: str) -> ResponseReturnValue:
    """
    Take a verdict and lead to the next case at once.

    Raises:
        InputError: the form is not one of ours.
        NotFound: there is no such comment.
    """
    form = request.form
    view = view_from(form.to_dict())
    store = rooms().store
    action = _read(VerdictAction, form.get("action"), "action")
    chosen = [_read(VerdictLabel, value, "label") for value in form.getlist("label")]
    suggested = suggested_label(store.comments.get(comment_id).decision.reasons)
    try:
        given = settle(
            store,
            comment_id,
            reviewer_id=reviewer().id,
            action=action,
            labels=labels_to_teach(action, chosen, suggested=suggested),
            note=form.get("note"),
            version=_version(form.get("version")),
            now=rooms().now(),
        )
    except CaseConflict:
        return _conflict(comment_id, action, view_state(view))
    remember(given)
    return to_next(view, back=comment_id)


def _conflict(comment_id: str, wanted: VerdictAction, state: dict[str, str]) -> ResponseReturnValue:
    context = open_comment(rooms().store, comment_id, reviewer_id=reviewer().id, now=rooms().now())
    return page(
        "conflict.html",
        409,
        context=context,
        stored=context.stored,
        last=last_verdict_of(context.stored),
        wanted=wanted,
        state=state,
    )


def _read(kind: type[Word], value: str | None, field: str) -> Word:
    try:
        return kind(value or "")
    except ValueError:
        raise InputError("is not one that is known here", field=field) from None


def _version(value: str | None) -> int | None:
    if not value:
        return None
    if not value.isdecimal() or len(value) > 9:
        raise InputError("must be a whole number", field="version")
    return int(value)
