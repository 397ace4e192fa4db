"""Strengths grow with the evidence and shrink without it."""

from __future__ import annotations

from moderation.signals import gather
from tests.signals.cases import evidence_of


def strength(name, case):
    """How strong a signal is; 0 when it stays silent."""
    found = {signal.name: signal.strength for signal in gather(evidence_of(case)).signals}
    return found.get(name, 0)


def test_form_is_less_suspicious_with_every_second():
    """The faster a form was answered, the stronger the signal."""
    values = [
        strength("FORM_TOO_FAST", {"form": {"seconds": s}}) for s in (0.0, 1.0, 3.0, 5.9, 6.0)
    ]
    assert values[0] == 1
    assert values == sorted(values, reverse=True)
    assert values[-1] == 0


def test_a_moderators_rejection_counts_more_than_a_policys():
    """What a person decided weighs more than what the machine did."""
    by_person = strength(
        "AUTHOR_REJECTED_BEFORE", {"history": {"rejected": 2, "rejected_by_person": 2}}
    )
    by_machine = strength("AUTHOR_REJECTED_BEFORE", {"history": {"rejected": 2}})
    assert by_person > by_machine > 0


def test_approved_comments_dilute_rejected_ones():
    """One slip among many good comments is nearly nothing."""
    few = {"history": {"approved": 1, "rejected": 1, "rejected_by_person": 1}}
    many = {"history": {"approved": 50, "rejected": 1, "rejected_by_person": 1}}
    assert strength("AUTHOR_REJECTED_BEFORE", few) > strength("AUTHOR_REJECTED_BEFORE", many)


def test_trust_grows_with_approved_comments():
    """A long good record is worth more than a short one, and never everything."""
    ten = strength("AUTHOR_TRUSTED", {"history": {"approved": 10, "days_known": 90}})
    hundred = strength("AUTHOR_TRUSTED", {"history": {"approved": 100, "days_known": 900}})
    assert 0 < ten < hundred < 1


def test_more_sites_are_stronger_evidence():
    """Five different sites say more than three."""
    three = "https://a-one.com https://b-two.com https://c-three.com"
    five = three + " https://d-four.com https://e-five.com"
    assert strength("LINKS_MANY", five) > strength("LINKS_MANY", three)


def test_text_rejected_by_a_person_is_certain():
    """The same author sending what a moderator rejected leaves no doubt."""
    text = "Our shop has the best shoes in the whole town"
    past = {"text": text, "status": "rejected"}
    sure = {"text": text, "history": {"rejected": 1, "recent": [{**past, "by_person": True}]}}
    unsure = {"text": text, "history": {"rejected": 1, "recent": [past]}}
    assert strength("REPEAT_REJECTED", sure) == 1
    assert 0 < strength("REPEAT_REJECTED", unsure) < 1
