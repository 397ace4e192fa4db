"""What a client that knows only "spam or not" is told."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from moderation.errors import PolicyError
from moderation.policy import Policy, Reply, decide, read_policies, reply
from moderation.policy.policy import Budget
from moderation.signals import NAMES
from moderation.terms import HEADS, Action, Decision, RelevanceKind, Scores, Signal


def read(tmp_path: Path, text: str = "") -> Policy:
    """Read a policy file of this content over the shipped one."""
    path = tmp_path / "policy.toml"
    path.write_text(text, encoding="utf-8")
    return read_policies(path, signal_names=NAMES, score_names=HEADS).default


def judged(policy: Policy, *signals: str, kind: RelevanceKind | None = None, **values: float):
    """Decide on a comment; give the decision and what the client is told."""
    mild = {"spam": 0.02, "toxicity": 0.03, "relevance": None, "substance": 0.7}
    scores = Scores(values={**mild, **values}, relevance_kind=kind)
    found = [Signal(name, 1.0, f"{name}.") for name in signals]
    decision = decide(policy, found, scores)
    return decision, reply(policy, decision, scores)


@pytest.mark.parametrize(
    ("signals", "values", "action", "spam"),
    [
        ((), {}, Action.APPROVE, False),
        ((), {"spam": 0.99}, Action.REJECT, True),
        ((), {"toxicity": 0.99}, Action.REJECT, True),
        ((), {"spam": 0.7}, Action.HOLD, True),
        ((), {"toxicity": 0.7}, Action.HOLD, False),
        ((), {"toxicity": 0.7, "spam": 0.7}, Action.HOLD, True),
        (("WATCHED_WORD",), {}, Action.HOLD, False),
        (("PROFANITY",), {}, Action.HOLD, False),
        (("LINKS_MANY",), {}, Action.HOLD, True),
        (("CONTACT_EMAIL", "LINKS_FEW"), {}, Action.HOLD, True),
        (("HONEYPOT_FILLED",), {}, Action.REJECT, True),
        (("TEST_REJECT",), {}, Action.REJECT, True),
    ],
)
def test_what_the_shipped_policy_tells(tmp_path, signals, values, action, spam) -> None:
    """Rejected is spam; held is spam when spam holds it, and else not; approved never is."""
    decision, told = judged(read(tmp_path), *signals, **values)
    assert (decision.action, told) == (action, Reply(spam))


def test_off_topic_alone_is_no_spam(tmp_path: Path) -> None:
    """A comment held for its relevance goes out; with a link elsewhere it is called spam."""
    off = {"kind": RelevanceKind.OFF_TOPIC, "relevance": 0.05}
    assert judged(read(tmp_path), **off)[1] == Reply(False)
    assert judged(read(tmp_path), "LINKS_FEW", **off)[1] == Reply(True)


@pytest.mark.parametrize(
    ("own", "rejected", "held", "insulted"),
    [
        ('reject = "reason"', True, True, False),
        ('reject = "ham"', False, True, False),
        ('hold = "spam"', True, True, True),
        ('hold = "ham"', True, False, True),
        ('spam_reasons = ["TOXICITY"]\nreject = "reason"', False, False, True),
    ],
)
def test_a_site_may_say_otherwise(tmp_path, own, rejected, held, insulted) -> None:
    """Each answer is a setting, and so is what counts as spam."""
    policy = read(tmp_path, f"[akismet]\n{own}\n")
    assert judged(policy, spam=0.99)[1].spam is rejected
    assert judged(policy, spam=0.7)[1].spam is held
    assert judged(policy, toxicity=0.99)[1].spam is insulted
    assert not judged(policy)[1].spam


def test_in_shadow_mode_nothing_is_spam(tmp_path: Path) -> None:
    """What the site is told is approve, so its client is told ham."""
    decision, told = judged(read(tmp_path, "shadow = true\n"), spam=0.99)
    assert (decision.action, told) == (Action.REJECT, Reply(False))


def test_a_failed_check_is_no_spam(tmp_path: Path) -> None:
    """A person should look; nobody said that it sells anything."""
    policy = read(tmp_path)
    scores = Scores(values=dict.fromkeys(HEADS), failed=("spam",))
    decision = decide(policy, [], scores)
    assert (decision.action, reply(policy, decision, scores)) == (Action.HOLD, Reply(False))


def test_blatant_is_only_what_its_own_budget_supports(tmp_path: Path) -> None:
    """Without a threshold found nothing is; with one, what is rejected and reaches it."""
    policy = read(tmp_path, "[akismet]\ndiscard = { wrong_at_most = 0.001, sure = 0.99 }\n")
    assert policy.replies.discard == Budget(0.001, 0.99, bad_share=0.05)
    assert judged(policy, spam=0.999)[1] == Reply(True)
    found = policy.discarding_from(0.99)
    assert judged(found, spam=0.999)[1] == Reply(True, discard=True)
    assert judged(found, spam=0.98)[1] == Reply(True)
    assert judged(found, "TEST_REJECT")[1] == Reply(True)
    shy = replace(found, replies=replace(found.replies, discard_from=0.7))
    assert judged(shy, spam=0.8)[1] == Reply(True)
    assert not judged(replace(found, shadow=True), spam=0.999)[1].discard


def test_the_shipped_policy_discards_nothing(tmp_path: Path) -> None:
    """Throwing away unseen is a site's own choice."""
    assert read(tmp_path).replies.discard is None


@pytest.mark.parametrize(
    ("own", "field"),
    [
        ('reject = "maybe"', "akismet.reject"),
        ("hold = true", "akismet.hold"),
        ('spam_reasons = ["SPAM", "SPAAM"]', "akismet.spam_reasons[1]"),
        ("discard = true", "akismet.discard"),
        ("discard = { wrong_at_most = 0.01 }", "akismet.discard.sure"),
        ("discard = { wrong_at_most = 2, sure = 0.9 }", "akismet.discard.wrong_at_most"),
        ('callbacks = "no"', "akismet.callbacks"),
        ("colour = 1", "akismet.colour"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path: Path, own: str, field: str) -> None:
    """What is wrong stops the start with the key that is wrong."""
    with pytest.raises(PolicyError) as caught:
        read(tmp_path, f"[akismet]\n{own}\n")
    assert caught.value.field == field


def test_a_site_has_its_own(tmp_path: Path) -> None:
    """Merged like everything else, and a list can be added to."""
    path = tmp_path / "policy.toml"
    path.write_text('[sites.a.akismet]\nhold = "spam"\nadd_spam_reasons = ["TOXICITY"]\n')
    policies = read_policies(path, signal_names=NAMES, score_names=HEADS)
    assert judged(policies.for_site("a"), toxicity=0.7)[1].spam
    assert "TOXICITY" in policies.for_site("a").replies.spam_reasons
    assert not judged(policies.for_site("b"), toxicity=0.7)[1].spam


def test_the_decision_is_not_changed(tmp_path: Path) -> None:
    """A reply is less than a decision, and takes nothing from it."""
    policy = read(tmp_path)
    decision, _ = judged(policy, toxicity=0.7)
    assert isinstance(decision, Decision)
    assert decision.answer is Action.HOLD
