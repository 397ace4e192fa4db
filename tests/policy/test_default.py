"""The shipped policy: what it does with ordinary and with bad comments."""

from __future__ import annotations

import tomllib
from itertools import combinations
from pathlib import Path

import moderation.policy
from moderation.policy import decide, read_policies
from moderation.signals import NAMES
from moderation.terms import HEADS, Action, RelevanceKind, Scores, Signal, Span

POLICY = read_policies(None, signal_names=NAMES, score_names=HEADS).for_site("any")


def scores(kind=None, failed=(), **values):
    """Scores of a harmless comment without article, with these changed."""
    mild = {"spam": 0.02, "toxicity": 0.03, "relevance": None, "substance": 0.7}
    return Scores(values={**mild, **values}, relevance_kind=kind, failed=failed, model="20260101-1")


def signal(name, strength=1.0, spans=()):
    """A signal with a message of its own."""
    return Signal(name, strength, f"Message of {name}.", spans)


def test_harmless_comment_is_approved_without_a_reason():
    """Nothing found means approve, no reasons, and the versions of both judges."""
    decision = decide(POLICY, [], scores())
    assert decision.action is decision.answer is Action.APPROVE
    assert decision.reasons == ()
    assert decision.model == "20260101-1"
    assert decision.policy == POLICY.version


def test_what_moderators_would_do_has_no_say_until_it_is_given_one():
    """However likely it is, the shipped policy goes by what the comment says itself."""
    assert decide(POLICY, [], scores(likely_to_reject=0.99)).action is Action.APPROVE


def test_self_test_signal_is_always_rejected():
    """The self-test string is rejected however trusted its author is and good its scores."""
    found = [signal("TEST_REJECT"), signal("AUTHOR_TRUSTED")]
    decision = decide(POLICY, found, scores(RelevanceKind.ON_TOPIC, relevance=0.99))
    assert decision.action is Action.REJECT
    assert decision.reasons[0].code == "TEST_REJECT"


def test_spam_is_held_then_rejected_with_its_percentage():
    """The spam score holds from .6 and rejects from .95, and says so in words."""
    assert decide(POLICY, [], scores(spam=0.6)).action is Action.HOLD
    decision = decide(POLICY, [], scores(spam=0.97))
    assert decision.action is Action.REJECT
    assert decision.reasons[0].message == "Reads like spam (97 %)."
    assert decision.reasons[0].score == 0.97


def test_off_topic_alone_is_held():
    """A comment that has nothing to do with its article waits for a person."""
    decision = decide(POLICY, [], scores(RelevanceKind.OFF_TOPIC, relevance=0.01))
    assert decision.action is Action.HOLD
    assert [reason.code for reason in decision.reasons] == ["OFF_TOPIC"]
    assert "1 % likely" in decision.reasons[0].message


def test_thin_praise_is_approved():
    """Generic assent is approved whatever its relevance number says."""
    decision = decide(POLICY, [], scores(RelevanceKind.GENERIC, relevance=0.05))
    assert decision.action is Action.APPROVE
    assert decision.reasons == ()


def test_low_substance_is_approved():
    """Substance holds nothing until a site switches it on."""
    assert decide(POLICY, [], scores(substance=0.0)).action is Action.APPROVE


def test_one_link_of_a_new_author_is_approved():
    """A first comment with one source is normal."""
    found = [signal("LINK_ONE", 0.5), signal("AUTHOR_FIRST_COMMENT")]
    decision = decide(POLICY, found, scores())
    assert decision.action is Action.APPROVE
    assert {reason.action for reason in decision.reasons} == {None}


def test_weak_signs_add_up_and_every_one_is_shown():
    """Signs that hold nothing alone hold together, and the moderator sees all of them."""
    found = [signal("SPAM_PHRASE", 0.6), signal("LINK_SHORTENER", 0.7)]
    for one in found:
        assert decide(POLICY, [one], scores()).action is Action.APPROVE
    decision = decide(POLICY, found, scores())
    assert decision.action is Action.HOLD
    assert decision.reasons[0].code == "EVIDENCE"
    assert "SPAM_PHRASE 3.6, LINK_SHORTENER 2.8" in decision.reasons[0].message
    assert {reason.code for reason in decision.reasons[1:]} == {"SPAM_PHRASE", "LINK_SHORTENER"}


def test_no_family_of_signals_rejects_alone():
    """All signals of any one group at full strength are never enough for a rejection."""
    for group in POLICY.groups:
        found = [signal(name) for name in group.points]
        assert decide(POLICY, found, scores()).action is not Action.REJECT, group.name


def test_no_two_families_reject_together():
    """Points alone reject only when three families agree, or two and the model."""
    groups = [[signal(name) for name in group.points] for group in POLICY.groups]
    for one, two in combinations(groups, 2):
        assert decide(POLICY, [*one, *two], scores()).action is not Action.REJECT


def test_several_strong_families_reject():
    """Links, contacts, phrases and repeats at once need no person."""
    found = [
        signal(name) for name in ("LINKS_MANY", "CONTACT_HANDLE", "SPAM_PHRASE", "EXACT_REPEAT")
    ]
    decision = decide(POLICY, found, scores(spam=0.8))
    assert decision.action is Action.REJECT
    assert decision.reasons[0].code == "EVIDENCE"


def test_trusted_author_is_spared_a_weak_hold_but_no_rejection():
    """A good record outweighs points, not a threshold, and never a rejection."""
    trusted = signal("AUTHOR_TRUSTED", 0.8)
    weak = [signal("SPAM_PHRASE", 0.6), signal("LINK_SHORTENER", 0.7)]
    assert decide(POLICY, [*weak, trusted], scores()).action is Action.APPROVE
    assert decide(POLICY, [trusted], scores(spam=0.7)).action is Action.HOLD
    assert decide(POLICY, [trusted], scores(spam=0.99)).action is Action.REJECT
    strong = [signal(name) for name in ("LINKS_MANY", "CONTACT_HANDLE", "SPAM_PHRASE")]
    assert decide(POLICY, [*strong, trusted], scores()).action is Action.REJECT


def test_reason_of_a_signal_keeps_its_message_and_spans():
    """What a signal says and points to reaches the moderator unchanged."""
    decision = decide(POLICY, [signal("BLOCKED_WORD", spans=(Span(3, 8),))], scores())
    assert decision.action is Action.REJECT
    assert [r.code for r in decision.reasons] == ["BLOCKED_WORD"]
    assert decision.reasons[0].message == "Message of BLOCKED_WORD."
    assert decision.reasons[0].spans == (Span(3, 8),)


def test_notes_and_evidence_of_a_score_reach_its_reason():
    """The model's own note follows the sentence and its spans come along."""
    given = Scores(
        values={"spam": 0.7, "toxicity": 0.0, "relevance": None, "substance": 0.5},
        evidence={"spam": (Span(0, 4),)},
        notes={"spam": "Most of it rests on “win”."},
    )
    reason = decide(POLICY, [], given).reasons[0]
    assert reason.message == "Reads like spam (70 %). Most of it rests on “win”."
    assert reason.spans == (Span(0, 4),)


def test_failed_score_is_held_and_never_worded_as_a_finding():
    """A head that broke holds the comment and says only that it could not check."""
    decision = decide(POLICY, [], scores(failed=("toxicity",), toxicity=None))
    assert decision.action is Action.HOLD
    assert [r.code for r in decision.reasons] == ["CHECK_FAILED"]
    assert decision.reasons[0].message == "Toxicity could not be checked."


def test_failed_signal_is_held():
    """A signal that broke holds the comment and is named."""
    decision = decide(POLICY, [], scores(), failed=("SHOUTING", "SHOUTING"))
    assert decision.action is Action.HOLD
    assert [r.message for r in decision.reasons] == ["SHOUTING could not be checked."]


def test_score_without_anything_to_judge_by_is_no_reason():
    """No article, or no text, is not a failure."""
    decision = decide(POLICY, [], scores(spam=None, toxicity=None, substance=None))
    assert decision.action is Action.APPROVE
    assert decision.reasons == ()


def test_a_value_that_is_no_probability_counts_as_failed():
    """Not-a-number and numbers outside 0..1 are a broken check, not a low score."""
    for wrong in (float("nan"), -0.1, 1.5):
        decision = decide(POLICY, [], scores(spam=wrong))
        assert decision.action is Action.HOLD
        assert decision.reasons[0].message == "Spam could not be checked."


def test_reasons_that_only_inform_come_last():
    """What asks for something is read first, the largest of it at the top."""
    found = [signal("FOREIGN_LANGUAGE"), signal("WATCHED_WORD"), signal("LINK_ONE", 0.5)]
    decision = decide(POLICY, found, scores(RelevanceKind.OFF_TOPIC, relevance=0.1, spam=0.97))
    assert [reason.code for reason in decision.reasons] == [
        "SPAM",
        "OFF_TOPIC",
        "WATCHED_WORD",
        "LINK_ONE",
        "FOREIGN_LANGUAGE",
    ]


def test_every_signal_is_worth_something_or_informs_on_purpose():
    """Each signal stands in a group or a rule; those that only inform are named here."""
    in_rules = {c.signal for rule in POLICY.rules for c in (*rule.all, *rule.any)}
    assert set(NAMES) - set(POLICY.group_of) - in_rules == {"FOREIGN_LANGUAGE"}


def test_shipped_file_has_a_comment_for_every_table_and_value():
    """A publisher reads it from top to bottom: no key stands without words near it."""
    path = Path(moderation.policy.__file__).with_name("default.toml")
    text = path.read_text(encoding="utf-8")
    lines = text.splitlines()
    assert tomllib.loads(text)["version"]
    assert sum(line.startswith("#") for line in lines) * 2 > sum(
        bool(line.strip()) and not line.startswith("#") for line in lines
    )
