"""
What a client that knows only "spam or not" is told of a decision. Pure.

Decides nothing: the decision is made, and stays as it is.
"""

from __future__ import annotations

from dataclasses import dataclass

from moderation.policy.policy import Policy, Told
from moderation.terms import Action, Decision, Scores

__all__ = ["Reply", "reply"]


@dataclass(frozen=True, slots=True)
class Reply:
    """
    What such a client is told.

    Attributes:
        spam: whether the comment is called spam.
        discard: whether it is so blatant that the client may throw it away unseen.
    """

    spam: bool
    discard: bool = False


def reply(policy: Policy, decision: Decision, scores: Scores) -> Reply:
    """
    Turn a decision into spam or not; in shadow mode nothing is spam.

    Args:
        policy: of the comment's site, with thresholds found for its budgets.
    """
    told = {Action.REJECT: policy.replies.reject, Action.HOLD: policy.replies.hold}
    how = told.get(decision.answer, Told.HAM)
    spam = how is Told.SPAM or (how is Told.REASON and _spam_asks(policy, decision))
    least, value = policy.replies.discard_from, scores.values.get("spam")
    blatant = least is not None and value is not None and value >= least
    return Reply(spam, discard=spam and blatant and decision.answer is Action.REJECT)


def _spam_asks(policy: Policy, decision: Decision) -> bool:
    """Whether a reason that means spam asks for as much as was decided."""
    return any(
        reason.action is decision.answer and reason.code in policy.replies.spam_reasons
        for reason in decision.reasons
    )
