"""Error budgets and audits in policy files: what is taken, and every way it is refused."""

from __future__ import annotations

import pytest

from moderation.errors import PolicyError
from moderation.policy import decide
from moderation.policy.policy import Budget
from moderation.terms import Action, Scores
from tests.policy.reading import read, scores


def _spam(reject):
    """A policy that rejects spam so."""
    return f"[thresholds.spam]\nreject = {reject}"


def test_an_error_budget_rejects_nothing_until_a_threshold_is_found(tmp_path):
    """A policy as read holds what it could reject; with a threshold it rejects from there on."""
    policy = read(tmp_path, _spam("{ wrong_at_most = 0.01, sure = 0.95 }")).default
    assert policy.budgets == {"spam": Budget(wrong_at_most=0.01, sure=0.95, bad_share=0.05)}
    assert decide(policy, [], scores(spam=0.999)).action is Action.HOLD
    found = policy.rejecting_from({"spam": 0.93})
    assert decide(found, [], scores(spam=0.93)).action is Action.REJECT
    assert decide(found, [], scores(spam=0.929)).action is Action.HOLD
    assert decide(found, [], scores(toxicity=0.97)).action is Action.REJECT
    assert found.version == f"{policy.version}+spam=0.93"
    assert decide(found.rejecting_from({}), [], scores(spam=0.999)).action is Action.HOLD


def test_budgets_are_merged_like_anything_else(tmp_path):
    """A site changes a part of a budget, or goes back to a number; each may have its share."""
    policies = read(
        tmp_path,
        _spam("{ wrong_at_most = 0.01, sure = 0.95, bad_share = 0.2 }")
        + "\n[budget]\nbad_share = 0.1\n"
        "[sites.a.thresholds.spam.reject]\nsure = 0.9\n"
        "[sites.b.thresholds.spam]\nreject = 0.9\n"
        "[sites.b.thresholds.toxicity]\nreject = { wrong_at_most = 0.02, sure = 0.99 }\n",
    )
    assert policies.for_site("a").budgets == {"spam": Budget(0.01, 0.9, 0.2)}
    assert policies.for_site("b").budgets == {"toxicity": Budget(0.02, 0.99, 0.1)}
    assert decide(policies.for_site("b"), [], scores(spam=0.95)).action is Action.REJECT
    assert policies.has_budgets
    assert not read(tmp_path, "").has_budgets


def test_rejecting_by_it_may_have_a_budget(tmp_path):
    """As of every score that is bad when it is high."""
    budget = "{ wrong_at_most = 0.05, sure = 0.95 }"
    text = f"[thresholds.likely_to_reject]\nhold = 0.5\nreject = {budget}\n"
    assert list(read(tmp_path, text).default.budgets) == ["likely_to_reject"]


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("", 0.0),
        (_spam("{ wrong_at_most = 0.01, sure = 0.95 }"), 0.01),
        (_spam("{ wrong_at_most = 0.01, sure = 0.95 }") + "\n[audit]\nshare = 0", 0.0),
        ("[audit]\nshare = 0.2", 0.2),
    ],
)
def test_audits_come_with_a_budget_unless_a_share_is_named(tmp_path, text, share):
    """Nobody who states no budget gets audits unasked."""
    assert read(tmp_path, text).default.audit_share == share


def test_a_score_with_a_budget_is_one_the_policy_needs(tmp_path):
    """A model without it leaves the comment to a person, as with a number."""
    text = "[thresholds.sarcasm]\nhold = false\nreject = { wrong_at_most = 0.01, sure = 0.9 }"
    given = Scores(values={"spam": 0.0, "toxicity": 0.0, "relevance": None, "substance": 0.5})
    assert decide(read(tmp_path, text).default, [], given).action is Action.HOLD


@pytest.mark.parametrize(
    ("text", "key", "words"),
    [
        (_spam("{ sure = 0.9 }"), "thresholds.spam.reject.wrong_at_most", "missing"),
        (_spam("{ wrong_at_most = 0.01 }"), "thresholds.spam.reject.sure", "missing"),
        (
            _spam("{ wrong_at_most = 0, sure = 0.9 }"),
            "thresholds.spam.reject.wrong_at_most",
            "from 0.0001 to 0.5",
        ),
        (
            _spam("{ wrong_at_most = 0.01, sure = 1 }"),
            "thresholds.spam.reject.sure",
            "from 0.5 to 0.9999",
        ),
        (
            _spam("{ wrong_at_most = 0.01, sure = 0.9, certain = true }"),
            "thresholds.spam.reject.certain",
            "valid are bad_share, sure, wrong_at_most",
        ),
        (
            _spam('{ wrong_at_most = 0.01, sure = 0.9, bad_share = "few" }'),
            "thresholds.spam.reject.bad_share",
            "number",
        ),
        (_spam("[0.01, 0.95]"), "thresholds.spam.reject", "or false"),
        (
            "[thresholds.relevance]\nreject = { wrong_at_most = 0.01, sure = 0.9 }",
            "thresholds.relevance.reject",
            "never rejected",
        ),
        ("[budget]\nbad_share = 0", "budget.bad_share", "from 0.0001 to 0.9999"),
        ("[budget]\nsure = 0.9", "budget.sure", "valid are bad_share"),
        ("[audit]\nshare = 1.1", "audit.share", "from 0 to 1"),
        ("[audit]\nrate = 0.1", "audit.rate", "valid are share"),
        ("[sites.a.audit]\nshare = -1", "sites.a.audit.share", "from 0 to 1"),
    ],
)
def test_an_error_in_a_budget_names_the_key_and_what_is_valid(tmp_path, text, key, words):
    """As everywhere in a policy; a budget that means nothing is never taken."""
    with pytest.raises(PolicyError) as caught:
        read(tmp_path, text)
    assert caught.value.field == key
    assert words in caught.value.message
