"""
Takes labelled comments in: one line is one comment with what people decided about it.

Reads a line, receives its comment through the desk, settles it; prints nothing.
"""

from __future__ import annotations

from datetime import datetime
from hashlib import blake2b
from typing import Annotated

import orjson
from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
)

from moderation.desk.check import Desk
from moderation.errors import InputError
from moderation.store import Store
from moderation.terms import Article, Author, Comment, VerdictAction, VerdictLabel
from moderation.web.problems import unreadable
from moderation.web.schemas import AuthorPart, InlineArticle, Name, Written

__all__ = ["ImportedLine", "VerdictPart", "read_import", "take_in"]


class VerdictPart(BaseModel):
    """What a person decided, in an exported comment."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    action: VerdictAction
    labels: tuple[VerdictLabel, ...] = ()
    note: Annotated[str, StringConstraints(max_length=2000)] | None = None
    decided_at: AwareDatetime | None = None


class _Both(BaseModel):
    """What labelled and exported comments share."""

    text: Written
    article: InlineArticle | None = None
    author: AuthorPart | None = None
    parent_text: str | None = None
    permalink: str | None = None
    language: str | None = None
    site: Name | None = None


class _Labelled(_Both):
    """A comment and one verdict on it; also a line of ``export --labels``."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    action: VerdictAction
    labels: tuple[VerdictLabel, ...] = ()
    note: Annotated[str, StringConstraints(max_length=2000)] | None = None
    decided_at: AwareDatetime | None = None
    comment_id: str | None = None


class _Exported(_Both):
    """A line of ``export``. Scores, decision and case are made anew, so they are not read."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    id: str
    parent_id: Name | None = None
    created_at: AwareDatetime
    verdicts: tuple[VerdictPart, ...] = Field(description="Oldest first.")


class ImportedLine(BaseModel):
    """
    One line, read and checked.

    Attributes:
        mark: the same for the same line, so that importing it twice stores it once.
        verdicts: oldest first; only an exported comment may have none.
    """

    model_config = ConfigDict(frozen=True)

    comment: Comment
    verdicts: tuple[VerdictPart, ...]
    mark: str


def read_import(raw: bytes, *, site: str | None, now: datetime) -> ImportedLine:
    """
    Read one line: a labelled comment, or an exported one, which has ``verdicts``.

    Args:
        site: where it belongs, whatever the line says; None: as the line says, else "default".
        now: when a labelled comment without a time counts as received.

    Raises:
        InputError: the line cannot be read; `field` names what.
    """
    try:
        keys = orjson.loads(raw)
        exported = isinstance(keys, dict) and "verdicts" in keys
        sent = (_Exported if exported else _Labelled).model_validate_json(raw)
    except orjson.JSONDecodeError as error:
        raise InputError(f"is not JSON: {error.msg}") from error
    except ValidationError as error:
        raise unreadable(error) from error
    mark = blake2b(raw, digest_size=16).hexdigest()
    if isinstance(sent, _Exported):
        return ImportedLine(
            comment=_comment(sent, site, sent.created_at, sent.parent_id),
            verdicts=sent.verdicts,
            mark=mark,
        )
    verdict = VerdictPart(
        action=sent.action, labels=sent.labels, note=sent.note, decided_at=sent.decided_at
    )
    return ImportedLine(
        comment=_comment(sent, site, sent.decided_at or now, None), verdicts=(verdict,), mark=mark
    )


def take_in(line: ImportedLine, *, name: str, desk: Desk, store: Store, now: datetime) -> bool:
    """
    Store a comment and settle it as the line says; a line taken in before changes nothing.

    Args:
        name: of the import; its verdicts are by ``import:NAME``.

    Returns:
        Whether anything was new.

    Raises:
        InputError: the text is too long.
        StoreError: a write failed; taking the line in again completes it.
    """
    actor = f"import:{name}"
    received = desk.receive(
        line.comment,
        key_id=actor,
        idempotency_key=line.mark,
        request_digest=line.mark,
        may_audit=False,
    )
    # An earlier run may have been cut off between the comment and its verdicts.
    taken = sum(verdict.actor == actor for verdict in received.stored.verdicts)
    for verdict in line.verdicts[taken:]:
        store.cases.settle(
            received.stored.id,
            site=line.comment.site,
            actor=actor,
            action=verdict.action,
            labels=tuple(dict.fromkeys(verdict.labels)),
            note=verdict.note,
            version=None,
            now=verdict.decided_at or now,
        )
    return received.created or taken < len(line.verdicts)


def _comment(sent: _Both, site: str | None, at: datetime, parent_id: str | None) -> Comment:
    return Comment(
        text=sent.text,
        received_at=at,
        author=Author(**sent.author.__dict__) if sent.author else Author(),
        article=Article(**sent.article.__dict__) if sent.article else None,
        site=site or sent.site or "default",
        parent_id=parent_id,
        parent_text=sent.parent_text,
        permalink=sent.permalink,
        language=sent.language,
    )
