"""The review desk: leases, what a moderator sees, verdicts, conflicts, corrections."""

from __future__ import annotations

import pytest

from moderation.desk.review import (
    MOST_NOTE_CHARS,
    labels_to_teach,
    last_verdict_of,
    open_comment,
    opposite,
    settle,
    suggested_label,
)
from moderation.errors import CaseConflict, InputError, NotFound
from moderation.terms import Action, Author, Reason, VerdictAction, VerdictLabel
from tests.reviewing import Desk

APPROVE, REJECT = VerdictAction.APPROVE, VerdictAction.REJECT
SPAM, TOXIC, GENERIC = VerdictLabel.SPAM, VerdictLabel.TOXIC, VerdictLabel.GENERIC


def judge(desk: Desk, id: str, who: str, action=APPROVE, *, version, labels=(), note=None):
    return settle(
        desk.store,
        id,
        reviewer_id=who,
        action=action,
        labels=labels,
        note=note,
        version=version,
        now=desk.clock(),
    )


def look(desk: Desk, id: str, who: str):
    return open_comment(desk.store, id, reviewer_id=who, now=desk.clock())


def test_opening_a_held_comment_leases_its_case_for_two_minutes(desk: Desk) -> None:
    """Whoever opens a free case has it for two minutes."""
    anna = desk.reviewer("anna")
    case = look(desk, desk.hold().id, anna).case
    assert case is not None
    assert case.leased_by == anna
    assert case.leased_until is not None
    assert (case.leased_until - desk.clock()).total_seconds() == 120


def test_another_moderator_sees_who_has_the_case_and_was_there_when(desk: Desk) -> None:
    """A running lease is shown by name and age, and is not taken away."""
    anna, ben = desk.reviewer("anna"), desk.reviewer("ben")
    held = desk.hold()
    began = desk.clock()
    look(desk, held.id, anna)
    desk.clock.forward(minutes=1)
    seen = look(desk, held.id, ben)
    assert (seen.held_by, seen.held_at) == ("anna", began)
    assert seen.case is not None
    assert seen.case.leased_by == anna


def test_a_lease_lapses(desk: Desk) -> None:
    """After two minutes the case is free for the next who opens it."""
    anna, ben = desk.reviewer("anna"), desk.reviewer("ben")
    held = desk.hold()
    look(desk, held.id, anna)
    desk.clock.forward(minutes=2, seconds=1)
    seen = look(desk, held.id, ben)
    assert seen.held_by is None
    assert seen.case is not None
    assert seen.case.leased_by == ben


def test_the_context_carries_parent_author_and_reasons(desk: Desk) -> None:
    """A moderator sees the answered comment, the author's record and why the comment waits."""
    anna = desk.reviewer()
    earlier = desk.hold("An earlier one", minutes_ago=60)
    desk.hold("Somebody else's", author=Author(id="reader-2"))
    held = desk.hold("A later one", parent="What do you think?")
    seen = look(desk, held.id, anna)
    assert seen.parent_text == "What do you think?"
    assert [other.id for other in seen.author_comments] == [earlier.id]
    assert seen.history.known
    assert seen.history.held == 2
    assert [reason.code for reason in seen.reasons] == ["OFF_TOPIC"]
    assert seen.suggested is VerdictLabel.OFF_TOPIC


def test_an_unknown_author_has_no_history(desk: Desk) -> None:
    """Without any mark of the author, nobody else's comments are shown as theirs."""
    anna = desk.reviewer()
    desk.hold("First", author=Author(name="Sam"))
    seen = look(desk, desk.hold("Second", author=Author(name="Sam")).id, anna)
    assert not seen.history.known
    assert seen.author_comments == ()


def test_settling_closes_the_case_and_keeps_labels_and_note(desk: Desk) -> None:
    """A verdict changes the status, closes the case and is kept with who gave it."""
    anna = desk.reviewer()
    held = desk.hold()
    case = look(desk, held.id, anna).case
    assert case is not None
    judge(desk, held.id, anna, REJECT, version=case.version, labels=[TOXIC, SPAM], note=" why ")
    seen = look(desk, held.id, anna)
    assert seen.case is None
    assert desk.status(held) == "rejected"
    last = last_verdict_of(seen.stored)
    assert last is not None
    assert (last.labels, last.note, last.actor) == ((SPAM, TOXIC), "why", f"reviewer:{anna}")
    assert seen.actors == {f"reviewer:{anna}": "anna"}


def test_a_stale_version_records_nothing(desk: Desk) -> None:
    """Of two moderators on one case only the first verdict counts."""
    anna, ben = desk.reviewer("anna"), desk.reviewer("ben")
    held = desk.hold()
    seen = look(desk, held.id, anna).case
    assert seen is not None
    judge(desk, held.id, anna, APPROVE, version=seen.version)
    with pytest.raises(CaseConflict):
        judge(desk, held.id, ben, REJECT, version=seen.version)
    assert desk.status(held) == "approved"


def test_a_correction_must_not_close_a_case_nobody_saw(desk: Desk) -> None:
    """A verdict without a version is refused while the comment has an open case."""
    anna = desk.reviewer()
    held = desk.hold()
    with pytest.raises(CaseConflict):
        judge(desk, held.id, anna, version=None)
    assert desk.status(held) == "held"


def test_a_correction_reverses_a_verdict_and_both_are_kept(desk: Desk) -> None:
    """Undo is a second verdict: the newest counts, the first stays on record."""
    anna = desk.reviewer()
    held = desk.hold()
    case = look(desk, held.id, anna).case
    assert case is not None
    first = judge(desk, held.id, anna, APPROVE, version=case.version)
    desk.clock.forward(seconds=5)
    judge(desk, held.id, anna, opposite(first.action), version=None, labels=[SPAM])
    stored = desk.store.comments.get(held.id)
    assert [verdict.action for verdict in stored.verdicts] == [APPROVE, REJECT]
    assert desk.status(held) == "rejected"
    (label,) = desk.store.verdicts.labels()
    assert (label.action, label.labels) == (REJECT, (SPAM,))


def test_the_machines_own_decision_can_be_corrected(desk: Desk) -> None:
    """A comment that never waited can get a verdict too."""
    anna = desk.reviewer()
    approved = desk.hold(action=Action.APPROVE)
    judge(desk, approved.id, anna, REJECT, version=None)
    assert desk.status(approved) == "rejected"


def test_a_note_has_a_limit(desk: Desk) -> None:
    """A note that is too long is refused by name before anything is written."""
    anna = desk.reviewer()
    held = desk.hold()
    with pytest.raises(InputError) as caught:
        judge(desk, held.id, anna, version=1, note="x" * (MOST_NOTE_CHARS + 1))
    assert caught.value.field == "note"
    assert desk.status(held) == "held"


def test_an_unknown_comment_is_not_found(desk: Desk) -> None:
    """Opening and settling say so when there is no such comment."""
    with pytest.raises(NotFound):
        look(desk, "nothing", "nobody")
    with pytest.raises(NotFound):
        judge(desk, "nothing", "nobody", version=1)


@pytest.mark.parametrize(
    ("code", "label"),
    [
        ("SPAM", VerdictLabel.SPAM),
        ("TOXICITY", VerdictLabel.TOXIC),
        ("OFF_TOPIC", VerdictLabel.OFF_TOPIC),
        ("SHOUTING", None),
    ],
)
def test_the_suggestion_follows_the_largest_reason(code: str, label: VerdictLabel | None) -> None:
    """Only the first reason counts, and only when it stands for a label."""
    reasons = (Reason(code, "", 0.9), Reason("SPAM", "", 0.1))
    assert suggested_label(reasons) is label
    assert suggested_label(()) is None


def test_an_approval_does_not_teach_what_was_ticked_for_a_rejection() -> None:
    """The tick a form came with, and labels that contradict an approval, are dropped from it."""
    chosen = [SPAM, TOXIC, VerdictLabel.OFF_TOPIC, GENERIC]
    kept = labels_to_teach(APPROVE, chosen, suggested=VerdictLabel.OFF_TOPIC)
    assert kept == (GENERIC,)
    assert labels_to_teach(REJECT, chosen, suggested=SPAM) == tuple(chosen)
