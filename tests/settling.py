"""
A verdict in one line, for tests that are about something else.

Gives what a test does not say: a reviewer, no label, no note, whatever version the case has.
"""

from __future__ import annotations

from datetime import datetime

from moderation.store import Store, StoredComment
from moderation.terms import Verdict, VerdictAction, VerdictLabel

__all__ = ["settle"]


def settle(
    store: Store,
    comment_id: str,
    action: VerdictAction,
    now: datetime,
    *,
    labels: tuple[VerdictLabel, ...] = (),
    note: str | None = None,
    version: int | None = None,
    site: str | None = None,
) -> tuple[Verdict, StoredComment]:
    """Give a verdict on a comment as the first reviewer, see `Cases.settle`."""
    return store.cases.settle(
        comment_id,
        site=site,
        actor="reviewer:1",
        action=action,
        labels=labels,
        note=note,
        version=version,
        now=now,
    )
