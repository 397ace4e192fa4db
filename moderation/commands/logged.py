"""
Reads what a site logged of a comment: its text, what another service said, what the site decided.

Knows one line of JSON at a time; scores nothing and opens no file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from moderation.errors import InputError

__all__ = ["AKISMET", "Logged", "read_logged"]

AKISMET = "akismet"
"""The name under which Akismet's answer is compared, beside Perspective's attributes."""

_KNOWN = {"text", "article", "perspective", AKISMET, "decision", "published"}
_ARTICLE = {"id", "url", "title", "body", "language"}
_BAD = {"approve": False, "hold": True, "reject": True}


@dataclass(frozen=True, slots=True)
class Logged:
    """
    One logged comment.

    Attributes:
        article: as in a request of the API, or None.
        scores: attribute -> 0..1 as the other service gave it; Akismet's answer as 0 or 1.
        kept_off: whether the site held or rejected it; None when it did not log that.
        ignored: names of fields that mean nothing here.
    """

    text: str
    article: Mapping[str, Any] | None
    scores: Mapping[str, float]
    kept_off: bool | None
    ignored: frozenset[str] = field(default=frozenset())


def read_logged(raw: bytes) -> Logged:
    """
    Read one line.

    Raises:
        InputError: it is no JSON object, or a field is missing or wrong; `field` names it.
    """
    try:
        row = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise InputError(f"is not JSON: {error}", field="line") from None
    if not isinstance(row, dict):
        raise InputError("must be a JSON object", field="line")
    text = row.get("text")
    if not isinstance(text, str) or not text.strip():
        raise InputError("must be text that is not empty", field="text")
    scores = _perspective(row.get("perspective"))
    if (spam := _flag(row, AKISMET)) is not None:
        scores[AKISMET] = float(spam)
    return Logged(
        text=text,
        article=_article(row.get("article")),
        scores=scores,
        kept_off=_kept_off(row),
        ignored=frozenset(row) - _KNOWN,
    )


def _article(value: object) -> Mapping[str, Any] | None:
    if value is None:
        return None
    if not isinstance(value, dict):
        raise InputError("must be an object with title and body", field="article")
    for name, part in value.items():
        if part is not None and not isinstance(part, str):
            raise InputError("must be text", field=f"article.{name}")
    return {name: part for name, part in value.items() if name in _ARTICLE}


def _perspective(value: object) -> dict[str, float]:
    """Read ``{"TOXICITY": 0.8}``, or a whole answer of the Perspective API."""
    if value is None:
        return {}
    if isinstance(value, dict) and "attributeScores" in value:
        value = value["attributeScores"]
    if not isinstance(value, dict):
        raise InputError("must be an object of attributes", field="perspective")
    return {str(name): _number(name, given) for name, given in value.items()}


def _number(name: str, given: Any) -> float:
    if isinstance(given, dict):
        spans = given.get("spanScores") or [{}]
        summary = given.get("summaryScore") or spans[0].get("score", {})
        given = summary.get("value") if isinstance(summary, dict) else None
    # The comparison is false for not-a-number too.
    if isinstance(given, bool) or not isinstance(given, int | float) or not 0 <= given <= 1:
        raise InputError("must be a number from 0 to 1", field=f"perspective.{name}")
    return float(given)


def _flag(row: Mapping[str, object], name: str) -> bool | None:
    value = row.get(name)
    if isinstance(value, str) and value.lower() in ("true", "false"):
        # Akismet's answer is a word, and many log it as it came.
        return value.lower() == "true"
    if value is not None and not isinstance(value, bool):
        raise InputError("must be true or false", field=name)
    return value


def _kept_off(row: Mapping[str, object]) -> bool | None:
    published, decision = _flag(row, "published"), row.get("decision")
    if decision is None:
        return None if published is None else not published
    if not isinstance(decision, str) or decision not in _BAD:
        raise InputError(f"must be one of {', '.join(_BAD)}", field="decision")
    if published is not None and published is _BAD[decision]:
        raise InputError("says the opposite of published", field="decision")
    return _BAD[decision]
