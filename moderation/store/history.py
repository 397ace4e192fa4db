"""
What the store remembers around a new comment: its author's past, and the same text said before.

Reads `comments` through three indexes and nothing else.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    Select,
    Subquery,
    and_,
    bindparam,
    func,
    literal_column,
    select,
    true,
    union_all,
)

from moderation.store.columns import Moment
from moderation.store.engine import Database
from moderation.store.statements import Query
from moderation.store.tables import comments
from moderation.terms import AuthorHistory, PastComment, Repeats, Status
from moderation.text import NEAR_BITS

__all__ = ["COUNTED_LIMIT", "RECENT_LIMIT", "REPEATS_LIMIT", "author_history", "repeats"]

RECENT_LIMIT = 50
"""Comments of an author that are listed one by one."""

COUNTED_LIMIT = 1000
"""Newest comments of an author that are counted: who writes for years, or behind an address shared
by many, must not slow the check down. It takes 0.5 ms (1.3 on PostgreSQL); counting 100,000 by
windows over all of them took 290 (140)."""

REPEATS_LIMIT = 500
"""Comments looked at for each kind of match, newest first: a flood must not slow the check down."""


_of_author = and_(
    comments.c.site == bindparam("site"), comments.c.author_key == bindparam("author_key")
)


def _recent() -> Subquery:
    listed = ("received_at", "status", "settled_by_person", "fingerprint", "simhash")
    newest = select(*(comments.c[name] for name in listed)).where(_of_author)
    return newest.order_by(comments.c.received_at.desc()).limit(RECENT_LIMIT).subquery()


def _counts() -> Subquery:
    first_seen, newest = (
        select(end(comments.c.received_at, type_=Moment)).where(_of_author).scalar_subquery()
        for end in (func.min, func.max)
    )
    # Finding the oldest one counted, and then counting by the index alone, takes half the time of
    # counting the rows of a limited list.
    oldest = (
        select(comments.c.received_at)
        .where(_of_author)
        .order_by(comments.c.received_at.desc())
        .limit(1)
        .offset(COUNTED_LIMIT - 1)
        .scalar_subquery()
    )
    return (
        select(
            *(_count(comments.c.status == status.value).label(status.value) for status in Status),
            _count(comments.c.status == Status.REJECTED.value, comments.c.settled_by_person).label(
                "rejected_by_person"
            ),
            first_seen.label("first_seen_at"),
        )
        # With an upper end as well PostgreSQL expects few rows, and goes by the index.
        .where(_of_author, comments.c.received_at.between(func.coalesce(oldest, _EVER), newest))
        .subquery()
    )


def _count(*conditions: ColumnElement[bool]) -> ColumnElement[int]:
    return func.count().filter(*conditions)


_EVER = literal_column(str(-(2**63) + 1), Moment)


def _author() -> Query:
    recent, counts = _recent(), _counts()
    both = select(recent, counts).join_from(recent, counts, true())
    return Query(both.order_by(recent.c.received_at.desc()))


_AUTHOR = _author()


def author_history(database: Database, site: str, author_key: str) -> AuthorHistory:
    """Tell what is known of an author on a site."""
    rows = database.fetch(_AUTHOR, {"site": site, "author_key": author_key})
    if not rows:
        return AuthorHistory(known=True)
    newest = rows[0]
    return AuthorHistory(
        known=True,
        approved=newest.approved,
        held=newest.held,
        rejected=newest.rejected,
        rejected_by_person=newest.rejected_by_person,
        first_seen_at=newest.first_seen_at,
        recent=tuple(
            PastComment(
                received_at=row.received_at,
                status=Status(row.status),
                fingerprint=row.fingerprint,
                simhash=row.simhash,
                settled_by_person=row.settled_by_person,
            )
            for row in rows
        ),
    )


def _alike(column: str) -> Select[tuple[str, int, int, str, str]]:
    newest = (
        select(
            comments.c.id,
            comments.c.fingerprint,
            comments.c.simhash,
            comments.c.author_key,
            comments.c.status,
        )
        .where(
            comments.c.site == bindparam("site"),
            comments.c[column] == bindparam(column),
            comments.c.received_at >= bindparam("since"),
            comments.c.deleted_at.is_(None),
        )
        .order_by(comments.c.received_at.desc())
        .limit(literal_column(str(REPEATS_LIMIT)))
        .subquery()
    )
    return select(newest)


_EXACT = Query(_alike("fingerprint"))
_EXACT_AND_NEAR = Query(union_all(*map(_alike, ("fingerprint", "sketch_a", "sketch_b"))))


def repeats(
    database: Database,
    site: str,
    fingerprint: int,
    simhash: int,
    sketch: tuple[int, int],
    *,
    author_key: str | None,
    since: datetime,
) -> Repeats:
    """Count the same and nearly the same text; see `Comments.repeats`."""
    values: dict[str, object] = {"site": site, "fingerprint": fingerprint, "since": since}
    if sketch == (0, 0):
        rows = database.fetch(_EXACT, values)
    else:
        values |= {"sketch_a": sketch[0], "sketch_b": sketch[1]}
        rows = database.fetch(_EXACT_AND_NEAR, values)
    exact, near = {}, {}
    for row in rows:
        if row.fingerprint == fingerprint:
            exact[row.id] = row
        elif (row.simhash ^ simhash).bit_count() <= NEAR_BITS:
            near[row.id] = row
    both = (*exact.values(), *near.values())
    # Nobody knows how many people unnamed comments come from: together they count as one.
    authors = {row.author_key for row in both} - {author_key}
    return Repeats(
        exact=len(exact),
        near=len(near),
        authors=len(authors),
        rejected=sum(row.status == Status.REJECTED.value for row in both),
    )
