"""
Reasons in words: what a score, a sum of points or a failed check says to a moderator.

Sentences only; decides nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

from moderation.policy.points import Share
from moderation.policy.policy import Policy
from moderation.terms import Action

__all__ = ["could_not_be_checked", "of_low_score", "of_score", "of_score_points", "of_sum"]

_HIGH = {
    "spam": "Reads like spam",
    "toxicity": "Reads as an insult or an attack",
    "insult": "Reads as an insult",
    "threat": "Reads as a threat",
    "identity_attack": "Reads as an attack on a group of people",
    "profanity": "Swears",
    "sexual": "Is obscene",
    "likely_to_reject": "Is what moderators here tend to reject",
}
_LOW = {
    "OFF_TOPIC": "Seems to have nothing to do with the article",
    "GENERIC": "Is thin praise or assent that fits any article",
    "LOW_SUBSTANCE": "Has little to say",
}
_ABOUT = {
    "OFF_TOPIC": "likely to be about it",
    "GENERIC": "likely to be about this one",
    "LOW_SUBSTANCE": "likely to hold a thought",
}
_CHECKS = {
    "spam": "Spam",
    "toxicity": "Toxicity",
    "relevance": "Relevance to the article",
    "substance": "Substance",
    "likely_to_reject": "What moderators here would do",
}


def of_score(head: str, value: float, note: str | None) -> str:
    """Say that a score is high: "Reads like spam (97 %)."."""
    what = _HIGH.get(head, f"Scores high for {head.replace('_', ' ')}")
    return _with_note(f"{what} ({_percent(value)}).", note)


def of_score_points(head: str, value: float, note: str | None) -> str:
    """Say that a score counts though it stays below its threshold."""
    what = _HIGH.get(head, f"Scores for {head.replace('_', ' ')}")
    return _with_note(f"{what} to some degree ({_percent(value)}).", note)


def of_low_score(code: str, value: float, note: str | None) -> str:
    """Say that a score is low, with what it is the probability of."""
    return _with_note(f"{_LOW[code]} ({_percent(value)} {_ABOUT[code]}).", note)


def of_sum(policy: Policy, action: Action, points: float, shares: Sequence[Share]) -> str:
    """Say what the points come to, and from where."""
    enough = policy.reject_points if action is Action.REJECT else policy.hold_points
    counted = [
        share
        for share in shares
        if share.points > 0 or (share.points < 0 and action is Action.HOLD)
    ]
    counted.sort(key=lambda share: (-share.points, share.name))
    parts = ", ".join(f"{share.name} {share.points:.1f}" for share in counted)
    return (
        f"Taken together the signs weigh {points:.1f} points, and {enough:g} are enough to"
        f" {action.value}: {parts}."
    )


def could_not_be_checked(name: str) -> str:
    """Say that a check did not work, without a word on what it might have found."""
    return f"{_CHECKS.get(name, name)} could not be checked."


def _percent(value: float) -> str:
    """Give a probability as a whole percentage, never quite 0 or 100: a model is never certain."""
    percent = round(100 * value)
    if percent < 1:
        return "under 1 %"
    return "over 99 %" if percent > 99 else f"{percent} %"


def _with_note(sentence: str, note: str | None) -> str:
    return f"{sentence} {note}" if note else sentence
