"""
The review queue: listed in pages, leased to reviewers, settled by verdicts.

Writes `cases`, and what a verdict changes; opening a case is part of adding a comment.

A lease only spreads reviewers over the queue and changes no version. What decides between two of
them is the version: it changes when a case is settled, corrected, or closed by a deletion.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from heapq import nsmallest
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Update, func, or_, select, update

from moderation.errors import CaseConflict, InputError, NotFound
from moderation.store import settling
from moderation.store.columns import Moment
from moderation.store.cursors import (
    LIKELIEST,
    NOT_SCORED,
    after,
    likeliest_place,
    ordering,
    read_cursor,
    write_cursor,
)
from moderation.store.documents import read_case, read_score
from moderation.store.engine import Database
from moderation.store.rows import QueueEntry, StoredComment
from moderation.store.stored import load
from moderation.store.tables import cases, comments, decisions
from moderation.terms import Case, Status, Verdict, VerdictAction, VerdictLabel

__all__ = ["Cases"]

_MOST_ENTRIES = 500


class Cases:
    """The cases of every site. Methods may raise `StoreError`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def queue(
        self,
        *,
        site: str | None,
        status: str = "held",
        reason: str | None = None,
        article_key: str | None = None,
        order: str = "priority",
        limit: int = 50,
        cursor: str | None = None,
    ) -> tuple[list[QueueEntry], str | None]:
        """
        Give one page of the queue, and the cursor of the next page or None at the end.

        Args:
            site: None for all sites.
            status: ``held`` for open cases; ``approved`` or ``rejected`` for settled ones whose
                comment stands so now.
            reason: code of the reason the case was opened for.
            order: ``priority`` (highest first, then oldest), ``oldest``, ``newest``, or
                ``likely_to_reject``: by that score, highest first.
            limit: entries on a page, 1..500; anything outside is moved to the nearer end.
            cursor: as the page before gave it, with the same `order`.

        Raises:
            InputError: `field` is ``status``, ``order`` or ``cursor``; settled cases, of which
                there is no end, are not had by ``likely_to_reject``.
        """
        conditions = [*_in_status(status), comments.c.deleted_at.is_(None)]
        conditions += _in_view(site, reason, article_key)
        if order == LIKELIEST and status != Status.HELD:
            raise InputError(f"{LIKELIEST} is an order of held comments only", field="order")
        page = _likeliest_page if order == LIKELIEST else _sorted_page
        limit = min(max(limit, 1), _MOST_ENTRIES)
        with self._database.reading() as connection:
            listed, following = page(connection, conditions, order, limit, cursor)
            stored = {
                each.id: each for each in load(connection, [case.comment_id for case in listed])
            }
        # On PostgreSQL a comment may be deleted between the two reads.
        entries = [
            QueueEntry(case, stored[case.comment_id])
            for case in listed
            if case.comment_id in stored
        ]
        return entries, following

    def oldest_opened_at(
        self,
        *,
        site: str | None,
        reason: str | None = None,
        article_key: str | None = None,
    ) -> datetime | None:
        """Tell since when the longest waiting open case waits, of those `queue` would list."""
        oldest = select(func.min(cases.c.opened_at, type_=Moment))
        if article_key is not None:
            oldest = oldest.join(comments, comments.c.id == cases.c.comment_id)
        oldest = oldest.where(_OPEN, *_in_view(site, reason, article_key))
        with self._database.reading() as connection:
            opened_at: datetime | None = connection.scalar(oldest)
        return opened_at

    def count(self, *, site: str | None) -> int:
        """Count the open cases, of all sites when `site` is None."""
        counting = select(func.count()).select_from(cases).where(_OPEN, *_of_site(site))
        with self._database.reading() as connection:
            return connection.scalar(counting) or 0

    def claim_next(
        self,
        *,
        site: str | None,
        reviewer: str,
        now: datetime,
        lease_seconds: int = 120,
        after_case: str | None = None,
    ) -> QueueEntry | None:
        """
        Lease the open case of highest priority, the oldest of equals, that no one else has.

        Asking again gives the same case, until it is settled or skipped. Reviewers who ask at the
        same moment get different cases.

        Args:
            reviewer: who asks.
            after_case: a case to skip: its lease is given back, and the search goes on behind it,
                then from the front again.

        Returns:
            None when there is no other case to look at.
        """

        def work(connection: Connection) -> QueueEntry | None:
            # FOR UPDATE SKIP LOCKED on PostgreSQL; SQLite has one writer at a time and ignores it.
            free = (
                select(cases)
                .where(_OPEN, *_of_site(site), _free_for(reviewer, now))
                .order_by(*ordering("priority"))
                .limit(1)
                .with_for_update(skip_locked=True)
            )
            row: Row[Any] | None = None
            skipped = _give_back(connection, after_case, reviewer) if after_case else None
            if skipped is not None:
                free = free.where(cases.c.id != skipped.id)
                row = connection.execute(free.where(after("priority", skipped))).first()
            if row is None:
                row = connection.execute(free).first()
            if row is None:
                return None
            case = _take(connection, row.id, reviewer, now, lease_seconds)
            (stored,) = load(connection, [case.comment_id])
            return QueueEntry(case, stored)

        return self._database.write(work)

    def lease(
        self, case_id: str, *, reviewer: str, now: datetime, lease_seconds: int = 120
    ) -> Case:
        """
        Lease one open case, or lengthen the reviewer's own lease.

        Raises:
            NotFound: there is no such case.
            CaseConflict: it is settled, or another reviewer has it now.
        """

        def work(connection: Connection) -> Case:
            row = connection.execute(
                select(cases).where(cases.c.id == case_id).with_for_update()
            ).first()
            if row is None:
                raise NotFound("There is no such case.", field="case_id")
            if row.settled_at is not None:
                raise CaseConflict(current_version=row.version)
            if row.leased_by not in (None, reviewer) and row.leased_until > now:
                raise CaseConflict(
                    "Another reviewer is looking at this case.", current_version=row.version
                )
            return _take(connection, case_id, reviewer, now, lease_seconds)

        return self._database.write(work)

    def release(self, case_id: str, *, reviewer: str, leased_until: datetime | None = None) -> None:
        """
        End the reviewer's own lease on a case; anybody else's stays, and no lease is no error.

        Args:
            leased_until: only the lease that runs until then; None is whichever it is.
        """
        releasing = _releasing(case_id, reviewer)
        if leased_until is not None:
            releasing = releasing.where(cases.c.leased_until == leased_until)
        self._database.write(lambda connection: connection.execute(releasing))

    def settle(
        self,
        comment_id: str,
        *,
        site: str | None,
        actor: str,
        action: VerdictAction,
        labels: tuple[VerdictLabel, ...],
        note: str | None,
        version: int | None,
        now: datetime,
    ) -> tuple[Verdict, StoredComment]:
        """
        Give a verdict on a comment: append it, close the open case, set status and label, log it.

        All in one transaction. A comment whose case is settled, or that never had one, takes a
        verdict too: a correction.

        Args:
            version: of the case as the moderator saw it; None for whatever it is. It is compared
                with the settled case too, or else the slower of two moderators would overrule the
                faster unknowingly; without any case it is ignored.

        Raises:
            NotFound: there is no such comment on that site.
            CaseConflict: the case changed since `version`; `current_version` is its version now.
        """

        def work(connection: Connection) -> tuple[Verdict, StoredComment]:
            return settling.settle(
                connection,
                comment_id,
                site=site,
                actor=actor,
                action=action,
                labels=labels,
                note=note,
                version=version,
                now=now,
            )

        return self._database.write(work)


_OPEN = cases.c.settled_at.is_(None)


def _sorted_page(
    connection: Connection,
    conditions: Sequence[ColumnElement[bool]],
    order: str,
    limit: int,
    cursor: str | None,
) -> tuple[list[Case], str | None]:
    """Give one page of cases in an order of their columns, and the cursor of the next."""
    page = (
        select(cases)
        .join(comments, comments.c.id == cases.c.comment_id)
        .where(*conditions)
        .order_by(*ordering(order))
        .limit(limit + 1)
    )
    if cursor is not None:
        page = page.where(after(order, read_cursor(order, cursor)))
    found = [read_case(row) for row in connection.execute(page)]
    return found[:limit], write_cursor(order, found[limit - 1]) if len(found) > limit else None


def _likeliest_page(
    connection: Connection,
    conditions: Sequence[ColumnElement[bool]],
    order: str,
    limit: int,
    cursor: str | None,
) -> tuple[list[Case], str | None]:
    """
    Give the same by a score.

    Scores are documents in which no database looks, so all that wait are read: 5,000 in an eighth
    of a second, and a queue longer than that has other troubles.
    """
    last = None if cursor is None else likeliest_place(read_cursor(order, cursor))
    asked = (
        select(cases, decisions.c.scores)
        .join(comments, comments.c.id == cases.c.comment_id)
        .join(decisions, decisions.c.id == comments.c.decision_id)
        .where(*conditions)
    )
    # With the score in place of their priority, as a cursor carries it.
    scored = (
        (case, replace(case, priority=NOT_SCORED if score is None else score))
        for row in connection.execute(asked)
        for case, score in ((read_case(row), read_score(row.scores, LIKELIEST)),)
    )
    behind = (pair for pair in scored if last is None or likeliest_place(pair[1]) > last)
    found = nsmallest(limit + 1, behind, key=lambda pair: likeliest_place(pair[1]))
    following = write_cursor(order, found[limit - 1][1]) if len(found) > limit else None
    return [case for case, _ in found[:limit]], following


def _of_site(site: str | None) -> list[ColumnElement[bool]]:
    return [] if site is None else [cases.c.site == site]


def _in_view(
    site: str | None, reason: str | None, article_key: str | None
) -> list[ColumnElement[bool]]:
    conditions = _of_site(site)
    if reason is not None:
        conditions.append(cases.c.reason == reason)
    if article_key is not None:
        conditions.append(comments.c.article_key == article_key)
    return conditions


def _in_status(status: str) -> list[ColumnElement[bool]]:
    if status == Status.HELD:
        return [_OPEN]
    if status in (Status.APPROVED, Status.REJECTED):
        # A comment may have had several cases; it is listed once, with the newest.
        return [
            cases.c.settled_at.is_not(None),
            comments.c.status == str(status),
            comments.c.case_id == cases.c.id,
        ]
    raise InputError("must be held, approved or rejected", field="status")


def _free_for(reviewer: str, now: datetime) -> ColumnElement[bool]:
    return or_(
        cases.c.leased_by.is_(None), cases.c.leased_by == reviewer, cases.c.leased_until <= now
    )


def _releasing(case_id: str, reviewer: str) -> Update:
    return (
        update(cases)
        .where(cases.c.id == case_id, cases.c.leased_by == reviewer)
        .values(leased_by=None, leased_until=None)
    )


def _give_back(connection: Connection, case_id: str, reviewer: str) -> Case | None:
    connection.execute(_releasing(case_id, reviewer))
    row = connection.execute(select(cases).where(cases.c.id == case_id)).first()
    return None if row is None else read_case(row)


def _take(
    connection: Connection, case_id: str, reviewer: str, now: datetime, lease_seconds: int
) -> Case:
    until = now + timedelta(seconds=lease_seconds)
    taken = connection.execute(
        update(cases)
        .where(cases.c.id == case_id)
        .values(leased_by=reviewer, leased_until=until)
        .returning(cases)
    )
    return read_case(taken.one())
