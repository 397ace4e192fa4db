"""
What the native API takes, as types: they validate every request and the API document shows them.

Shapes, and `comment_of`, which turns the one every comment comes in into the product's vocabulary.
Answers: `answers`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, JsonValue, StringConstraints

from moderation.terms import (
    Article,
    Author,
    Comment,
    Form,
    Scope,
    Status,
    VerdictAction,
    VerdictLabel,
)

__all__ = [
    "NOT_BLANK",
    "ArticleRequest",
    "AuthorPart",
    "CommentPart",
    "FormPart",
    "InlineArticle",
    "KeyRequest",
    "QueueQuery",
    "ScoreRequest",
    "VerdictRequest",
    "comment_of",
    "is_blank",
]

Name = Annotated[str, StringConstraints(max_length=500)]
Address = Annotated[str, StringConstraints(max_length=4000)]
Language = Annotated[str, StringConstraints(max_length=35)]
Cursor = Annotated[str, StringConstraints(max_length=1000, pattern=r"^[A-Za-z0-9_-]*$")]

# White space is spelled out beyond \s, which means other characters to JavaScript, to Rust (which
# validates) and to Python: so a text is blank here exactly when the API document says so.
NOT_BLANK = r"[^\s\u001c-\u001f\u0085\ufeff]"
"""What a text must have somewhere in it."""

Written = Annotated[str, StringConstraints(min_length=1, pattern=NOT_BLANK)]

_written = re.compile(NOT_BLANK)


def is_blank(text: str | None) -> bool:
    """Tell whether a text has nothing in it that can be read."""
    return text is None or _written.search(text) is None


def _whole(value: object) -> object:
    """Take 5.0 for 5, as JSON Schema does; anything else is left to the type."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _not_sent(value: object) -> object:
    """Take an empty value of a query for one that was not sent, as programs and forms mean it."""
    return None if value == "" else value


# The bounds stand inside, next to the type, where the API document can see them.
Version = Annotated[int, Field(ge=0, le=2**31 - 1), BeforeValidator(_whole)]
PerMinute = Annotated[int, Field(ge=0, le=10**9), BeforeValidator(_whole)]


class Sent(BaseModel):
    """A request body: exact types, and a field nobody knows is an error that names it."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, use_enum_values=False)


class AuthorPart(Sent):
    """Who wrote the comment, as far as the site knows. Used to recognise an author again."""

    id: Name | None = Field(None, description="The site's own id of the author; the best mark.")
    name: Name | None = None
    email: Name | None = None
    ip: Name | None = None
    url: Address | None = None
    user_agent: Address | None = None


class FormPart(Sent):
    """What the comment form observed; it can replace a captcha."""

    honeypot: Address | None = Field(
        None, description="Content of the field that people cannot see; anything in it is a bot's."
    )
    token: Address | None = Field(None, description="The token of `POST /v1/form-token`.")
    seconds: float | None = Field(
        None,
        ge=0,
        le=1e9,
        allow_inf_nan=False,
        description="Seconds the form was open, when the site measured it without a token.",
    )


class CommentPart(Sent):
    """One reader's comment."""

    text: Written = Field(
        description="As the reader wrote it; spans in answers point into it.",
        examples=["My street was closed for a year, and the shops went one by one."],
    )
    author: AuthorPart | None = None
    parent_id: Name | None = Field(None, description="Id of the comment this one answers.")
    parent_text: str | None = Field(None, description="Text of the comment this one answers.")
    permalink: Address | None = None
    language: Language | None = Field(None, description="BCP 47 tag; detected when not sent.")
    form: FormPart | None = None


class InlineArticle(Sent):
    """
    The article a comment stands under.

    Its text can come along, or `id` or `url` name an article sent before. Text that comes along
    wins over what is stored.
    """

    id: Name | None = None
    url: Address | None = None
    title: str | None = None
    body: str | None = Field(None, description="Plain text or HTML.")
    language: Language | None = None


class ScoreRequest(Sent):
    """One comment and the article it stands under."""

    comment: CommentPart
    article: InlineArticle | None = None


def comment_of(
    sent: ScoreRequest,
    *,
    site: str,
    received_at: datetime,
    read_form: Callable[[Form], Form],
    article: Article | None = None,
) -> Comment:
    """
    Give a comment as sent in the product's vocabulary.

    Args:
        received_at: aware UTC.
        read_form: gives the form with what its token says; called only when a form came along.
        article: stands in where none came along.
    """
    part, form = sent.comment, sent.comment.form
    return Comment(
        text=part.text,
        received_at=received_at,
        author=Author(**part.author.__dict__) if part.author else Author(),
        article=Article(**sent.article.__dict__) if sent.article else article,
        site=site,
        parent_id=part.parent_id,
        parent_text=part.parent_text,
        permalink=part.permalink,
        language=part.language,
        form=read_form(Form(form.honeypot, form.token, form.seconds)) if form else None,
    )


_HAS_TEXT: list[JsonValue] = [
    {"required": [name], "properties": {name: {"type": "string", "pattern": NOT_BLANK}}}
    for name in ("title", "body")
]


class ArticleRequest(Sent):
    """An article to remember. It needs a title or a body."""

    model_config = ConfigDict(json_schema_extra={"anyOf": _HAS_TEXT})

    title: str | None = None
    body: str | None = Field(None, description="Plain text or HTML.")
    url: Address | None = Field(None, description="Permalink; comments can name the article by it.")
    language: Language | None = None


class VerdictRequest(Sent):
    """A moderator's verdict."""

    action: VerdictAction
    labels: list[VerdictLabel] = Field(default=[], max_length=len(VerdictLabel))
    version: Version | None = Field(
        None,
        description="The case's version the moderator saw; a stale one is answered 409.",
    )
    note: Annotated[str, StringConstraints(max_length=2000)] | None = None


class KeyRequest(Sent):
    """A key to make."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=NOT_BLANK)]
    scopes: list[Scope] = Field(min_length=1, max_length=len(Scope))
    key: Annotated[str, StringConstraints(pattern=r"^[!-~]{8,200}$")] | None = Field(
        None,
        description="Taken as it is, for clients that fix the form of their key; else one is made.",
    )
    site: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,100}$")] = Field(
        "default", description="Comments sent with this key belong to this site."
    )
    per_minute: PerMinute | None = Field(
        None, description="Requests allowed in a minute; 0 is without limit."
    )


class QueueQuery(BaseModel):
    """Which part of the queue to list, and in which order."""

    # Everything in a query is text, so numbers are read from it here and only here.
    model_config = ConfigDict(extra="forbid", frozen=True)

    status: Status = Field(
        Status.HELD, description="`held` lists open cases; the others settled ones, as they stand."
    )
    reason: Annotated[Name | None, BeforeValidator(_not_sent)] = Field(
        None, description="Only cases opened for this reason."
    )
    article: Annotated[Address | None, BeforeValidator(_not_sent)] = Field(
        None, description="Only under this article: its id or url."
    )
    order: Literal["priority", "oldest", "newest", "likely_to_reject"] = Field(
        "priority", description="`likely_to_reject`, by that score, is for `held` only."
    )
    limit: int = Field(50, ge=1, le=200)
    cursor: Annotated[Cursor | None, BeforeValidator(_not_sent)] = Field(
        None, description="`next` of the page before, in the same order."
    )
