"""
``comments:suggestscore``: what a site's moderators say of a comment, as a label of ours.

Turns scores given by people into labels; the desk finds the comment and weighs the report.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from moderation.desk.feedback import Feedback, take_feedback
from moderation.terms import Comment, Key, VerdictAction, VerdictLabel
from moderation.text import detect_language, normalise
from moderation.web.perspective_attributes import find_attribute
from moderation.web.perspective_errors import Refusal
from moderation.web.perspective_languages import name_language
from moderation.web.perspective_schemas import (
    AttributeScores,
    SuggestRequest,
    comment_text,
    read_context,
    read_message,
)
from moderation.web.rooms import Rooms

__all__ = ["suggest_score"]


@dataclass(frozen=True, slots=True)
class _Meaning:
    """
    What an attribute teaches.

    Attributes:
        yes: label when a person says that it is so.
        no: label when a person says that it is not; None where that says nothing we learn: what is
            no threat may still be toxic.
    """

    yes: VerdictLabel
    no: VerdictLabel | None = None


_TOXIC = _Meaning(VerdictLabel.TOXIC)

_MEANINGS: Mapping[str, _Meaning] = {
    "TOXICITY": _Meaning(VerdictLabel.TOXIC, VerdictLabel.NOT_TOXIC),
    "SEVERE_TOXICITY": _TOXIC,
    "INSULT": _TOXIC,
    "THREAT": _TOXIC,
    "PROFANITY": _TOXIC,
    "IDENTITY_ATTACK": _TOXIC,
    "SEXUALLY_EXPLICIT": _TOXIC,
    "SPAM": _Meaning(VerdictLabel.SPAM, VerdictLabel.NOT_SPAM),
    "OFF_TOPIC": _Meaning(VerdictLabel.OFF_TOPIC),
    "UNSUBSTANTIAL": _Meaning(VerdictLabel.LOW_SUBSTANCE),
}

_DECIDES = "LIKELY_TO_REJECT"
# Says what was done with the comment and not why.

_SO = 0.5
# From here on a person says that it is so; clients send 0 or 1.


def suggest_score(rooms: Rooms, key: Key, raw: bytes) -> dict[str, Any]:
    """
    Answer ``comments:suggestscore``.

    Raises:
        Refusal, Unfit: in Perspective's own words.
        InputError, NotFound, StoreError: as `take_feedback`.
    """
    sent = read_message(SuggestRequest, raw)
    text = comment_text(sent.comment)
    said = _said(sent.attribute_scores or {})
    around = read_context(sent.context)
    if said is not None:
        action, labels = said
        comment = Comment(
            text=text,
            received_at=rooms.now(),
            site=key.site,
            article=around.article,
            parent_text=around.parent_text,
        )
        take_feedback(rooms.desk, rooms.store, Feedback(comment, action, labels), key=key)
    answer: dict[str, Any] = {
        "detectedLanguages": [name_language(text, detect_language(normalise(text)))],
        "requestedLanguages": sent.languages or [],
    }
    if sent.client_token is not None:
        answer["clientToken"] = sent.client_token
    return answer


def _said(
    scores: Mapping[str, AttributeScores | None],
) -> tuple[VerdictAction, tuple[VerdictLabel, ...]] | None:
    """
    Give what was said as a verdict's action and labels; None when nothing of it can be learned.

    Raises:
        Refusal: nothing was said, or of something that there is not.
    """
    if not scores:
        raise Refusal("Missing attribute_scores")
    labels: list[VerdictLabel] = []
    is_bad, is_good, approved = False, False, False
    for name, given in scores.items():
        find_attribute(name)
        so = _value(name, given) >= _SO
        plain = name.partition("@")[0].removesuffix("_EXPERIMENTAL")
        if plain == _DECIDES:
            is_bad, approved = is_bad or so, approved or not so
            labels += [VerdictLabel.OTHER] if so else []
        elif (meaning := _MEANINGS.get(plain)) is not None:
            label = meaning.yes if so else meaning.no
            is_bad, is_good = is_bad or so, is_good or (not so and label is not None)
            labels += [label] if label is not None else []
    if is_bad:
        return VerdictAction.REJECT, tuple(labels)
    if approved:
        # Whoever lets a comment stand says more than that it is not toxic, or not spam.
        return VerdictAction.APPROVE, ()
    return (VerdictAction.APPROVE, tuple(labels)) if is_good else None


def _value(name: str, given: AttributeScores | None) -> float:
    """Give one number for an attribute: of the whole, else the largest of the stretches'."""
    summary = given.summary_score.value if given is not None and given.summary_score else None
    spans = (given.span_scores or []) if given is not None else []
    values = [span.score.value for span in spans if span.score is not None]
    known = [summary] if summary is not None else [value for value in values if value is not None]
    if not known:
        raise Refusal(f"Attribute {name[:100]} has no score")
    if not all(0 <= value <= 1 for value in known):
        raise Refusal(f"Attribute {name[:100]} has a score that is not between 0 and 1")
    return max(known)
