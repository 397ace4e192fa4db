"""
Signals of the same text again: from its author before, or from anyone in the last days.

Compares fingerprints the store kept; never sees the other texts.
"""

from __future__ import annotations

from moderation.signals.evidence import Evidence
from moderation.terms import PastComment, Signal, Status
from moderation.text import NEAR_BITS, hamming

__all__ = ["exact_repeat", "near_repeat", "repeat_rejected"]

LONG_ENOUGH_WORDS = 5
"""“Well said” or “Thank you” comes from many people; only longer texts repeated mean something."""

NEAR_WORDS = 8
"""Texts shorter than this differ in too few words for their simhash to say they are alike."""


def exact_repeat(evidence: Evidence) -> Signal | None:
    """
    Says what was said before, word for word.

    Hit: the author's third posting of one text. Near miss: a second reader's "Well said!".
    """
    own = len(_own_exact(evidence))
    others = max(0, evidence.repeats.exact - own)
    if not own and not others:
        return None
    if not _says_something(evidence):
        # A short text counts only when one author keeps sending it.
        if own < 3:
            return None
        others = 0
    strength = min(1.0, 0.3 + 0.15 * own + 0.1 * others)
    detail = _who(own, others)
    return Signal("EXACT_REPEAT", strength, f"Says what was said before, word for word ({detail}).")


def near_repeat(evidence: Evidence) -> Signal | None:
    """
    Says nearly what was said before.

    Hit: an advertisement with one name changed. Near miss: two opinions on one article.
    """
    if len(evidence.words) < NEAR_WORDS:
        return None
    own = sum(
        1
        for past in evidence.history.recent
        if past.fingerprint != evidence.fingerprint
        and hamming(past.simhash, evidence.simhash) <= NEAR_BITS
    )
    others = max(0, evidence.repeats.near - own)
    if not own and not others:
        return None
    strength = min(1.0, 0.2 + 0.15 * own + 0.1 * others)
    return Signal(
        "NEAR_REPEAT", strength, f"Says nearly what was said before ({_who(own, others)})."
    )


def repeat_rejected(evidence: Evidence) -> Signal | None:
    """
    Repeats a text that was rejected before.

    Hit: an advertisement a moderator rejected before. Near miss: a repeat of an approved text.
    """
    if not _says_something(evidence):
        return None
    own = [past for past in _own_exact(evidence) if past.status is Status.REJECTED]
    repeats = evidence.repeats
    if not own and not repeats.rejected:
        return None
    by_person = any(past.settled_by_person for past in own)
    seen = max(1, repeats.exact + repeats.near)
    strength = max(
        min(1.0, repeats.rejected / seen) * 0.9,
        1.0 if by_person else 0.7 if own else 0.0,
    )
    return Signal("REPEAT_REJECTED", round(strength, 3), "Repeats a text that was rejected before.")


def _own_exact(evidence: Evidence) -> list[PastComment]:
    return [p for p in evidence.history.recent if p.fingerprint == evidence.fingerprint]


def _says_something(evidence: Evidence) -> bool:
    """Whether the text is too particular for two people to write it by chance."""
    if len(evidence.words) >= LONG_ENOUGH_WORDS or evidence.links or evidence.contacts:
        return True
    # Scripts without spaces have few words; a thought takes about a dozen characters there.
    return sum(map(len, evidence.words)) >= 4 * LONG_ENOUGH_WORDS


def _who(own: int, others: int) -> str:
    parts = []
    if own:
        parts.append(f"{own} time{'s' * (own > 1)} by this author")
    if others:
        parts.append(f"{others} time{'s' * (others > 1)} by others")
    return ", ".join(parts)
