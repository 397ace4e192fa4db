"""Rules in policy files: what they can say, and every way one is refused."""

from __future__ import annotations

import pytest

from moderation.errors import PolicyError
from moderation.policy import decide
from moderation.terms import Action, RelevanceKind, Scores, Signal
from tests.policy.reading import read, scores

RULE = """
[[add_rules]]
name = "{name}"
description = "Made for a test."
action = "{action}"
{rest}
"""


def test_added_rule_counts_beside_the_shipped_ones(tmp_path):
    """All of `all` and one of `any` are needed; the message is the rule's own."""
    rest = (
        'all = [{ signal = "LINK_ONE", min_strength = 0.5 }, { language = "de" }]\n'
        'any = [{ score = "spam", above = 0.2 }, { score = "relevance", below = 0.5 }]\n'
        'message = "German with a link."'
    )
    policy = read(tmp_path, RULE.format(name="GERMAN_LINK", action="hold", rest=rest)).default
    link = Signal("LINK_ONE", 0.5, "Links.")
    german = Scores(values={**scores(spam=0.25).values}, language="de")
    assert decide(policy, [link], german).reasons[0].message == "German with a link."
    assert decide(policy, [link], scores(spam=0.25)).action is Action.APPROVE
    no_any = Scores(values=scores().values, language="de")
    assert decide(policy, [link], no_any).action is Action.APPROVE
    weak = Signal("LINK_ONE", 0.4, "Links.")
    assert decide(policy, [weak], german).action is Action.APPROVE
    assert decide(policy, [Signal("TEST_REJECT", 1, "T.")], scores()).action is Action.REJECT


def test_added_rule_takes_the_place_of_one_with_its_name(tmp_path):
    """A shipped rule is made milder without writing out the others."""
    rest = 'all = [{ signal = "BLOCKED_WORD" }]'
    policy = read(tmp_path, RULE.format(name="BLOCKED_WORD", action="inform", rest=rest)).default
    decision = decide(policy, [Signal("BLOCKED_WORD", 1.0, "Blocked.")], scores())
    assert decision.action is Action.APPROVE
    assert [reason.action for reason in decision.reasons] == [None]


def test_approving_rule_lifts_weak_holds_and_nothing_else(tmp_path):
    """It sets aside relevance and points, never spam, a failed check, a rule or a rejection."""
    rest = 'all = [{ signal = "AUTHOR_TRUSTED" }]'
    policy = read(tmp_path, RULE.format(name="STAFF", action="approve", rest=rest)).default
    trusted = Signal("AUTHOR_TRUSTED", 0.4, "Trusted.")
    off = scores(RelevanceKind.OFF_TOPIC, relevance=0.05)
    assert decide(policy, [], off).action is Action.HOLD
    assert decide(policy, [trusted], off).action is Action.APPROVE
    assert decide(policy, [trusted], scores(spam=0.7)).action is Action.HOLD
    assert decide(policy, [trusted], off, failed=("X",)).action is Action.HOLD
    watched = Signal("WATCHED_WORD", 1.0, "Watched.")
    assert decide(policy, [trusted, watched], off).action is Action.HOLD
    test = Signal("TEST_REJECT", 1.0, "Test.")
    assert decide(policy, [trusted, test], off).action is Action.REJECT


def test_rules_can_be_replaced_altogether(tmp_path):
    """A plain list takes the place of the shipped one."""
    policy = read(tmp_path, "rules = []\n").default
    assert policy.rules == ()


@pytest.mark.parametrize(
    ("rest", "key", "words"),
    [
        ("", ".all", "needs a condition"),
        ('all = [{ signal = "NO_SUCH" }]', ".all[0].signal", "valid are AUTHOR"),
        ('all = [{ score = "anger", above = 0.1 }]', ".all[0].score", "valid are identity_attack"),
        ('all = [{ score = "spam" }]', ".all[0].score", "above or below"),
        ('all = [{ score = "spam", above = 0.1, below = 0.2 }]', ".all[0].score", "either"),
        ('all = [{ score = "spam", above = 3 }]', ".all[0].above", "0 to 1"),
        ('all = [{ signal = "SHOUTING", min_strength = 2 }]', ".all[0].min_strength", "0 to 1"),
        ('all = [{ signal = "SHOUTING", above = 0.2 }]', ".all[0].above", "does not go with"),
        ('any = [{ signal = "SHOUTING", language = "de" }]', ".any[0]", "exactly one of"),
        ("any = [{}]", ".any[0]", "exactly one of"),
        ('any = [{ relevance_kind = "odd" }]', ".any[0].relevance_kind", "off_topic"),
        ('any = [{ colour = "red" }]', ".any[0].colour", "valid are above"),
        ('all = [{ signal = "SHOUTING" }]\nweight = 2', ".weight", "0 to 1"),
        ('all = [{ signal = "SHOUTING" }]\nmessage = ""', ".message", "empty"),
    ],
)
def test_error_in_a_rule_names_the_place(tmp_path, rest, key, words):
    """A wrong condition is found by the rule's number and its own."""
    with pytest.raises(PolicyError) as caught:
        read(tmp_path, RULE.format(name="MINE", action="hold", rest=rest))
    assert caught.value.field == f"rules[7]{key}"
    assert words in caught.value.message


def test_unknown_action_of_a_rule_is_refused(tmp_path):
    """An action the machine does not have is no action."""
    rest = 'all = [{ signal = "SHOUTING" }]'
    with pytest.raises(PolicyError, match="approve, hold, inform, reject"):
        read(tmp_path, RULE.format(name="MINE", action="ban", rest=rest))


@pytest.mark.parametrize(
    "rest",
    [
        'all = [{ relevance_kind = "off_topic" }]',
        'all = [{ score = "relevance", below = 0.1 }, { language = "en" }]',
        'all = [{ score = "relevance", below = 0.1 }, { score = "spam", below = 0.9 }]',
        'all = [{ score = "relevance", below = 0.1 }, { score = "spam", above = 0.0 }]',
        'any = [{ signal = "SHOUTING" }, { relevance_kind = "off_topic" }]',
    ],
)
def test_rule_that_rejects_for_relevance_alone_is_refused(tmp_path, rest):
    """No rule may say what no threshold may."""
    with pytest.raises(PolicyError, match="never rejected for its relevance"):
        read(tmp_path, RULE.format(name="MINE", action="reject", rest=rest))


def test_rule_named_twice_is_refused(tmp_path):
    """Two rules of one name would hide each other."""
    one = RULE.format(name="MINE", action="hold", rest='all = [{ signal = "SHOUTING" }]')
    with pytest.raises(PolicyError, match="two rules 'MINE'"):
        read(tmp_path, (one + one).replace("add_rules", "rules"))
