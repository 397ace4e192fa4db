"""
Decides on one comment: signals and scores in, an action with its reasons out. Pure.

Touches no clock, file or store; says only what the policy makes of the evidence.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from moderation.policy.points import Share, add_up
from moderation.policy.policy import LOW_IS_BAD, Policy, Threshold
from moderation.policy.rules import Applied, apply_rules
from moderation.policy.words import (
    could_not_be_checked,
    of_low_score,
    of_score,
    of_score_points,
    of_sum,
)
from moderation.terms import Action, Decision, Reason, RelevanceKind, Scores, Signal

__all__ = ["decide"]

_SEVERITY = {Action.APPROVE: 0, Action.HOLD: 1, Action.REJECT: 2}

_LOW_CODES = {"relevance": "OFF_TOPIC", "substance": "LOW_SUBSTANCE"}


@dataclass(frozen=True, slots=True)
class _Argument:
    """A reason, and whether its hold is weak: one that an approving rule may set aside."""

    reason: Reason
    weak: bool = False


def decide(
    policy: Policy, signals: Sequence[Signal], scores: Scores, *, failed: Sequence[str] = ()
) -> Decision:
    """
    Decide on one comment; total, and the same for the same arguments.

    The sternest argument wins. Reasons are listed by weight: one that asks for a rejection weighs
    .5 to 1, one that asks for a hold up to .5; those that ask for nothing come last.

    Args:
        policy: of the comment's site.
        signals: what was found.
        scores: what the model says. A score of None without its head in ``scores.failed`` had
            nothing to judge by, and is no argument.
        failed: names of signals and other checks that broke.
    """
    broken = _broken_heads(policy, scores)
    arguments = list(_failures(policy, broken, failed))
    arguments += _thresholds(policy, scores, broken)
    applied = apply_rules(policy, signals, scores, broken)
    arguments += _points(policy, signals, scores, broken, applied, arguments)
    action = _sternest(arguments, applied)
    if applied.approving and action is Action.HOLD and _liftable(arguments, applied):
        action = Action.APPROVE
    reasons = [argument.reason for argument in arguments] + list(applied.reasons)
    reasons.sort(key=_place)
    return Decision(
        action=action,
        answer=Action.APPROVE if policy.shadow else action,
        reasons=tuple(reasons),
        policy=policy.version,
        model=scores.model,
        shadow=policy.shadow,
    )


def _sternest(arguments: Sequence[_Argument], applied: Applied) -> Action:
    reasons = [argument.reason for argument in arguments] + list(applied.reasons)
    asked = (reason.action for reason in reasons if reason.action is not None)
    return max(asked, key=_SEVERITY.__getitem__, default=Action.APPROVE)


def _place(reason: Reason) -> tuple[bool, float, int, str]:
    severity = _SEVERITY[reason.action] if reason.action is not None else 0
    return reason.action is None, -reason.weight, -severity, reason.code


def _liftable(arguments: Sequence[_Argument], applied: Applied) -> bool:
    """Whether every hold is a weak one: no rule's, no failed check's, none of spam or toxicity."""
    return all(a.weak for a in arguments if a.reason.action is Action.HOLD) and not any(
        reason.action is Action.HOLD for reason in applied.reasons
    )


def _broken_heads(policy: Policy, scores: Scores) -> tuple[str, ...]:
    """Give the scores that should be there and are not, in a stable order."""
    values = scores.values
    broken = dict.fromkeys(scores.failed)
    # A model without a score the policy is built on has not checked it; nor has one that answers
    # something that is no probability.
    broken.update(dict.fromkeys(head for head in policy.heads if head not in values))
    broken.update(
        dict.fromkeys(
            head for head, value in values.items() if value is not None and not 0 <= value <= 1
        )
    )
    return tuple(broken)


def _failures(policy: Policy, broken: Sequence[str], failed: Sequence[str]) -> Iterator[_Argument]:
    for names, action in ((broken, policy.failed_score), (failed, policy.failed_signal)):
        asks = None if action is Action.APPROVE else action
        for name in dict.fromkeys(names):
            message = could_not_be_checked(name)
            yield _Argument(Reason("CHECK_FAILED", message, _weight(asks, 0.5), asks))


def _thresholds(policy: Policy, scores: Scores, broken: Sequence[str]) -> Iterator[_Argument]:
    for threshold in policy.thresholds:
        head = threshold.head
        value = scores.values.get(head)
        if value is None or head in broken:
            continue
        if head in LOW_IS_BAD:
            yield from _too_low(policy, threshold, value, scores)
            continue
        action = _asked(threshold, value)
        if action is not None:
            message = of_score(head, value, scores.notes.get(head))
            spans = tuple(scores.evidence.get(head, ()))
            weight = _weight(action, value)
            yield _Argument(Reason(head.upper(), message, weight, action, value, spans))


def _asked(threshold: Threshold, value: float) -> Action | None:
    if threshold.reject is not None and value >= threshold.reject:
        return Action.REJECT
    if threshold.hold is not None and value >= threshold.hold:
        return Action.HOLD
    return None


def _too_low(
    policy: Policy, threshold: Threshold, value: float, scores: Scores
) -> Iterator[_Argument]:
    head = threshold.head
    code = _LOW_CODES[head]
    if head == "relevance" and scores.relevance_kind is RelevanceKind.GENERIC:
        # Thin praise fits every article, so its number says little: the policy's word decides.
        if not policy.hold_generic:
            return
        code = "GENERIC"
    elif threshold.hold_below is None or value >= threshold.hold_below:
        return
    message = of_low_score(code, value, scores.notes.get(head))
    spans = tuple(scores.evidence.get(head, ()))
    weight = _weight(Action.HOLD, 1 - value)
    yield _Argument(Reason(code, message, weight, Action.HOLD, value, spans), weak=True)


def _points(
    policy: Policy,
    signals: Sequence[Signal],
    scores: Scores,
    broken: Sequence[str],
    applied: Applied,
    before: Sequence[_Argument],
) -> list[_Argument]:
    """Give a reason for all that brought points, and one for the sum where only that decides."""
    total = add_up(policy, signals, scores, broken)
    named = applied.names | {argument.reason.code for argument in before}
    found: list[_Argument] = []
    for share in total.shares:
        if share.name not in named:
            # One sign can hold alone, when it is strong and nothing speaks for the comment.
            alone = share.points > 0 and share.points + total.in_favour >= policy.hold_points
            found.append(_Argument(_of_share(share, alone, policy, scores), weak=True))
    action = total.action(policy)
    if action is None or _SEVERITY[action] <= _SEVERITY[_sternest([*before, *found], applied)]:
        return found
    points = total.against + (total.in_favour if action is Action.HOLD else 0.0)
    size = points / policy.reject_points / (2 if action is Action.REJECT else 1)
    message = of_sum(policy, action, points, total.shares)
    reason = Reason("EVIDENCE", message, _weight(action, size), action)
    return [*found, _Argument(reason, weak=True)]


def _of_share(share: Share, alone: bool, policy: Policy, scores: Scores) -> Reason:
    asks = Action.HOLD if alone else None
    weight = _weight(asks, abs(share.points) / policy.reject_points)
    if share.signal is not None:
        signal = share.signal
        return Reason(signal.name, signal.message, weight, asks, None, signal.spans)
    value = scores.values[share.head]
    message = of_score_points(share.head, value or 0.0, scores.notes.get(share.head))
    spans = tuple(scores.evidence.get(share.head, ()))
    return Reason(share.name, message, weight, asks, value, spans)


def _weight(action: Action | None, size: float) -> float:
    """Give a reason's weight from what it asks for and how much of it there is, 0..1."""
    size = min(1.0, max(0.0, size))
    return round(0.5 + 0.5 * size if action is Action.REJECT else 0.5 * size, 4)
