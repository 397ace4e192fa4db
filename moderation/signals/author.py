"""
Signals of the author: what this site has seen of them, and how fast they post.

Judges by history alone, never by name or address.
"""

from __future__ import annotations

from datetime import timedelta

from moderation.signals.evidence import Evidence
from moderation.terms import Signal

__all__ = [
    "author_first_comment",
    "author_rejected_before",
    "author_trusted",
    "posting_fast",
]

TRUSTED_APPROVED = 5
"""Approved comments, with none rejected, before an author's record speaks for them."""

TRUSTED_AFTER = timedelta(days=1)
"""A record made within a day may be a spammer warming up."""

FAST_IN_A_MINUTE = 3
FAST_IN_TEN_MINUTES = 10
"""Earlier comments in that time; people in a heated exchange stay below."""


def author_first_comment(evidence: Evidence) -> Signal | None:
    """
    Is this author's first comment here.

    Hit: an author known by e-mail with nothing before. Near miss: one the site says nothing of.
    """
    history = evidence.history
    if not history.known or history.total:
        return None
    return Signal("AUTHOR_FIRST_COMMENT", 1.0, "Is this author's first comment here.")


def author_rejected_before(evidence: Evidence) -> Signal | None:
    """
    Comes from an author whose comments were rejected before.

    Hit: two of three rejected by a moderator. Near miss: three comments, all approved.
    """
    history = evidence.history
    if not history.rejected:
        return None
    by_person = min(history.rejected_by_person, history.rejected)
    # A moderator's verdict counts in full, a policy's own decision half: it may have been wrong.
    bad = by_person + 0.5 * (history.rejected - by_person)
    strength = bad / (bad + history.approved + 1)
    settled = history.approved + history.rejected
    detail = f"{history.rejected} of {settled}"
    if by_person:
        detail += f", {by_person} by a moderator"
    message = f"Comes from an author whose comments were rejected before ({detail})."
    return Signal("AUTHOR_REJECTED_BEFORE", round(strength, 3), message)


def author_trusted(evidence: Evidence) -> Signal | None:
    """
    Comes from an author with many approved comments and none rejected.

    Hit: thirty approved over a year. Near miss: thirty approved and one rejected.
    """
    history = evidence.history
    if history.rejected or history.approved < TRUSTED_APPROVED or history.held > history.approved:
        return None
    first = history.first_seen_at
    if first is None or evidence.comment.received_at - first < TRUSTED_AFTER:
        return None
    # Half of the trust at ten approved comments, nine tenths at ninety.
    strength = history.approved / (history.approved + 10)
    message = "Comes from an author with many approved comments and none rejected"
    return Signal("AUTHOR_TRUSTED", round(strength, 3), f"{message} ({history.approved}).")


def posting_fast(evidence: Evidence) -> Signal | None:
    """
    Comes from an author who is posting very fast.

    Hit: the fourth comment within a minute. Near miss: the third within five.
    """
    recent = evidence.history.recent
    if len(recent) < FAST_IN_A_MINUTE:
        return None
    now = evidence.comment.received_at
    # Clocks of two servers differ a little, so a comment may seem to come before an earlier one.
    ages = [abs((now - past.received_at).total_seconds()) for past in recent]
    minute = sum(age <= 60 for age in ages)
    ten_minutes = sum(age <= 600 for age in ages)
    if minute < FAST_IN_A_MINUTE and ten_minutes < FAST_IN_TEN_MINUTES:
        return None
    strength = min(1.0, max(minute / (3 * FAST_IN_A_MINUTE), ten_minutes / 30))
    message = "Comes from an author who is posting very fast"
    detail = f"{minute} before in a minute, {ten_minutes} in ten"
    return Signal("POSTING_FAST", round(strength, 3), f"{message} ({detail}).")
