"""
What follows from a decision, and what stands in for one: notices, the case's reason and priority,
how a settled comment would look in the queue.

Pure; decides nothing a policy decides.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from moderation.desk.drafts import NOTICES
from moderation.store import Audit
from moderation.terms import Action, Comment, Decision, Reason, Scores, Signal

__all__ = [
    "ARTICLE_TOPICS",
    "AUTHOR_VOUCHED",
    "CHECK_FAILED",
    "audit_of",
    "case_priority",
    "case_reason",
    "undecided",
    "vouched",
    "with_notice",
    "with_topics",
]

CHECK_FAILED = "CHECK_FAILED"
ARTICLE_TOPICS = "ARTICLE_TOPICS"
AUTHOR_VOUCHED = "AUTHOR_VOUCHED"


def undecided(model_version: str) -> Decision:
    """Give the decision for when the policy itself broke: a person looks."""
    reason = Reason(
        code=CHECK_FAILED,
        message="The comment could not be checked completely, so a person should look at it.",
        weight=1.0,
        action=Action.HOLD,
    )
    return Decision(Action.HOLD, Action.HOLD, (reason,), policy="", model=model_version)


def vouched(decision: Decision) -> Decision:
    """Approve because the site answers for the author; what was found is shown and asks nothing."""
    reason = Reason(
        code=AUTHOR_VOUCHED,
        message="The site answers for the author, so nothing was held against the comment.",
        weight=1.0,
        action=Action.APPROVE,
    )
    shown = tuple(replace(each, action=None) for each in decision.reasons)
    return replace(decision, action=Action.APPROVE, answer=Action.APPROVE, reasons=(reason, *shown))


def with_notice(decision: Decision, signals: Sequence[Signal]) -> Decision:
    """
    Say what was not checked, or checked with less right to be believed.

    Nothing of what a rule of the site said more about already.
    """
    said = {reason.code for reason in decision.reasons}
    reasons = tuple(
        Reason(code=signal.name, message=signal.message, weight=0.0)
        for signal in signals
        if signal.name in NOTICES and signal.name not in said
    )
    return replace(decision, reasons=(*decision.reasons, *reasons)) if reasons else decision


def with_topics(decision: Decision, comment: Comment) -> Decision:
    """
    Tell the moderator what the page is about, where nothing more is known of the article.

    Nothing is scored by it: what a handful of topics says of a comment, nobody has measured.
    """
    article = comment.article
    if not comment.topics or (article is not None and article.has_text):
        return decision
    message = f"The site says that its page is about: {', '.join(comment.topics)}."
    reason = Reason(code=ARTICLE_TOPICS, message=message, weight=0.0)
    return replace(decision, reasons=(*decision.reasons, reason))


def case_reason(decision: Decision) -> str:
    """Name the reason that weighs most among those that ask for something."""
    asking = (r.code for r in decision.reasons if r.action not in (None, Action.APPROVE))
    return next(asking, CHECK_FAILED)


def case_priority(decision: Decision) -> float:
    """Say how much a case matters, 0..1: as much as its weightiest reason."""
    return max((r.weight for r in decision.reasons if r.action is not None), default=0.5)


def audit_of(share: float, scores: Scores, fingerprint: int) -> Audit | None:
    """
    Say how a comment may be drawn for audit, and how its case then looks among held ones.

    Nothing of it tells what was decided, or the moderator would no longer judge but confirm: the
    reason is the score that speaks most against the comment, as of most held ones, and the priority
    lies anywhere among theirs, which reach up to one half.

    Args:
        share: 0..1, of all comments; 0 is None.
        fingerprint: of the text; as good as chance for the priority.
    """
    if not share:
        return None
    values = scores.values
    spam, toxicity, relevance = (values.get(head) for head in ("spam", "toxicity", "relevance"))
    suspicions = {
        "SPAM": spam or 0.0,
        "TOXICITY": toxicity or 0.0,
        "OFF_TOPIC": 0.0 if relevance is None else 1 - relevance,
    }
    reason = max(suspicions, key=suspicions.__getitem__)
    return Audit(share, reason, priority=0.5 * (fingerprint % 997) / 997)
