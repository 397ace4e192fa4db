"""
Tests of verdicts that settle cases, on both databases.

Mirrors `moderation/store/settling.py`.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier

import pytest

from moderation.errors import CaseConflict, NotFound
from moderation.store import Store
from moderation.terms import Status, VerdictAction, VerdictLabel
from tests.store.held import Make, hold, settle


def test_settling_does_everything_at_once(store: Store, new_comment: Make) -> None:
    """Verdict, status, closed case, label and event all say the same afterwards."""
    case = hold(store, new_comment(held=0.5))
    verdict, stored = settle(
        store, case, action=VerdictAction.REJECT, labels=(VerdictLabel.SPAM,), note="Sells\x00"
    )
    assert (verdict.case_id, verdict.actor) == (case.id, "reviewer:1")
    assert stored == store.comments.get(case.comment_id)
    assert stored.status is Status.REJECTED
    assert stored.case is not None
    assert (stored.case.version, stored.case.settled_at) == (2, verdict.decided_at)
    (read,) = stored.verdicts
    assert (read.id, read.action, read.labels) == (verdict.id, verdict.action, verdict.labels)
    assert read.note == "Sells␀"
    assert store.cases.count(site=None) == 0
    (label,) = store.verdicts.labels()
    assert (label.verdict_id, label.text) == (verdict.id, stored.comment.text)
    event = store.events.recent(subject=case.comment_id)[0]
    assert (event.kind, event.actor) == ("comment.settled", "reviewer:1")
    assert event.data["labels"] == ["spam"]


def test_a_stale_version_changes_nothing(store: Store, new_comment: Make) -> None:
    """A verdict on a version that is gone is refused with the version now."""
    case = hold(store, new_comment(held=0.5))
    with pytest.raises(CaseConflict) as caught:
        settle(store, case, version=7)
    assert caught.value.current_version == 1
    assert store.verdicts.count() == 0
    assert store.comments.get(case.comment_id).status is Status.HELD


def test_of_two_reviewers_at_once_one_wins(store: Store, store_url: str, new_comment: Make) -> None:
    """Of concurrent verdicts on one version exactly one counts; the others learn the version."""
    case = hold(store, new_comment(held=0.5))
    barrier = Barrier(8)
    with Store.open(store_url) as second, ThreadPoolExecutor(8) as pool:

        def attempt(n: int) -> int | None:
            barrier.wait()
            try:
                settle((store, second)[n % 2], case, actor=f"reviewer:{n}")
            except CaseConflict as conflict:
                return conflict.current_version
            return None

        answers = list(pool.map(attempt, range(8)))
    assert sorted(answers, key=str) == [2] * 7 + [None]
    assert store.verdicts.count() == 1


def test_a_verdict_can_be_corrected(store: Store, new_comment: Make, now: datetime) -> None:
    """A later verdict outranks the first; both are kept, and the label is the newer."""
    case = hold(store, new_comment(held=0.5))
    settle(store, case, action=VerdictAction.REJECT, labels=(VerdictLabel.SPAM,))
    _, stored = settle(store, case, version=None, now=now + timedelta(hours=1))
    assert stored.status is Status.APPROVED
    assert [verdict.action.value for verdict in stored.verdicts] == ["reject", "approve"]
    assert stored.case is not None
    assert stored.case.settled_at == now + timedelta(minutes=1)
    (label,) = store.verdicts.labels()
    assert (label.action, label.labels) == (VerdictAction.APPROVE, ())
    with pytest.raises(CaseConflict):
        settle(store, case, version=2)


def test_a_comment_that_was_never_held_takes_a_verdict(
    store: Store, new_comment: Make, now: datetime
) -> None:
    """Without a case the version is ignored, and the verdict names no case."""
    added, _ = store.comments.add(new_comment())
    verdict, stored = store.cases.settle(
        added.id,
        site="default",
        actor="key:1",
        action=VerdictAction.REJECT,
        labels=(VerdictLabel.TOXIC,),
        note=None,
        version=5,
        now=now,
    )
    assert verdict.case_id is None
    assert (stored.status, stored.case) == (Status.REJECTED, None)
    assert stored.verdicts == (verdict,)


def test_a_comment_of_another_site_cannot_be_settled(store: Store, new_comment: Make) -> None:
    """A key of one site settles nothing of another."""
    case = hold(store, new_comment(held=0.5, site="ours"))
    with pytest.raises(NotFound):
        settle(store, case, site="theirs")
    assert store.cases.count(site="ours") == 1
