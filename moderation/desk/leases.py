"""
Who has a case open: taken for two minutes, renewed while they work on it, given back on leaving.

Orchestrates the store only; knows nothing of HTTP or pages, and never reads the clock.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from moderation.errors import CaseConflict
from moderation.store import Store, StoredComment
from moderation.terms import Case

__all__ = ["LEASE_SECONDS", "give_back", "is_with_another", "lease", "lease_if_free"]

LEASE_SECONDS = 120
"""How long a case stays with the moderator who opened it, unless the lease is renewed."""


def lease(store: Store, case_id: str, *, reviewer_id: str, now: datetime) -> Case:
    """
    Lease an open case, or renew the moderator's own lease on it.

    Raises:
        NotFound: there is no such case.
        CaseConflict: it is settled, or another moderator has it now.
    """
    return store.cases.lease(case_id, reviewer=reviewer_id, now=now, lease_seconds=LEASE_SECONDS)


def lease_if_free(
    store: Store, stored: StoredComment, *, reviewer_id: str, now: datetime
) -> StoredComment:
    """
    Lease the case of a comment when it has an open one that no other moderator has.

    Returns:
        The comment with its case as it is now.

    Raises:
        NotFound: the comment was deleted meanwhile.
    """
    case = stored.case
    if case is None or case.settled_at or is_with_another(case, reviewer_id, now):
        return stored
    try:
        return replace(stored, case=lease(store, case.id, reviewer_id=reviewer_id, now=now))
    except CaseConflict:
        # Another moderator was a moment faster, so what was read has changed.
        return store.comments.get(stored.id)


def give_back(
    store: Store, case_id: str, *, reviewer_id: str, leased_until: datetime | None = None
) -> None:
    """
    End the moderator's own lease on a case; without one, nothing happens.

    Args:
        leased_until: which lease is meant, aware UTC; one renewed since then stays. None is
            whichever it is.
    """
    store.cases.release(case_id, reviewer=reviewer_id, leased_until=leased_until)


def is_with_another(case: Case, reviewer_id: str, now: datetime) -> bool:
    """Tell whether another moderator's lease on the case is still running."""
    return (
        case.leased_by is not None
        and case.leased_by != reviewer_id
        and case.leased_until is not None
        and case.leased_until > now
    )
