"""
What the pages say in words: ages, counts, codes, languages, labels.

Pure; no HTML and no request.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from moderation.desk.disguise import Disguise
from moderation.terms import HEADS, TOXIC_KINDS, RelevanceKind, Scores, VerdictLabel

__all__ = [
    "CHOICES",
    "FILTERS",
    "age",
    "code_words",
    "excerpt",
    "foreign_scripts",
    "language_name",
    "percent",
    "score_rows",
]

CHOICES: Final = (
    (VerdictLabel.SPAM, "spam"),
    (VerdictLabel.TOXIC, "toxic"),
    (VerdictLabel.OFF_TOPIC, "off topic"),
    (VerdictLabel.GENERIC, "generic"),
    (VerdictLabel.LOW_SUBSTANCE, "low substance"),
    (VerdictLabel.OTHER, "other"),
)
"""The labels a moderator can tick, in the order of their digits."""

_LANGUAGES = {
    "ar": "Arabic",
    "cs": "Czech",
    "de": "German",
    "el": "Greek",
    "en": "English",
    "es": "Spanish",
    "fa": "Persian",
    "fr": "French",
    "he": "Hebrew",
    "hi": "Hindi",
    "id": "Indonesian",
    "it": "Italian",
    "ja": "Japanese",
    "ko": "Korean",
    "nl": "Dutch",
    "pl": "Polish",
    "pt": "Portuguese",
    "ro": "Romanian",
    "ru": "Russian",
    "sv": "Swedish",
    "tr": "Turkish",
    "uk": "Ukrainian",
    "ur": "Urdu",
    "vi": "Vietnamese",
    "zh": "Chinese",
    "unknown": "language unknown",
}

_SMALLEST_SHOWN = 0.005

_NOT_ALWAYS = (*TOXIC_KINDS, "likely_to_reject")
# Scores that some models do not offer.


def age(moment: datetime, now: datetime) -> str:
    """Give how long ago something was, in at most two units: ``2 h 5 min``, ``3 days``."""
    minutes = int((now - moment) / timedelta(minutes=1))
    if minutes < 1:
        return "less than a minute"
    if minutes < 60:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 24:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    days = hours // 24
    return "1 day" if days == 1 else f"{days} days"


def code_words(code: str) -> str:
    """Give a reason code or label as words: ``OFF_TOPIC`` is ``Off topic``."""
    return code.replace("_", " ").strip().capitalize()


def language_name(code: str) -> str:
    """Give the English name of a language code, or the code itself."""
    return _LANGUAGES.get(code, code)


def excerpt(text: str, length: int = 160) -> str:
    """Cut a text at a word's end so that it has at most about `length` characters."""
    flat = " ".join(text[: length * 4].split())
    if len(flat) <= length:
        return flat
    cut = flat[:length].rsplit(" ", 1)[0]
    # A text without spaces, as in Chinese, has no word's end to cut at.
    return (cut if len(cut) > length // 2 else flat[:length]) + "…"


def percent(value: float) -> str:
    """Give a probability as a whole percentage that never claims certainty."""
    if value < _SMALLEST_SHOWN:
        return "< 1%"
    return "> 99%" if value >= 1 - _SMALLEST_SHOWN else f"{value:.0%}"


def score_rows(scores: Scores) -> list[dict[str, object]]:
    """
    Give one row for each score: name, value, words, and whether it speaks against the comment.

    A high spam or toxicity score is a concern, a low relevance or substance score likewise.
    """
    names = [
        name
        for name in (*HEADS, *(name for name in scores.values if name not in HEADS))
        # What the model does not offer is nobody's business here.
        if name in scores.failed or not (name in _NOT_ALWAYS and scores.values.get(name) is None)
    ]
    rows: list[dict[str, object]] = []
    for name in names:
        value = scores.values.get(name)
        low_is_bad = name in {"relevance", "substance"}
        concern = value is not None and (1 - value if low_is_bad else value) >= 0.5
        if value is not None:
            said = percent(value)
        else:
            said = "not checked" if name in scores.failed else "nothing to judge by"
        rows.append(
            {
                "name": code_words(name),
                "value": value,
                "said": said,
                "concern": concern,
                "failed": name in scores.failed,
                "word": _score_word(name, scores.relevance_kind, concern, low_is_bad),
            }
        )
    return rows


def foreign_scripts(disguise: Disguise) -> str:
    """Name the scripts whose letters stand in for those read there: ``Cyrillic and Greek``."""
    odd = {c for c in disguise.written.casefold() if c.isalpha() and not c.isascii()}
    names = {unicodedata.name(c, "").split(" ")[0] for c in odd - set(disguise.read_as)}
    return " and ".join(sorted(name.capitalize() for name in names if name))


def _score_word(
    name: str, kind: RelevanceKind | None, concern: bool, low_is_bad: bool
) -> str | None:
    if name == "relevance" and kind:
        return code_words(kind).lower()
    # Said in words as well, since the bar says it by its colour.
    return ("low" if low_is_bad else "high") if concern else None


FILTERS: Final[dict[str, Callable[..., object]]] = {
    "age": age,
    "code_words": code_words,
    "excerpt": excerpt,
    "foreign_scripts": foreign_scripts,
    "language_name": language_name,
    "score_rows": score_rows,
}
"""The functions templates may use as filters."""
