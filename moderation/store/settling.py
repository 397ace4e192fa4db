"""
One verdict, step by step: compare the version, append, close the case, set status and label, log,
and leave word for a client that was told otherwise.

Runs inside the transaction it is given; begins and commits none.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from moderation.errors import CaseConflict
from moderation.store.correcting import correct
from moderation.store.ids import new_id
from moderation.store.rows import StoredComment
from moderation.store.stored import load_one
from moderation.store.tables import cases, comments, events, labels, verdict_notes, verdicts
from moderation.terms import Status, Verdict, VerdictAction, VerdictLabel

__all__ = ["settle"]


def settle(
    connection: Connection,
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
    """Settle a comment; see `Cases.settle`."""
    # 1. Lock the comment, then its case: everything that locks both does it in this order.
    connection.execute(select(comments.c.id).where(comments.c.id == comment_id).with_for_update())
    stored = load_one(connection, comment_id, site=site)
    case = _lock_case(connection, stored)

    # 2. Compare and set the version.
    if case is not None:
        if version is not None and version != case.version:
            raise CaseConflict(current_version=case.version)
        _close(connection, case, now)

    # 3. Append the verdict.
    verdict = Verdict(
        id=new_id(now),
        comment_id=comment_id,
        case_id=None if case is None else case.id,
        actor=actor,
        action=action,
        labels=labels,
        note=note,
        decided_at=now,
    )
    _append(connection, verdict)

    # 4. What follows from it: status, label, event.
    connection.execute(
        update(comments)
        .where(comments.c.id == comment_id)
        .values(status=Status.after(action).value, settled_by_person=True)
    )
    _set_label(connection, verdict, stored)
    correct(connection, comment_id, action, due_at=now)
    _log(connection, verdict)
    return verdict, load_one(connection, comment_id, site=site)


def _lock_case(connection: Connection, stored: StoredComment) -> Row[Any] | None:
    if stored.case is None:
        return None
    newest = select(cases).where(cases.c.id == stored.case.id).with_for_update()
    return connection.execute(newest).one()


def _close(connection: Connection, case: Row[Any], now: datetime) -> None:
    connection.execute(
        update(cases)
        .where(cases.c.id == case.id)
        .values(
            version=case.version + 1,
            settled_at=case.settled_at or now,
            leased_by=None,
            leased_until=None,
        )
    )


def _append(connection: Connection, verdict: Verdict) -> None:
    connection.execute(
        insert(verdicts).values(
            id=verdict.id,
            comment_id=verdict.comment_id,
            case_id=verdict.case_id,
            actor=verdict.actor,
            action=verdict.action.value,
            labels=verdict.labels,
            decided_at=verdict.decided_at,
        )
    )
    if verdict.note is not None:
        connection.execute(insert(verdict_notes).values(verdict_id=verdict.id, note=verdict.note))


def _set_label(connection: Connection, verdict: Verdict, stored: StoredComment) -> None:
    connection.execute(delete(labels).where(labels.c.comment_id == verdict.comment_id))
    connection.execute(
        insert(labels).values(
            comment_id=verdict.comment_id,
            verdict_id=verdict.id,
            site=stored.comment.site,
            action=verdict.action.value,
            labels=verdict.labels,
            language=stored.scores.language,
            decided_at=verdict.decided_at,
        )
    )


def _log(connection: Connection, verdict: Verdict) -> None:
    connection.execute(
        insert(events).values(
            at=verdict.decided_at,
            kind="comment.settled",
            actor=verdict.actor,
            subject=verdict.comment_id,
            data={
                "action": verdict.action.value,
                "labels": list(verdict.labels),
                "case": verdict.case_id,
                "verdict": verdict.id,
            },
        )
    )
