"""
What clients that know only "spam or not" were told: counted, and corrected where they asked for it.

A reply is written with its comment (`adding.py`), a correction with its verdict (`correcting.py`);
nothing is sent from here.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from sqlalchemy import ColumnElement, Connection, bindparam, func, select, update

from moderation.store import tables
from moderation.store.columns import Moment
from moderation.store.engine import Database
from moderation.store.permalink import comparable
from moderation.store.rows import Correction, Tally
from moderation.store.statements import Query
from moderation.terms import VerdictAction

__all__ = ["Replies"]

_replies = tables.replies
_NEXT_DUE = Query(
    select(_replies.c.comment_id).where(_replies.c.due_at <= bindparam("now")).limit(1)
)
_SPAM, _HAM = VerdictAction.REJECT.value, VerdictAction.APPROVE.value


class Replies:
    """The replies to the clients of every site. Methods may raise `StoreError`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def tallies(
        self,
        bounds: Sequence[datetime],
        *,
        site: str,
        key_id: str | None = None,
        origin: str | None = None,
    ) -> list[Tally]:
        """
        Count replies in consecutive stretches of time.

        Args:
            bounds: ascending; a stretch begins with one and ends before the next.
            key_id: only those to this key.
            origin: only those to the site of this address, however it is spelled.

        Returns:
            One fewer than there are bounds.
        """
        conditions = [_replies.c.site == site]
        if key_id is not None:
            conditions.append(_replies.c.key_id == key_id)
        if origin is not None:
            conditions.append(_replies.c.origin == comparable(origin))
        counting = select(*_COUNTS).where(*conditions, _BETWEEN)
        with self._database.reading() as connection:
            return [
                Tally(*connection.execute(counting, {"start": start, "end": end}).one())
                for start, end in pairwise(bounds)
            ]

    def by_origin(
        self, start: datetime, end: datetime, *, site: str, key_id: str
    ) -> list[tuple[str, Tally]]:
        """Count the replies to a key from `start` to before `end`, by the address of the site."""
        counting = (
            select(_replies.c.origin, *_COUNTS)
            .where(_replies.c.site == site, _replies.c.key_id == key_id, _BETWEEN)
            .group_by(_replies.c.origin)
            .order_by(_replies.c.origin)
        )
        with self._database.reading() as connection:
            rows = connection.execute(counting, {"start": start, "end": end}).all()
        return [(origin, Tally(*counts)) for origin, *counts in rows]

    def first_at(self, *, site: str) -> datetime | None:
        """Tell when the first reply of a site was given, None when there is none."""
        first = select(func.min(_replies.c.replied_at, type_=Moment)).where(_replies.c.site == site)
        with self._database.reading() as connection:
            found: datetime | None = connection.scalar(first)
        return found

    def due(self, now: datetime, *, limit: int, lease_seconds: float) -> list[Correction]:
        """
        Take corrections that are to be sent now, for `lease_seconds` and for nobody else.

        Whoever took one says `told` or `retry`; of whom nothing is heard, it is due again.
        """
        # Nearly always there is none, and looking costs no write.
        if not self._database.fetch(_NEXT_DUE, {"now": now}):
            return []

        def work(connection: Connection) -> list[Correction]:
            ready = (
                select(_replies)
                .where(_replies.c.due_at <= now)
                .order_by(_replies.c.due_at)
                .limit(limit)
                .with_for_update(skip_locked=True)
            )
            rows = [row for row in connection.execute(ready) if row.corrected and row.callback_url]
            connection.execute(
                update(_replies)
                .where(_replies.c.comment_id.in_([row.comment_id for row in rows]))
                .values(due_at=now + timedelta(seconds=lease_seconds), tries=_replies.c.tries + 1)
            )
            return [
                Correction(
                    comment_id=row.comment_id,
                    action=VerdictAction(row.corrected),
                    url=row.callback_url,
                    key=row.callback_key or "",
                    tries=row.tries + 1,
                )
                for row in rows
            ]

        return self._database.write(work)

    def told(self, correction: Correction, *, now: datetime) -> None:
        """Note that the client knows; what was corrected again meanwhile is due at once."""

        def work(connection: Connection) -> None:
            mine = _replies.c.comment_id == correction.comment_id
            known = {"known": correction.action.value}
            connection.execute(update(_replies).where(mine).values(**known, due_at=None))
            connection.execute(
                update(_replies)
                .where(mine, _replies.c.corrected != correction.action.value)
                .where(_replies.c.callback_url.is_not(None))
                .values(due_at=now, tries=0)
            )

        self._database.write(work)

    def retry(self, correction: Correction, *, at: datetime | None) -> None:
        """Have a correction sent again at a time, or never when `at` is None."""
        unchanged = (
            update(_replies)
            .where(_replies.c.comment_id == correction.comment_id)
            # A newer correction is due by itself.
            .where(_replies.c.tries == correction.tries, _replies.c.due_at.is_not(None))
            .values(due_at=at)
        )
        self._database.write(lambda connection: connection.execute(unchanged))

    def forget_callbacks(self, *, before: datetime) -> int:
        """Erase where clients wanted to hear of corrections of older replies; give how many."""
        old = (
            update(_replies)
            .where(_replies.c.callback_url.is_not(None), _replies.c.replied_at < before)
            .values(callback_url=None, callback_key=None, due_at=None)
        )
        return int(self._database.write(lambda connection: connection.execute(old).rowcount))


_BETWEEN = (_replies.c.replied_at >= bindparam("start", type_=Moment)) & (
    _replies.c.replied_at < bindparam("end", type_=Moment)
)


def _count(*conditions: ColumnElement[bool]) -> ColumnElement[int]:
    return func.count().filter(*conditions)


# In the order of the fields of `Tally`.
_COUNTS = (
    _count(_replies.c.answer == _SPAM),
    _count(_replies.c.answer == _HAM),
    _count(_replies.c.answer == _HAM, _replies.c.corrected == _SPAM),
    _count(_replies.c.answer == _SPAM, _replies.c.corrected == _HAM),
)
