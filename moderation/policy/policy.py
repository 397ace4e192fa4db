"""
A policy as frozen, precomputed values: everything `decide` needs and nothing it must look up twice.

Holds values only; reading them from files is `read.py`'s, judging a comment by them `decide.py`'s.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from moderation.terms import Action, Lists, RelevanceKind

__all__ = [
    "LOW_IS_BAD",
    "Budget",
    "Condition",
    "Group",
    "Policy",
    "PolicySet",
    "Replies",
    "Rule",
    "RuleAction",
    "ScorePoints",
    "Threshold",
    "Told",
]

LOW_IS_BAD = ("relevance", "substance")
"""Scores that speak against a comment when they are low. Neither can reject."""


class RuleAction(StrEnum):
    """What a rule asks for; `INFORM` for nothing, `APPROVE` to set weak holds aside."""

    APPROVE = "approve"
    INFORM = "inform"
    HOLD = "hold"
    REJECT = "reject"


class Told(StrEnum):
    """What a client that knows only "spam or not" is told; `REASON`: it depends on the reasons."""

    SPAM = "spam"
    HAM = "ham"
    REASON = "reason"


@dataclass(frozen=True, slots=True)
class Budget:
    """
    How often rejecting by a score may be wrong; the threshold follows from labelled rows.

    Attributes:
        wrong_at_most: share of what is rejected, 0..1.
        sure: with which probability that must hold, 0..1.
        bad_share: share of this site's comments that deserve it, 0..1: for rows of other places.
    """

    wrong_at_most: float
    sure: float
    bad_share: float


@dataclass(frozen=True, slots=True)
class Threshold:
    """
    From where one score asks for something; None where it does not.

    Attributes:
        hold: this probability or more.
        reject: this probability or more, at least `hold`.
        hold_below: less than this probability; for the scores in `LOW_IS_BAD` alone.
        budget: what `reject` has to keep to; `reject` is None until it was found.
    """

    head: str
    hold: float | None = None
    reject: float | None = None
    hold_below: float | None = None
    budget: Budget | None = None

    @property
    def is_off(self) -> bool:
        """Whether it asks for nothing, whatever the score."""
        return (self.hold, self.reject, self.hold_below, self.budget) == (None,) * 4


@dataclass(frozen=True, slots=True)
class ScorePoints:
    """Points of a score: none at `starts_at`, `most` at 1, linear between."""

    starts_at: float
    most: float


@dataclass(frozen=True, slots=True)
class Group:
    """
    Signals of one family and how many points they may bring together.

    Attributes:
        points: signal name -> points at strength 1; below zero speaks for the comment.
        cap: of the points against and, by itself, of those in favour.
    """

    name: str
    cap: float
    points: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition of a rule: exactly one of `signal`, `score`, `relevance_kind`, `language`."""

    signal: str | None = None
    min_strength: float = 0.0
    score: str | None = None
    above: float | None = None
    below: float | None = None
    relevance_kind: RelevanceKind | None = None
    language: str | None = None

    @property
    def is_evidence(self) -> bool:
        """Whether it names anything that could speak against a comment under whatever article."""
        if self.score is not None:
            return self.score not in LOW_IS_BAD and bool(self.above)
        return self.signal is not None


@dataclass(frozen=True, slots=True)
class Rule:
    """
    A rule: all of `all`, and one of `any` where there is one, lead to `action`.

    Attributes:
        weight: 0..1, its place among reasons that ask for the same.
        message: what the moderator reads; None: its signal's message, or else `description`.
    """

    name: str
    description: str
    all: tuple[Condition, ...]
    any: tuple[Condition, ...]
    action: RuleAction
    weight: float
    message: str | None = None


@dataclass(frozen=True, slots=True)
class Replies:
    """
    What clients that know only "spam or not" are told of a decision.

    Attributes:
        spam_reasons: codes of the reasons that mean spam.
        discard: how often calling spam blatant may be wrong; None: nothing is.
        discard_from: the spam score found for it; None until then, and where there is none.
        callbacks: whether clients may ask to hear of corrections.
    """

    reject: Told = Told.SPAM
    hold: Told = Told.REASON
    spam_reasons: frozenset[str] = frozenset({"SPAM"})
    discard: Budget | None = None
    discard_from: float | None = None
    callbacks: bool = True


@dataclass(frozen=True, slots=True)
class Policy:
    """
    What one site does with what is found.

    Attributes:
        version: of the whole policy set, shown in every decision.
        shadow: decide and record, but answer approve.
        failed_score: for a score the model should have given; HOLD or APPROVE.
        failed_signal: for a signal or other check that broke; HOLD or APPROVE.
        hold_generic: whether thin praise is held like any other comment of low relevance.
        hold_points: points from which a comment is held.
        reject_points: points from which it is rejected; more than any group's cap.
        audit_share: 0..1, of all comments, how many a person looks at whatever was decided.
        replies: what clients of protocols with two answers are told.
        group_of: signal name -> its group, made from `groups`.
    """

    version: str
    shadow: bool
    lists: Lists
    failed_score: Action
    failed_signal: Action
    thresholds: tuple[Threshold, ...]
    hold_generic: bool
    hold_points: float
    reject_points: float
    score_points: Mapping[str, ScorePoints]
    groups: tuple[Group, ...]
    rules: tuple[Rule, ...]
    audit_share: float = 0.0
    replies: Replies = Replies()
    group_of: Mapping[str, Group] = field(init=False, repr=False, compare=False)
    heads: tuple[str, ...] = field(init=False, repr=False, compare=False)
    """Scores this policy cannot do without."""

    def __post_init__(self) -> None:
        group_of = {signal: group for group in self.groups for signal in group.points}
        object.__setattr__(self, "group_of", group_of)
        used = [threshold.head for threshold in self.thresholds if not threshold.is_off]
        used += self.score_points
        used += [c.score for rule in self.rules for c in (*rule.all, *rule.any) if c.score]
        object.__setattr__(self, "heads", tuple(dict.fromkeys(used)))

    @property
    def budgets(self) -> Mapping[str, Budget]:
        """The budgets by score, in the order of the thresholds."""
        return {t.head: t.budget for t in self.thresholds if t.budget is not None}

    def hold(self, head: str) -> float | None:
        """Give the score from which a comment is held, or None."""
        return next((t.hold for t in self.thresholds if t.head == head), None)

    def discarding_from(self, found: float | None) -> Policy:
        """Give this policy with the spam score from which spam counts as blatant."""
        return replace(self, replies=replace(self.replies, discard_from=found))

    def rejecting_from(self, found: Mapping[str, float]) -> Policy:
        """
        Give this policy with thresholds in place of its budgets.

        Its version says them too: a decision must tell by which threshold it was made.

        Args:
            found: score -> threshold; by a budget without one, nothing is rejected.
        """
        thresholds = tuple(
            replace(t, reject=found.get(t.head)) if t.budget is not None else t
            for t in self.thresholds
        )
        told = "".join(f"+{head}={value:g}" for head, value in found.items())
        return replace(self, thresholds=thresholds, version=f"{self.version}{told}")


@dataclass(frozen=True, slots=True)
class PolicySet:
    """
    The policies of all sites, made once at the start.

    Attributes:
        version: the declared version, a hyphen, and 8 hex digits of the digest of all content.
        default: for every site without a table of its own.
        sites: site -> its policy.
    """

    version: str
    default: Policy
    sites: Mapping[str, Policy]

    def for_site(self, site: str) -> Policy:
        """Give the policy of a site; the default where it has none of its own."""
        return self.sites.get(site, self.default)

    @property
    def has_budgets(self) -> bool:
        """Whether any threshold of any policy is to be found by a budget."""
        return any(
            policy.budgets or policy.replies.discard
            for policy in (self.default, *self.sites.values())
        )
