"""
Orders of the queue, and the opaque cursors that continue a page in them.

Builds conditions and text; runs no query.
"""

from __future__ import annotations

import base64
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import ColumnElement, and_, literal, or_, tuple_

from moderation.errors import InputError
from moderation.store.columns import EPOCH, Moment, StorableText, microseconds
from moderation.store.tables import cases
from moderation.terms import Case, CaseKind

__all__ = [
    "LIKELIEST",
    "NOT_SCORED",
    "after",
    "likeliest_place",
    "ordering",
    "read_cursor",
    "write_cursor",
]

LIKELIEST = "likely_to_reject"
"""The order by that score, which `Cases` brings cases into by itself."""

NOT_SCORED = -1.0
"""Where a comment without that score stands: behind all others."""

_ORDERS: dict[str, tuple[ColumnElement[Any], ...]] = {
    "priority": (cases.c.priority.desc(), cases.c.opened_at, cases.c.id),
    "oldest": (cases.c.opened_at, cases.c.id),
    "newest": (cases.c.opened_at.desc(), cases.c.id.desc()),
}


def ordering(order: str) -> tuple[ColumnElement[Any], ...]:
    """
    Give the ORDER BY of an order by its name.

    Raises:
        InputError: there is no such order; `field` is ``order``.
    """
    if order not in _ORDERS:
        raise InputError(f"must be one of {', '.join((*_ORDERS, LIKELIEST))}", field="order")
    return _ORDERS[order]


def likeliest_place(scored: Case) -> tuple[float, datetime, str]:
    """Give a case's place by `LIKELIEST`; its `priority` is the score."""
    return -scored.priority, scored.opened_at, scored.id


def after(order: str, last: Case) -> ColumnElement[bool]:
    """Give the condition that a case comes behind `last`; of it, only what is sorted by counts."""
    place = tuple_(cases.c.opened_at, cases.c.id)
    last_place = tuple_(literal(last.opened_at, Moment()), literal(last.id, StorableText()))
    if order == "newest":
        return place < last_place
    if order == "oldest":
        return place > last_place
    # The first half is implied by the second; it lets the index start at the right place.
    return and_(
        cases.c.priority <= last.priority,
        or_(cases.c.priority < last.priority, place > last_place),
    )


def write_cursor(order: str, last: Case) -> str:
    """Write where a page ended, as URL-safe text."""
    place = [order, last.priority, microseconds(last.opened_at), last.id]
    return base64.urlsafe_b64encode(orjson.dumps(place)).decode().rstrip("=")


def read_cursor(order: str, cursor: str) -> Case:
    """
    Read a cursor as a case of which only what is sorted by is filled in.

    Raises:
        InputError: it is none of ours, or of another order; `field` is ``cursor``.
    """
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        made_for, priority, opened, id = orjson.loads(base64.urlsafe_b64decode(padded))
        if made_for != order or not isinstance(id, str):
            raise ValueError("made for another order")
        opened_at = EPOCH + timedelta(microseconds=int(opened))
        priority = float(priority)
    except (ValueError, TypeError, OverflowError) as error:
        raise InputError("is not a cursor of this queue in this order", field="cursor") from error
    return Case(
        id=id,
        comment_id="",
        kind=CaseKind.HELD,
        reason="",
        priority=priority,
        version=0,
        opened_at=opened_at,
    )
