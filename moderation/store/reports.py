"""
Reports from outside: written as evidence beside a comment, and read back as labels.

Settles nothing, and changes no status: at most a case opens, or moves forward in the queue.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, select, update

from moderation.store import tables
from moderation.store.correcting import correct
from moderation.store.documents import read_labels
from moderation.store.engine import Database
from moderation.store.ids import new_id
from moderation.store.rows import StoredComment
from moderation.store.stored import load, load_one
from moderation.terms import CaseKind, Label, Report, Status, VerdictAction, VerdictLabel

__all__ = ["REPORTED", "REPORTED_PRIORITY", "Reports"]

REPORTED = "REPORTED"
"""Reason of a case that a report opened."""

REPORTED_PRIORITY = 0.75
"""A reported comment waits before every merely held one: those reach up to one half."""

_PAGE = 200


class Reports:
    """The reports of every site. Methods may raise `StoreError`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(
        self,
        comment_id: str,
        *,
        site: str | None,
        actor: str,
        action: VerdictAction,
        labels: tuple[VerdictLabel, ...],
        now: datetime,
        queue: bool = True,
    ) -> tuple[Report, StoredComment]:
        """
        Append a report and log it, all in one transaction; status, verdicts and label stay.

        Unless a person has judged the comment, its open case moves forward in the queue; without
        one, a report of the opposite of its status opens a case.

        Args:
            queue: False leaves the queue alone whatever the report says.

        Raises:
            NotFound: there is no such comment on that site.
        """

        def work(connection: Connection) -> tuple[Report, StoredComment]:
            comments = tables.comments
            locked = select(comments.c.id).where(comments.c.id == comment_id).with_for_update()
            connection.execute(locked)
            stored = load_one(connection, comment_id, site=site)
            report = Report(new_id(now), comment_id, actor, action, labels, now)
            connection.execute(
                insert(tables.reports).values(
                    id=report.id,
                    comment_id=comment_id,
                    actor=actor,
                    action=action.value,
                    labels=labels,
                    reported_at=now,
                )
            )
            if not stored.verdicts:
                correct(connection, comment_id, action, due_at=None)
                if queue:
                    _bring_forward(connection, stored, action, now)
            connection.execute(
                insert(tables.events).values(
                    at=now,
                    kind="comment.reported",
                    actor=actor,
                    subject=comment_id,
                    data={"action": action.value, "labels": list(labels), "report": report.id},
                )
            )
            return report, load_one(connection, comment_id, site=site)

        return self._database.write(work)

    def labels(self, *, site: str | None = None) -> Iterator[Label]:
        """
        Give one label for each comment that was reported and never judged: its newest report.

        Holds neither all of them nor a transaction; see `Verdicts.labels`.
        """
        reports, judged = tables.reports, tables.labels
        newest = (
            select(func.max(reports.c.id).label("id"))
            .where(reports.c.comment_id > bindparam("after"))
            .group_by(reports.c.comment_id)
            .order_by(reports.c.comment_id)
            .limit(_PAGE)
            .subquery()
        )
        page = (
            select(reports, judged.c.verdict_id)
            .join_from(newest, reports, reports.c.id == newest.c.id)
            .outerjoin(judged, judged.c.comment_id == reports.c.comment_id)
            .order_by(reports.c.comment_id)
        )
        after = ""
        while True:
            with self._database.reading() as connection:
                rows = connection.execute(page, {"after": after}).all()
                unjudged = [row.comment_id for row in rows if row.verdict_id is None]
                stored = {each.id: each for each in load(connection, unjudged)}
            for row in rows:
                found = stored.get(row.comment_id)
                if found is not None and site in (None, found.comment.site):
                    yield _label(row, found)
            if len(rows) < _PAGE:
                return
            after = rows[-1].comment_id


def _bring_forward(
    connection: Connection, stored: StoredComment, action: VerdictAction, now: datetime
) -> None:
    cases, case = tables.cases, stored.case
    if case is not None and case.settled_at is None:
        # Not a change of the case that a verdict under way must know of: its version stays.
        connection.execute(
            update(cases)
            .where(cases.c.id == case.id, cases.c.priority < REPORTED_PRIORITY)
            .values(priority=REPORTED_PRIORITY)
        )
        return
    if stored.status in (Status.HELD, Status.after(action)):
        return
    id = new_id(now)
    connection.execute(
        insert(cases).values(
            id=id,
            comment_id=stored.id,
            site=stored.comment.site,
            kind=CaseKind.REPORT.value,
            reason=REPORTED,
            priority=REPORTED_PRIORITY,
            version=1,
            opened_at=now,
        )
    )
    connection.execute(
        update(tables.comments).where(tables.comments.c.id == stored.id).values(case_id=id)
    )


def _label(row: Any, stored: StoredComment) -> Label:
    comment = stored.comment
    return Label(
        verdict_id=row.id,
        comment_id=row.comment_id,
        site=comment.site,
        text=comment.text,
        action=VerdictAction(row.action),
        labels=read_labels(row.labels),
        article=comment.article,
        parent_text=comment.parent_text,
        language=stored.scores.language,
        decided_at=row.reported_at,
        reported=True,
    )
