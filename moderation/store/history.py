"""
What the store remembers around a new comment: its author's past, and the same text said before.

Reads `comments` through three indexes and nothing else.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Select, bindparam, func, literal_column, select, union_all

from moderation.store.columns import Moment
from moderation.store.engine import Database
from moderation.store.statements import Query
from moderation.store.tables import comments
from moderation.terms import AuthorHistory, PastComment, Repeats, Status
from moderation.text import NEAR_BITS

__all__ = ["RECENT_LIMIT", "REPEATS_LIMIT", "author_history", "repeats"]

RECENT_LIMIT = 50
"""Comments of an author that are listed one by one; the counts are over all."""

REPEATS_LIMIT = 500
"""Comments looked at for each kind of match, newest first: a flood must not slow the check down."""


def _count(status: Status) -> object:
    return func.count().filter(comments.c.status == status.value).over().label(status.value)


# The windows count over all of the author's comments before the limit cuts the list.
_AUTHOR = Query(
    select(
        comments.c.received_at,
        comments.c.status,
        comments.c.settled_by_person,
        comments.c.fingerprint,
        comments.c.simhash,
        *(_count(status) for status in Status),  # type: ignore[call-overload]
        func.count()
        .filter(comments.c.status == Status.REJECTED.value, comments.c.settled_by_person)
        .over()
        .label("rejected_by_person"),
        func.min(comments.c.received_at, type_=Moment).over().label("first_seen_at"),
    )
    .where(comments.c.site == bindparam("site"), comments.c.author_key == bindparam("author_key"))
    .order_by(comments.c.received_at.desc())
    .limit(RECENT_LIMIT)
)


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
