"""Budgets in force: from audits and cards to the threshold a comment meets, on real SQLite."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from moderation.desk.budgets import Budgets, Finding, Source
from moderation.errors import StoreError
from moderation.terms import Action, CaseKind
from moderation.web.rooms import Rooms
from tests.budgeting import APPROVE, REJECT, audit, evidence, open_desk, send, write_card
from tests.settling import settle

BUDGET = """
[thresholds.spam]
hold = 0.6
reject = { wrong_at_most = 0.1, sure = 0.9 }
[budget]
bad_share = 0.3
[audit]
share = 1
"""
# 22 audits without an error support it, few enough to make in a test.

NEW = "20260302-1"
SOUND = evidence(good=[0.2] * 500, bad=[0.95] * 100 + [0.4] * 20)


@pytest.fixture
def rooms(tmp_path: Path) -> Iterator[Rooms]:
    """Give rooms with the budget, every comment audited, and a model whose card brings nothing."""
    write_card(tmp_path)
    opened = open_desk(tmp_path, BUDGET)
    yield opened
    opened.store.close()


def finding(rooms: Rooms, site: str = "default") -> Finding:
    """Give what became of the budget."""
    (found,) = rooms.budgets.findings(rooms.live.model.version, site)
    return found


def test_without_evidence_nothing_is_rejected_and_it_says_why(rooms: Rooms) -> None:
    """The surest spam is held, and the reason names model, rows needed and rows there."""
    audit(rooms, 0.99, REJECT)
    rooms.budgets.refresh()
    assert send(rooms, 0.999).stored.decision.answer is Action.HOLD
    found = finding(rooms)
    assert (found.source, found.found.threshold, found.audited) == (None, None, 1)
    assert found.why == (
        "Nothing is rejected by spam: model 20260301-1 brings no held-back rows for it; 22 audited"
        " comments that score 0.6 or more would do instead, were all of them rejected by a person,"
        " and there are 1."
    )


def test_a_models_card_is_enough_to_begin_with(tmp_path: Path) -> None:
    """Rows held back in training give the threshold, from the very first comment on."""
    write_card(tmp_path, evidence=SOUND)
    rooms = open_desk(tmp_path, BUDGET)
    found = finding(rooms)
    assert found.source is Source.MODEL
    assert (found.found.rows, found.found.threshold) == (620, 0.6)
    decision = send(rooms, 0.6).stored.decision
    assert decision.answer is Action.REJECT
    assert decision.policy.endswith("+spam=0.6")
    assert send(rooms, 0.59).stored.decision.answer is Action.APPROVE
    rooms.store.close()


def test_a_card_with_too_few_rows_supports_nothing(tmp_path: Path) -> None:
    """The reason counts them, and says what they could support at best."""
    write_card(tmp_path, evidence=evidence(good=[0.1] * 20, bad=[0.9] * 20))
    rooms = open_desk(tmp_path, BUDGET)
    assert send(rooms, 0.99).stored.decision.answer is Action.HOLD
    why = finding(rooms).why
    assert why is not None
    assert "20 good and 20 bad labelled rows are too few: even without an error" in why
    assert "where 30 % of the comments are bad; 22 audited comments" in why
    rooms.store.close()


def test_audits_are_not_asked_for_that_nobody_would_read(tmp_path: Path) -> None:
    """A budget that takes more of them than are looked at does not promise itself by them."""
    write_card(tmp_path, evidence=evidence(good=[0.1] * 20, bad=[0.9] * 20))
    strict = BUDGET.replace("0.1", "0.0002")
    assert strict != BUDGET
    rooms = open_desk(tmp_path, strict)
    why = finding(rooms).why
    assert why is not None
    assert "audited comments" not in why
    rooms.store.close()


def test_verdicts_on_audits_become_a_threshold_while_it_runs(rooms: Rooms) -> None:
    """One verdict short of enough nothing is rejected; with it, after a look, the next one is."""
    audit(rooms, 0.93, REJECT, times=21)
    assert rooms.budgets.refresh()
    assert send(rooms, 0.93).stored.decision.answer is Action.HOLD
    audit(rooms, 0.93, REJECT)
    # Nothing changes within a request; only the look that a thread takes once a minute does it.
    assert send(rooms, 0.93).stored.decision.answer is Action.HOLD
    assert rooms.budgets.refresh()
    assert send(rooms, 0.93).stored.decision.answer is Action.REJECT
    found = finding(rooms)
    assert (found.source, found.found.rows, found.found.wrong) == (Source.AUDITS, 22, 0)
    assert found.found.share == 1.0


def test_what_is_rejected_goes_on_being_audited_and_can_end_it(rooms: Rooms) -> None:
    """People approve what the machine rejected, and it stops rejecting by that score."""
    audit(rooms, 0.93, REJECT, times=30)
    rooms.budgets.refresh()
    received = send(rooms, 0.93)
    assert received.stored.decision.answer is Action.REJECT
    assert received.stored.case is not None
    assert received.stored.case.kind is CaseKind.AUDIT
    audit(rooms, 0.93, APPROVE, times=10)
    rooms.budgets.refresh()
    assert send(rooms, 0.93).stored.decision.answer is Action.HOLD
    why = finding(rooms).why
    assert why is not None
    assert "of 40 comments that score 0.93 or more, 10 would be settled wrongly" in why


def test_enough_audits_outvote_the_model(tmp_path: Path) -> None:
    """With rows of its own to go by, a site does not go by other rows, whatever they allow."""
    write_card(tmp_path, evidence=SOUND)
    rooms = open_desk(tmp_path, BUDGET)
    audit(rooms, 0.97, REJECT, times=40)
    audit(rooms, 0.7, APPROVE, times=40)
    rooms.budgets.refresh()
    found = finding(rooms)
    assert (found.source, found.found.threshold) == (Source.AUDITS, 0.71)
    assert send(rooms, 0.65).stored.decision.answer is Action.HOLD
    rooms.store.close()


def test_a_few_audits_can_contradict_the_model(tmp_path: Path) -> None:
    """Far too few to support anything, two errors are enough to doubt the model's rows."""
    write_card(tmp_path, evidence=SOUND)
    rooms = open_desk(tmp_path, BUDGET)
    audit(rooms, 0.9, APPROVE, times=2)
    rooms.budgets.refresh()
    assert finding(rooms).source is Source.AUDITS
    assert finding(rooms).why == (
        "Nothing is rejected by spam: 2 of 2 audited comments that score 0.6 or more were approved"
        " by a person, which is more than chance can explain."
    )
    audit(rooms, 0.9, REJECT, times=9)
    rooms.budgets.refresh()
    assert finding(rooms).source is Source.MODEL
    rooms.store.close()


def test_a_correction_is_considered(rooms: Rooms) -> None:
    """A verdict taken back is evidence no longer."""
    audit(rooms, 0.93, REJECT, times=22)
    rooms.budgets.refresh()
    assert finding(rooms).found.threshold is not None
    entry = next(iter(rooms.store.comments.all()))
    settle(rooms.store, entry.id, APPROVE, entry.created_at)
    rooms.budgets.refresh()
    assert finding(rooms).found.threshold is None


def test_nothing_is_found_anew_while_nothing_new_is_known(rooms: Rooms) -> None:
    """Verdicts on comments that were not drawn, and none at all, change nothing."""
    assert not rooms.budgets.refresh()
    audit(rooms, 0.93, REJECT)
    assert rooms.budgets.refresh()
    assert not rooms.budgets.refresh()
    # Of another share: none of these is drawn, so their verdicts are no fair sample.
    object.__setattr__(rooms.policies.default, "audit_share", 0.0)
    audit(rooms, 0.93, REJECT, times=30)
    assert not rooms.budgets.refresh()
    assert finding(rooms).audited == 1


def test_another_model_brings_its_own_evidence_at_once(tmp_path: Path) -> None:
    """The first comment that a new model scores meets the threshold found for its scores."""
    write_card(tmp_path, evidence=SOUND)
    write_card(tmp_path, NEW, evidence=evidence(good=[0.8] * 500, bad=[0.95] * 100))
    rooms = open_desk(tmp_path, BUDGET)
    assert send(rooms, 0.7).stored.decision.answer is Action.REJECT
    rooms.live.model.version = NEW  # type: ignore[misc]
    assert send(rooms, 0.7).stored.decision.answer is Action.HOLD
    assert send(rooms, 0.81).stored.decision.answer is Action.REJECT
    # And one scored before the swap, on its way still, meets the one it was scored for.
    old = rooms.budgets.in_force("20260301-1").default
    assert old.version.endswith("+spam=0.6")
    rooms.store.close()


@pytest.mark.parametrize(("root", "audited"), [("20260301-1", 22), (NEW, 0)])
def test_audits_count_for_models_of_one_family(tmp_path: Path, root: str, audited: int) -> None:
    """A model learned on top of another scores nearly alike; one fitted anew need not."""
    write_card(tmp_path)
    write_card(tmp_path, NEW, notes={"root": root})
    rooms = open_desk(tmp_path, BUDGET)
    audit(rooms, 0.93, REJECT, times=22)
    rooms.live.model.version = NEW  # type: ignore[misc]
    assert finding(rooms).audited == audited
    assert (send(rooms, 0.93).stored.decision.answer is Action.REJECT) is bool(audited)
    rooms.store.close()


def test_a_site_is_judged_by_its_own_audits(tmp_path: Path) -> None:
    """A site with a policy of its own has its own evidence; all others share theirs."""
    write_card(tmp_path)
    rooms = open_desk(tmp_path, f"{BUDGET}\n[sites.blog.thresholds.spam]\nhold = 0.7\n")
    audit(rooms, 0.93, REJECT, times=22, site="blog")
    audit(rooms, 0.93, REJECT, times=11, site="one")
    audit(rooms, 0.93, REJECT, times=10, site="two")
    rooms.budgets.refresh()
    assert finding(rooms, "blog").found.threshold == 0.7
    assert [finding(rooms, site).audited for site in ("one", "three")] == [21, 21]
    answers = {s: send(rooms, 0.93, site=s).stored.decision.answer for s in ("blog", "one")}
    assert answers == {"blog": Action.REJECT, "one": Action.HOLD}
    rooms.store.close()


def test_a_policy_without_budgets_is_left_as_it_is(tmp_path: Path) -> None:
    """Nothing is found, nothing is watched, and nothing is read."""
    rooms = open_desk(tmp_path, "")
    rooms.budgets.start()
    assert rooms.budgets.in_force("20260301-1") is rooms.policies
    assert rooms.budgets.findings("20260301-1", "default") == ()
    assert not rooms.budgets.refresh()
    rooms.budgets.stop()
    rooms.store.close()


def test_without_a_store_a_budget_goes_by_the_card(tmp_path: Path) -> None:
    """The `score` command has no audits, and says nothing of them being unreadable."""
    card = write_card(tmp_path, evidence=SOUND)
    rooms = open_desk(tmp_path, BUDGET)
    budgets = Budgets(rooms.policies, cards=lambda version: card)
    assert budgets.in_force(card.version).default.version.endswith("+spam=0.6")
    assert not budgets.refresh()
    rooms.store.close()


class SilentVerdicts:
    """Verdicts of a store that does not answer until it is told to."""

    def __init__(self, whole: Any) -> None:
        self.silent, self._whole = True, whole

    def __getattr__(self, name: str) -> Any:
        if self.silent:
            raise StoreError
        return getattr(self._whole, name)


def test_a_silent_store_rejects_nothing_and_is_asked_again(tmp_path: Path) -> None:
    """Audits that cannot be read might contradict the card, so it does not count until they are."""
    card = write_card(tmp_path, evidence=SOUND)
    rooms = open_desk(tmp_path, BUDGET)
    verdicts = SilentVerdicts(rooms.store.verdicts)
    rooms.store.verdicts = verdicts  # type: ignore[assignment]
    budgets = Budgets(rooms.policies, cards=lambda version: card, store=rooms.store)
    assert budgets.in_force(card.version).default.hold("spam") == 0.6
    (found,) = budgets.findings(card.version, "default")
    assert found.found.threshold is None
    assert found.why is not None
    assert "cannot be read" in found.why
    verdicts.silent = False
    assert budgets.refresh()
    (found,) = budgets.findings(card.version, "default")
    assert found.found.threshold == 0.6
    rooms.store.close()


def test_verdicts_are_not_missed_for_asking_about_another_model(rooms: Rooms) -> None:
    """A client asks again about an older model's comment; the live model stays current."""
    live, older = "20260301-1", "20260202-1"
    rooms.budgets.in_force(live)
    audit(rooms, 0.93, REJECT, times=22)
    rooms.budgets.in_force(older)
    assert rooms.budgets.refresh()
    (found,) = rooms.budgets.findings(live, "default")
    assert found.found.threshold is not None
    assert not rooms.budgets.refresh()


def test_what_was_found_for_a_model_outlasts_questions_about_others(tmp_path: Path) -> None:
    """Neither the first look for another model nor new verdicts make it found anew in a request."""
    card = write_card(tmp_path, evidence=SOUND)
    rooms = open_desk(tmp_path, BUDGET)
    asked: list[str] = []
    budgets = Budgets(
        rooms.policies, cards=lambda model: asked.append(model) or card, store=rooms.store
    )
    for model in ("20260301-1", "20260202-1", "20260201-1"):
        budgets.in_force(model)
    audit(rooms, 0.93, REJECT)
    assert budgets.refresh()
    asked.clear()
    for model in ("20260301-1", "20260202-1", "20260201-1"):
        budgets.in_force(model)
    assert asked == []
    rooms.store.close()


class UnreadVerdicts(SilentVerdicts):
    """Verdicts that can be listed, and cannot be read."""

    def recent_audits(self) -> frozenset[str]:
        """Give them from the store."""
        return self._whole.recent_audits()


def test_a_look_that_ends_half_way_changes_nothing(tmp_path: Path) -> None:
    """There are new verdicts, and reading them fails: what is in force stays until it succeeds."""
    card = write_card(tmp_path, evidence=SOUND)
    rooms = open_desk(tmp_path, BUDGET)
    verdicts = UnreadVerdicts(rooms.store.verdicts)
    verdicts.silent = False
    rooms.store.verdicts = verdicts  # type: ignore[assignment]
    budgets = Budgets(rooms.policies, cards=lambda version: card, store=rooms.store)
    before = budgets.in_force(card.version)
    audit(rooms, 0.93, APPROVE, times=30)
    verdicts.silent = True
    with pytest.raises(StoreError):
        budgets.refresh()
    assert budgets.in_force(card.version) is before
    verdicts.silent = False
    assert budgets.refresh()
    (found,) = budgets.findings(card.version, "default")
    assert found.found.threshold is None
    rooms.store.close()


def test_the_watcher_looks_by_itself_and_outlives_a_silent_store(tmp_path: Path) -> None:
    """A thread finds new verdicts; a store that does not answer only delays it."""
    card = write_card(tmp_path)
    rooms = open_desk(tmp_path, BUDGET)
    verdicts = SilentVerdicts(rooms.store.verdicts)
    verdicts.silent = False
    rooms.store.verdicts = verdicts  # type: ignore[assignment]
    budgets = Budgets(
        rooms.policies, cards=lambda version: card, store=rooms.store, pause_seconds=0.01
    )
    budgets.in_force(card.version)
    budgets.start()
    verdicts.silent = True
    audit(rooms, 0.93, REJECT, times=22)
    verdicts.silent = False
    for _ in range(3000):
        if budgets.findings(card.version, "default")[0].found.threshold is not None:
            break
        time.sleep(0.01)
    assert budgets.findings(card.version, "default")[0].found.threshold == 0.6
    budgets.stop()
    rooms.store.close()


def test_discarding_rests_on_a_budget_of_its_own(tmp_path: Path) -> None:
    """Its threshold is found from the same rows, and is stricter."""
    strict = "[akismet]\ndiscard = { wrong_at_most = 0.02, sure = 0.9 }\n"
    rows = evidence(good=[0.2] * 985 + [0.7] * 15, bad=[0.95] * 200 + [0.65] * 100)
    write_card(tmp_path, evidence=rows)
    rooms = open_desk(tmp_path, BUDGET + strict)
    policy = rooms.budgets.in_force("20260301-1").for_site("default")
    reject = next(t.reject for t in policy.thresholds if t.head == "spam")
    assert reject is not None
    assert policy.replies.discard_from is not None
    assert reject < 0.7 < policy.replies.discard_from <= 0.95
    rooms.store.close()


def test_discarding_alone_is_looked_for_too(tmp_path: Path) -> None:
    """It needs no budget for rejecting beside it, and brings no audits."""
    write_card(tmp_path, evidence=SOUND)
    rooms = open_desk(
        tmp_path, "[akismet]\ndiscard = { wrong_at_most = 0.1, sure = 0.9, bad_share = 0.3 }\n"
    )
    policy = rooms.budgets.in_force("20260301-1").for_site("default")
    assert policy.replies.discard_from == 0.5
    assert policy.audit_share == 0
    assert rooms.budgets.findings("20260301-1", "default") == ()
    rooms.store.close()
