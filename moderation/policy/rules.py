"""
Applies the rules of a policy to what was found.

Matches conditions only; `decide.py` weighs the outcome against everything else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from moderation.policy.policy import Condition, Policy, Rule, RuleAction
from moderation.terms import Action, Reason, Scores, Signal, Span

__all__ = ["Applied", "apply_rules"]

_ACTIONS = {
    RuleAction.REJECT: Action.REJECT,
    RuleAction.HOLD: Action.HOLD,
    RuleAction.APPROVE: Action.APPROVE,
    RuleAction.INFORM: None,
}


@dataclass(frozen=True, slots=True)
class Applied:
    """
    The rules that applied.

    Attributes:
        reasons: one for each, in the order of the policy.
        names: of the rules; a signal of such a name needs no reason of its own.
        approving: whether one of them sets weak holds aside.
    """

    reasons: tuple[Reason, ...]
    names: frozenset[str]
    approving: bool


def apply_rules(
    policy: Policy, signals: Sequence[Signal], scores: Scores, broken: Sequence[str]
) -> Applied:
    """Give the rules that apply; a condition on a score that is not there does not hold."""
    by_name: dict[str, Signal] = {}
    for signal in signals:
        known = by_name.get(signal.name)
        if known is None or signal.strength > known.strength:
            by_name[signal.name] = signal
    values = {head: value for head, value in scores.values.items() if head not in broken}
    rules = [rule for rule in policy.rules if _applies(rule, by_name, scores, values)]
    return Applied(
        reasons=tuple(_reason(rule, by_name) for rule in rules),
        names=frozenset(rule.name for rule in rules),
        approving=any(rule.action is RuleAction.APPROVE for rule in rules),
    )


def _applies(
    rule: Rule,
    signals: Mapping[str, Signal],
    scores: Scores,
    values: Mapping[str, float | None],
) -> bool:
    for condition in rule.all:
        if not _holds(condition, signals, scores, values):
            return False
    return not rule.any or any(_holds(c, signals, scores, values) for c in rule.any)


def _holds(
    condition: Condition,
    signals: Mapping[str, Signal],
    scores: Scores,
    values: Mapping[str, float | None],
) -> bool:
    if condition.signal is not None:
        signal = signals.get(condition.signal)
        return signal is not None and signal.strength >= condition.min_strength
    if condition.score is not None:
        value = values.get(condition.score)
        if value is None:
            return False
        if condition.above is not None:
            return value >= condition.above
        return condition.below is not None and value < condition.below
    if condition.language is not None:
        return scores.language == condition.language
    # A kind goes with its score: where relevance broke, it is not known either.
    return values.get("relevance") is not None and (
        scores.relevance_kind is condition.relevance_kind
    )


def _reason(rule: Rule, signals: Mapping[str, Signal]) -> Reason:
    action = _ACTIONS[rule.action]
    named = signals.get(rule.name)
    message = rule.message or (named.message if named is not None else rule.description)
    weight = 0.5 + 0.5 * rule.weight if action is Action.REJECT else 0.5 * rule.weight
    return Reason(rule.name, message, round(weight, 4), action, None, _spans(rule, signals))


def _spans(rule: Rule, signals: Mapping[str, Signal]) -> tuple[Span, ...]:
    """Give every place the signals of a rule point to, in text order."""
    names = [c.signal for c in (*rule.all, *rule.any) if c.signal is not None]
    spans = {span for name in names if name in signals for span in signals[name].spans}
    return tuple(sorted(spans, key=lambda span: (span.start, span.end)))
