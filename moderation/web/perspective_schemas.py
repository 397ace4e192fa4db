"""
What Perspective takes, as types: every documented field, read as leniently as Google reads JSON.

Shapes, and what comment and context mean in the product's vocabulary; scores are `perspective`'s.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

import orjson
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from pydantic.alias_generators import to_camel

from moderation.terms import Article
from moderation.web.perspective_errors import Refusal, unfit
from moderation.web.schemas import is_blank

__all__ = [
    "MOST_TEXT_BYTES",
    "AnalyzeRequest",
    "AttributeParameters",
    "SuggestRequest",
    "Surroundings",
    "comment_text",
    "read_context",
    "read_message",
]

MOST_TEXT_BYTES = 20_480
"""Perspective's own limit, in UTF-8; clients cut their texts to it."""

_COMMENT_ID = re.compile(r"([?&])commentID=[^&#]*&?")
_LONGEST_NOTE = 10_000
_LONGEST_URL = 4000

Finite = Annotated[float, Field(allow_inf_nan=False)]


class Message(BaseModel):
    """
    One message: names in camelCase or snake_case, null for a field that was not sent.

    A name nobody knows is an error, as it is at Google.
    """

    model_config = ConfigDict(
        alias_generator=to_camel, populate_by_name=True, extra="forbid", frozen=True
    )


class TextEntry(Message):
    """A text; `type` is PLAIN_TEXT unless it says HTML."""

    text: str | None = None
    type: str | None = None


class ArticleAndParent(Message):
    """The article a comment stands under, and the comment it answers."""

    article: TextEntry | None = None
    parent_comment: TextEntry | None = None


class Context(Message):
    """What surrounds the comment; one of the two."""

    entries: list[TextEntry] | None = None
    article_and_parent_comment: ArticleAndParent | None = None


class AttributeParameters(Message):
    """How one attribute is asked for."""

    score_type: str | None = None
    score_threshold: Finite | None = None


class AnalyzeRequest(Message):
    """``comments:analyze``."""

    comment: TextEntry | None = None
    context: Context | None = None
    requested_attributes: dict[str, AttributeParameters | None] | None = None
    languages: list[str] | None = None
    do_not_store: bool | None = None
    client_token: str | None = None
    session_id: str | None = None
    community_id: str | None = None
    span_annotations: bool | None = None
    drop_unsupported_attributes: bool | None = None


class Score(Message):
    """One score as a person gives it."""

    value: Finite | None = None
    type: str | None = None


class SpanScore(Message):
    """A score of a stretch of the text, in UTF-16 code units."""

    begin: int | None = None
    end: int | None = None
    score: Score | None = None


class AttributeScores(Message):
    """What a person says of one attribute."""

    summary_score: Score | None = None
    span_scores: list[SpanScore] | None = None


class SuggestRequest(Message):
    """``comments:suggestscore``."""

    comment: TextEntry | None = None
    context: Context | None = None
    attribute_scores: dict[str, AttributeScores | None] | None = None
    languages: list[str] | None = None
    community_id: str | None = None
    client_token: str | None = None
    session_id: str | None = None


M = TypeVar("M", bound=Message)

_ADAPTERS: dict[type[Message], TypeAdapter[Any]] = {
    kind: TypeAdapter(kind) for kind in (AnalyzeRequest, SuggestRequest)
}


def read_message(kind: type[M], raw: bytes) -> M:
    """
    Read a body, whatever its content type says; an empty one is an empty message.

    Raises:
        Unfit: it is not JSON in UTF-8, or does not fit.
    """
    try:
        message: M = _ADAPTERS[kind].validate_json(raw if raw.strip() else b"{}")
    except ValidationError as error:
        raise unfit(error) from None
    return message


def comment_text(sent: TextEntry | None) -> str:
    """
    Give the text to judge.

    Raises:
        Refusal: it is missing, blank, too long, or said to be HTML.
    """
    text = sent.text if sent is not None else None
    if sent is None or text is None or is_blank(text):
        raise Refusal("Comment must be non-empty.", kind="COMMENT_EMPTY")
    if len(text.encode()) > MOST_TEXT_BYTES:
        raise Refusal("Comment text too long.", kind="COMMENT_TOO_LONG")
    if _is_html(sent):
        raise Refusal("Currently, only 'PLAIN_TEXT' comments are supported")
    return text


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the context says of a comment: the article it stands under, the comment it answers."""

    article: Article | None = None
    parent_text: str | None = None


def read_context(sent: Context | None) -> Surroundings:
    """
    Give what stands around a comment.

    Entries are no article and no parent, so they are not read as prose. One that is a note for
    programs, as Coral's is, can name the page the comment stands on.

    Raises:
        Refusal: both kinds of context came, or a text of an unknown type.
    """
    if sent is None:
        return Surroundings()
    entries, both = sent.entries or [], sent.article_and_parent_comment
    if entries and both is not None:
        raise Refusal(
            "Context can have either entries or article_and_parent_comment, but both fields were "
            "populated."
        )
    around = [both.article, both.parent_comment] if both is not None else []
    for entry in (*entries, *around):
        if entry is not None:
            _is_html(entry)
    if both is None:
        urls = (url for entry in entries if (url := _noted_url(entry)) is not None)
        url = next(urls, None)
        return Surroundings(Article(url=url) if url else None)
    article, parent = (
        None if entry is None or is_blank(entry.text) else entry.text for entry in around
    )
    return Surroundings(Article(body=article) if article is not None else None, parent)


def _is_html(entry: TextEntry) -> bool:
    """
    Tell whether a text is said to be HTML, which an article may be.

    Raises:
        Refusal: its type is unknown.
    """
    if entry.type in (None, "PLAIN_TEXT", "TEXT_TYPE_UNSPECIFIED"):
        return False
    if entry.type == "HTML":
        return True
    raise Refusal("Unknown text type")


def _noted_url(entry: TextEntry) -> str | None:
    """Give the address in an entry that is a JSON object with a `url`."""
    text = (entry.text or "").strip()
    if not text.startswith("{") or len(text) > _LONGEST_NOTE:
        return None
    try:
        note = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    url = note.get("url") if isinstance(note, dict) else None
    if not isinstance(url, str) or not 0 < len(url) <= _LONGEST_URL:
        return None
    # Coral names the comment in the page's address, which makes it another page for each comment.
    return _COMMENT_ID.sub(r"\1", url).rstrip("?&")
