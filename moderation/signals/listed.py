"""
Signals of words: the site's own lists first, then the lists shipped per language.

Finds words; says nothing of what a site should do about them.
"""

from __future__ import annotations

from functools import lru_cache

from moderation.signals.evidence import Evidence, listed, spans_of
from moderation.signals.tokens import split_words
from moderation.signals.wordlists import Match, own_list, shipped_list
from moderation.terms import Signal
from moderation.text import normalise

__all__ = ["blocked_word", "profanity", "spam_phrase", "watched_word"]


def blocked_word(evidence: Evidence) -> Signal | None:
    """
    Uses a word this site blocks.

    Hit: "Buy Rolexx here", with "rolexx" on the site's list. Near miss: "rolexxes".
    """
    entries = evidence.lists.blocked_words
    matches = own_list(entries).find(evidence) if entries else None
    return _signal("BLOCKED_WORD", 1.0, "Uses a word this site blocks", matches)


def watched_word(evidence: Evidence) -> Signal | None:
    """
    Uses a word this site wants a person to look at.

    Hit: "Ask the editor", with "editor" on the site's list. Near miss: "editorial".
    """
    entries = evidence.lists.watched_words
    matches = own_list(entries).find(evidence) if entries else None
    message = "Uses a word this site wants a person to look at"
    return _signal("WATCHED_WORD", 1.0, message, matches)


def profanity(evidence: Evidence) -> Signal | None:
    """
    Contains a swear word or an insult.

    Hit: "What an asshole". Near miss: "An assessment of the class in Scunthorpe".
    """
    matches = _shipped("profanity", evidence)
    # One swear word is often mere temper; three or more are an attack or a rant.
    strength = min(1.0, 0.4 + 0.2 * len(matches))
    return _signal("PROFANITY", strength, "Contains a swear word or an insult", matches)


def spam_phrase(evidence: Evidence) -> Signal | None:
    """
    Uses a phrase typical of advertising.

    Hit: "Make money online from home". Near miss: "The banks make money from our homes".
    """
    matches = _shipped("spam", evidence)
    strength = min(1.0, 0.3 + 0.3 * len({match.entry for match in matches}))
    return _signal("SPAM_PHRASE", strength, "Uses a phrase typical of advertising", matches)


def _shipped(kind: str, evidence: Evidence) -> list[Match]:
    matches = shipped_list(kind, evidence.language).find(evidence)
    if matches and evidence.lists.allowed_words:
        allowed = _allowed(evidence.lists.allowed_words)
        matches = [
            match
            for match in matches
            # What stands there, not the entry, decides: a hashed entry has no spelling of its own.
            if match.entry not in allowed
            and _joined(evidence.text.raw[match.span.start : match.span.end]) not in allowed
        ]
    return matches


@lru_cache(maxsize=256)
def _allowed(words: frozenset[str]) -> frozenset[str]:
    return frozenset(map(_joined, words))


def _joined(word: str) -> str:
    folded = normalise(word).folded
    return " ".join(split_words(folded)) or folded


def _signal(name: str, strength: float, message: str, matches: list[Match] | None) -> Signal | None:
    if not matches:
        return None
    shown = [match.entry for match in matches if match.entry]
    detail = f": {listed(shown)}" if shown else ""
    return Signal(name, strength, f"{message}{detail}.", spans_of([m.span for m in matches]))
