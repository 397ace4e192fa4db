"""
The signal of a comment's language beside its article's.

Informs only: people do answer in their own language.
"""

from __future__ import annotations

from moderation.signals.evidence import Evidence, primary_language
from moderation.terms import Signal

__all__ = ["foreign_language"]


def foreign_language(evidence: Evidence) -> Signal | None:
    """
    Is written in another language than its article.

    Hit: a Russian comment under an article marked "en". Near miss: a comment of unknown language.
    """
    article = evidence.comment.article
    if article is None or not article.language or evidence.language == "unknown":
        return None
    expected = primary_language(article.language)
    if expected in ("", "unknown", evidence.language):
        return None
    message = f"Is written in another language than its article ({evidence.language}, {expected})."
    return Signal("FOREIGN_LANGUAGE", 1.0, message)
