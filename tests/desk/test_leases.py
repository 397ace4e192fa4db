"""Leases: renewed while a moderator works, given back, and never taken from another."""

from __future__ import annotations

import pytest

from moderation.desk.leases import give_back, lease, lease_if_free
from moderation.errors import CaseConflict
from tests.reviewing import Desk


def holder(desk: Desk, comment_id: str, who: str) -> str | None:
    """Look at a comment as somebody, and give who has its case then."""
    stored = desk.store.comments.get(comment_id)
    case = lease_if_free(desk.store, stored, reviewer_id=who, now=desk.clock()).case
    return case.leased_by if case else None


def test_a_renewed_lease_runs_on(desk: Desk) -> None:
    """Renewed within its two minutes, it lasts two more from then, and no longer."""
    case = desk.hold().case
    assert case is not None
    lease(desk.store, case.id, reviewer_id="anna", now=desk.clock())
    desk.clock.forward(seconds=90)
    renewed = lease(desk.store, case.id, reviewer_id="anna", now=desk.clock())
    assert renewed.version == case.version
    desk.clock.forward(seconds=90)
    assert holder(desk, case.comment_id, "ben") == "anna"
    desk.clock.forward(seconds=31)
    assert holder(desk, case.comment_id, "ben") == "ben"


def test_a_lease_that_another_took_is_not_renewed(desk: Desk) -> None:
    """Who was away too long is told, instead of taking the case back."""
    case = desk.hold().case
    assert case is not None
    lease(desk.store, case.id, reviewer_id="anna", now=desk.clock())
    desk.clock.forward(minutes=3)
    lease(desk.store, case.id, reviewer_id="ben", now=desk.clock())
    with pytest.raises(CaseConflict):
        lease(desk.store, case.id, reviewer_id="anna", now=desk.clock())


def test_a_case_given_back_is_free_at_once(desk: Desk) -> None:
    """The next who opens it has it; a lease that was renewed since is not the one given back."""
    case = desk.hold().case
    assert case is not None
    first = lease(desk.store, case.id, reviewer_id="anna", now=desk.clock())
    desk.clock.forward(seconds=1)
    second = lease(desk.store, case.id, reviewer_id="anna", now=desk.clock())
    for given_back, then in ((first, "anna"), (second, "ben")):
        give_back(desk.store, case.id, reviewer_id="anna", leased_until=given_back.leased_until)
        assert holder(desk, case.comment_id, "ben") == then
