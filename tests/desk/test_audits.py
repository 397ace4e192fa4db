"""Audits: who is drawn, what the site is told, and what a moderator may not notice."""

from __future__ import annotations

from pathlib import Path

import pytest

from moderation.classifiers.bundle import Evidence
from moderation.commands.importing import read_import, take_in
from moderation.desk.outcomes import audit_of
from moderation.store.ids import lot
from moderation.terms import Action, CaseKind, Scores, Status
from tests.budgeting import REJECT, open_desk, send, write_card
from tests.fakes import NOON

ALL = "[audit]\nshare = 1\n"


@pytest.mark.parametrize(
    ("score", "action", "status"),
    [
        (0.1, Action.APPROVE, Status.APPROVED),
        (0.7, Action.HOLD, Status.HELD),
        (0.99, Action.REJECT, Status.REJECTED),
    ],
)
def test_an_audit_changes_nothing_for_the_site(
    tmp_path: Path, score: float, action: Action, status: Status
) -> None:
    """Whatever was decided, it is answered and stands; a case of kind audit waits beside it."""
    rooms = open_desk(tmp_path, ALL)
    stored = send(rooms, score).stored
    assert (stored.decision.answer, stored.status) == (action, status)
    assert stored.case is not None
    assert stored.case.kind is CaseKind.AUDIT
    assert [entry.stored.id for entry in rooms.store.cases.queue(site="default")[0]] == [stored.id]
    rooms.store.close()


def test_without_a_share_nobody_is_drawn(tmp_path: Path) -> None:
    """The shipped policy opens cases for what it holds and for nothing else."""
    rooms = open_desk(tmp_path, "")
    kinds = [case and case.kind for case in (send(rooms, s).stored.case for s in (0.1, 0.7, 0.99))]
    assert kinds == [None, CaseKind.HELD, None]
    rooms.store.close()


def test_the_draw_is_by_the_comments_id(tmp_path: Path) -> None:
    """Who reads the store can tell for every comment whether it was drawn, and nobody before."""
    rooms = open_desk(tmp_path, "[audit]\nshare = 0.5\n")
    for number in range(60):
        stored = send(rooms, 0.1, str(number)).stored
        assert (stored.case is not None) is (lot(stored.id) < 0.5)
    rooms.store.close()


def test_a_shadow_policy_is_audited_too(tmp_path: Path) -> None:
    """Evidence comes in before anything is decided in earnest."""
    rooms = open_desk(tmp_path, f"shadow = true\n{ALL}")
    stored = send(rooms, 0.99).stored
    assert (stored.decision.answer, stored.status) == (Action.APPROVE, Status.APPROVED)
    assert stored.case is not None
    assert stored.case.kind is CaseKind.AUDIT
    rooms.store.close()


def test_what_is_imported_is_never_drawn(tmp_path: Path) -> None:
    """Somebody chose what to import: its verdicts are labels, but no fair sample."""
    rooms = open_desk(tmp_path, ALL)
    line = read_import(b'{"text": "0.1 tram", "action": "reject"}', site=None, now=NOON)
    assert take_in(line, name="old", desk=rooms.desk, store=rooms.store, now=NOON)
    (stored,) = rooms.store.comments.all()
    assert stored.case is None
    assert rooms.store.verdicts.audited(most=10) == []
    assert [label.action for label in rooms.store.verdicts.labels()] == [REJECT]
    rooms.store.close()


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"spam": 0.2, "toxicity": 0.1, "relevance": None}, "SPAM"),
        ({"spam": 0.2, "toxicity": 0.3, "relevance": 0.9}, "TOXICITY"),
        ({"spam": 0.2, "toxicity": 0.3, "relevance": 0.6}, "OFF_TOPIC"),
        ({"spam": None, "toxicity": None, "relevance": None}, "SPAM"),
        ({}, "SPAM"),
    ],
)
def test_an_audit_looks_like_a_held_comment(values: dict[str, float | None], reason: str) -> None:
    """Its reason is the score most against it; its priority lies among those of held ones."""
    priorities = set()
    for fingerprint in (-(2**63), -1, 0, 7, 996, 2**63 - 1):
        audit = audit_of(0.01, Scores(values=values), fingerprint)
        assert audit is not None
        assert audit.reason == reason
        assert 0 <= audit.priority < 0.5
        priorities.add(audit.priority)
    assert len(priorities) > 3


def test_a_comment_is_stored_whatever_becomes_of_its_audit(tmp_path: Path) -> None:
    """Evidence that makes no sense costs a reason, never a comment."""
    write_card(tmp_path, evidence={"spam": Evidence((float("nan"), 2.0, -1.0), (1, 0, 1))})
    budget = "[thresholds.spam]\nreject = { wrong_at_most = 0.01, sure = 0.95 }\n"
    rooms = open_desk(tmp_path, budget + ALL)
    assert send(rooms, 0.999).stored.status is Status.HELD
    rooms.store.close()
