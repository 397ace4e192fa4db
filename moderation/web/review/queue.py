"""
The queue page, the way to the next case, and looking a comment up by its id.

Reads and leases by the desk; records no verdict.
"""

from __future__ import annotations

from typing import Any

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from moderation.desk.leases import is_with_another
from moderation.desk.queue import LIKELIEST, ORDERS, QueueView, next_case, queue_page
from moderation.web.review.guard import bp, page, reviewer
from moderation.web.review.last import take_announcement
from moderation.web.rooms import rooms

__all__ = ["view_from", "view_state"]


def view_from(values: dict[str, str]) -> QueueView:
    """
    Read the queue's filters and order from a query or a form.

    Raises:
        InputError: the order is unknown.
    """
    return QueueView(
        order=values.get("order") or ORDERS[0],
        reason=values.get("reason") or None,
        article_key=values.get("article") or None,
    )


def view_state(view: QueueView) -> dict[str, str]:
    """Give the filters and order as the query that leads back to them; defaults are left out."""
    state = {
        "order": view.order if view.order != ORDERS[0] else None,
        "reason": view.reason,
        "article": view.article_key,
    }
    return {name: value for name, value in state.items() if value}


@bp.get("/")
def queue() -> ResponseReturnValue:
    """Show the held cases."""
    view = view_from(request.args.to_dict())
    found = queue_page(rooms().store, view, cursor=request.args.get("cursor") or None)
    return page(
        "queue.html",
        found=found,
        view=view,
        state=view_state(view),
        orders=[order for order in ORDERS if order != LIKELIEST or found.is_scored],
        is_first=not request.args.get("cursor"),
        is_with_another=is_with_another,
        nothing_free=request.args.get("nothing") == "free",
        announcement=take_announcement(),
    )


@bp.get("/next")
def next_comment() -> ResponseReturnValue:
    """Lead to the next free case, after the one named by ``after`` when it was skipped."""
    view = view_from(request.args.to_dict())
    return to_next(view, after=request.args.get("after"), back=request.args.get("from"))


@bp.get("/find")
def find() -> ResponseReturnValue:
    """Lead to the comment whose id was typed."""
    id = request.args.get("id", "").strip()
    if not id:
        return redirect(url_for("review.queue"), 303)
    return redirect(url_for("review.comment", comment_id=id), 303)


def to_next(
    view: QueueView, *, after: str | None = None, back: str | None = None
) -> ResponseReturnValue:
    """
    Redirect to the next free case of the view, or to the queue when there is none.

    Args:
        after: id of the case just left.
        back: id of the comment just left, so that the next page can lead back to it.
    """
    query: dict[str, Any] = {**view_state(view)}
    id = next_case(rooms().store, view, reviewer_id=reviewer().id, now=rooms().now(), after=after)
    if id is None:
        return redirect(url_for("review.queue", nothing="free", **query), 303)
    if back:
        query["from"] = back
    return redirect(url_for("review.comment", comment_id=id, **query), 303)
