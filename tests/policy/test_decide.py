"""Laws of `decide`: what holds for every input, not only for those somebody thought of."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from moderation.policy import decide, read_policies
from moderation.signals import NAMES
from moderation.terms import HEADS, Action, RelevanceKind, Scores, Signal

POLICY = read_policies(None, signal_names=NAMES, score_names=HEADS).default
SEVERITY = [Action.APPROVE, Action.HOLD, Action.REJECT]

PROBABILITY = st.floats(0, 1)
SIGNALS = st.lists(
    st.builds(Signal, st.sampled_from(sorted(NAMES)), st.floats(0, 1), st.just("A sentence.")),
    max_size=8,
)


@st.composite
def all_scores(draw):
    """Scores of any comment, with or without an article, some heads broken."""
    relevance = draw(st.none() | PROBABILITY)
    kind = None if relevance is None else draw(st.sampled_from(RelevanceKind))
    values = {head: draw(st.none() | PROBABILITY) for head in HEADS}
    failed = draw(st.lists(st.sampled_from(HEADS), max_size=2, unique=True))
    return Scores(
        values={**values, "relevance": relevance},
        relevance_kind=kind,
        failed=tuple(failed),
        model="20260101-1",
    )


@given(SIGNALS, all_scores(), st.lists(st.text(max_size=8), max_size=3))
@settings(max_examples=200, deadline=None)
def test_decision_is_well_formed(signals, scores, failed):
    """It never raises; reasons are in order, weighted 0..1, and one of them asks for the action."""
    decision = decide(POLICY, signals, scores, failed=failed)
    places = [(reason.action is None, -reason.weight) for reason in decision.reasons]
    assert places == sorted(places)
    assert all(0 <= reason.weight <= 1 and reason.message for reason in decision.reasons)
    if decision.action is not Action.APPROVE:
        assert decision.reasons[0].action is decision.action
    assert decide(POLICY, signals, scores, failed=failed) == decision


@given(st.floats(allow_nan=True, allow_infinity=True), st.floats(allow_nan=True))
def test_any_number_at_all_is_survived(strength, value):
    """A strength or a score that is no number in range raises nothing."""
    scores = Scores(values={"spam": value, "toxicity": None, "relevance": None, "substance": None})
    decide(POLICY, [Signal("SHOUTING", strength, "Loud.")], scores)
    decide(POLICY, [Signal("NOT_KNOWN", strength, "New.")], scores)
    decide(POLICY, [], Scores(values={}))


@given(SIGNALS, all_scores(), PROBABILITY, PROBABILITY, st.sampled_from(["spam", "toxicity"]))
@settings(max_examples=200, deadline=None)
def test_a_worse_score_never_makes_the_action_milder(signals, scores, one, other, head):
    """Raising the spam or toxicity score never helps a comment."""
    low, high = sorted((one, other))
    milder = decide(POLICY, signals, replace(scores, values={**scores.values, head: low}))
    harder = decide(POLICY, signals, replace(scores, values={**scores.values, head: high}))
    assert SEVERITY.index(milder.action) <= SEVERITY.index(harder.action)


@given(SIGNALS, all_scores(), st.sampled_from(sorted(NAMES - {"AUTHOR_TRUSTED"})))
@settings(max_examples=200, deadline=None)
def test_one_more_signal_against_never_makes_the_action_milder(signals, scores, name):
    """Evidence against a comment never helps it."""
    before = decide(POLICY, signals, scores)
    after = decide(POLICY, [*signals, Signal(name, 1.0, "More.")], scores)
    assert SEVERITY.index(before.action) <= SEVERITY.index(after.action)


@given(PROBABILITY, st.sampled_from(RelevanceKind), st.floats(0, 0.3), PROBABILITY)
def test_relevance_alone_never_rejects(relevance, kind, harmless, substance):
    """Without a signal or a bad score, the worst an off-topic comment meets is a person."""
    scores = Scores(
        values={
            "spam": harmless,
            "toxicity": harmless,
            "relevance": relevance,
            "substance": substance,
        },
        relevance_kind=kind,
    )
    assert decide(POLICY, [], scores).action is not Action.REJECT


@given(SIGNALS, all_scores())
@settings(max_examples=100, deadline=None)
def test_shadow_decides_the_same_and_answers_approve(signals, scores):
    """A shadow policy records what it would have done and lets everything pass."""
    real = decide(POLICY, signals, scores)
    shadow = decide(replace(POLICY, shadow=True), signals, scores)
    assert shadow.answer is Action.APPROVE
    assert shadow.shadow
    assert (shadow.action, shadow.reasons) == (real.action, real.reasons)
    assert real.answer is real.action


@given(SIGNALS, all_scores(), st.sampled_from(HEADS))
@settings(max_examples=100, deadline=None)
def test_failed_score_never_approves(signals, scores, head):
    """A broken head leaves the comment to a person at least."""
    broken = replace(scores, failed=(head,))
    assert decide(POLICY, signals, broken).action is not Action.APPROVE


@given(SIGNALS, all_scores(), st.text(max_size=10))
@settings(max_examples=100, deadline=None)
def test_failed_check_never_approves(signals, scores, name):
    """A broken signal or other check leaves the comment to a person at least."""
    assert decide(POLICY, signals, scores, failed=(name,)).action is not Action.APPROVE


@given(SIGNALS, all_scores())
@settings(max_examples=100, deadline=None)
def test_trust_never_spares_a_rejection(signals, scores):
    """An author's good record changes no rejection."""
    without = [signal for signal in signals if signal.name != "AUTHOR_TRUSTED"]
    before = decide(POLICY, without, scores)
    after = decide(POLICY, [*without, Signal("AUTHOR_TRUSTED", 1.0, "Good.")], scores)
    assert (before.action is Action.REJECT) == (after.action is Action.REJECT)
