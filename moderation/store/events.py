"""
The log of what happened: added to and read, never changed; triggers refuse anything else.

May hold ids, codes and numbers only: nothing in it can be erased.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select

from moderation.store import tables
from moderation.store.engine import Database
from moderation.store.rows import JSON, Event

__all__ = ["Events"]


class Events:
    """The event log. Methods may raise `StoreError`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def append(
        self, *, at: datetime, kind: str, actor: str, subject: str, data: Mapping[str, JSON]
    ) -> None:
        """
        Log one event durably.

        Args:
            kind: dotted, noun first: ``key.made``.
            actor: ``reviewer:ID``, ``key:ID``, ``command:USER`` or ``system``.
            subject: id of what it happened to.
            data: never comment text, names, addresses or secrets.
        """
        values = {"at": at, "kind": kind, "actor": actor, "subject": subject, "data": dict(data)}
        self._database.insert([(tables.events, values)])

    def recent(self, *, limit: int = 100, subject: str | None = None) -> list[Event]:
        """Give the newest events, newest first; of one subject when it is named."""
        events = tables.events
        newest = select(events).order_by(events.c.id.desc()).limit(limit)
        if subject is not None:
            newest = newest.where(events.c.subject == subject)
        with self._database.reading() as connection:
            rows = connection.execute(newest).all()
        return [
            Event(
                id=row.id,
                at=row.at,
                kind=row.kind,
                actor=row.actor,
                subject=row.subject,
                data=row.data,
            )
            for row in rows
        ]
