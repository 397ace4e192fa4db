"""
Adds up the points of signals and scores, each family under its cap.

Counts only; what a sum leads to stands in the policy.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from moderation.policy.policy import Group, Policy
from moderation.terms import Action, Scores, Signal

__all__ = ["Share", "Sum", "add_up"]


@dataclass(frozen=True, slots=True)
class Share:
    """What one signal, or one score (`head`), brought after its group's cap."""

    points: float
    signal: Signal | None = None
    head: str = ""

    @property
    def name(self) -> str:
        """The code a reason for it carries."""
        return self.signal.name if self.signal is not None else self.head.upper()


@dataclass(frozen=True, slots=True)
class Sum:
    """
    All points of a comment.

    Attributes:
        shares: every signal, also those worth nothing, then every score that brought points.
        against: sum of the points above zero.
        in_favour: sum of the points below zero.
    """

    shares: tuple[Share, ...]
    against: float
    in_favour: float

    def action(self, policy: Policy) -> Action | None:
        """Give what the sum asks for: points in favour may spare a hold, never a rejection."""
        if self.against >= policy.reject_points:
            return Action.REJECT
        if self.against + self.in_favour >= policy.hold_points:
            return Action.HOLD
        return None


def add_up(policy: Policy, signals: Sequence[Signal], scores: Scores, broken: Sequence[str]) -> Sum:
    """Add up what the signals and the scores not in `broken` are worth under a policy."""
    raw = [(signal, policy.group_of.get(signal.name), _worth(policy, signal)) for signal in signals]
    against: dict[str, float] = {}
    in_favour: dict[str, float] = {}
    for _, group, points in raw:
        if group is not None:
            side = against if points > 0 else in_favour
            side[group.name] = side.get(group.name, 0.0) + points
    shares = []
    for signal, group, points in raw:
        side = against if points > 0 else in_favour
        shares.append(Share(points * _scale(group, side), signal=signal))
    for head, worth in policy.score_points.items():
        value = scores.values.get(head)
        if value is not None and head not in broken and value > worth.starts_at:
            points = worth.most * ((value - worth.starts_at) / (1 - worth.starts_at))
            shares.append(Share(points, head=head))
    return Sum(
        shares=tuple(shares),
        against=sum(share.points for share in shares if share.points > 0),
        in_favour=sum(share.points for share in shares if share.points < 0),
    )


def _worth(policy: Policy, signal: Signal) -> float:
    group = policy.group_of.get(signal.name)
    if group is None:
        return 0.0
    return group.points[signal.name] * min(1.0, max(0.0, signal.strength))


def _scale(group: Group | None, side: dict[str, float]) -> float:
    """Give the factor that brings a group under its cap, so that each share shrinks alike."""
    total = abs(side.get(group.name, 0.0)) if group is not None else 0.0
    return group.cap / total if group is not None and total > group.cap else 1.0
