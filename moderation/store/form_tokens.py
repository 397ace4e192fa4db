"""
Form tokens that came with comments: each comment keeps a mark of its own, so one that comes again
is noticed.

Counts; does not check a token, and decides nothing about how often is too often.

There is no table of used tokens to write, to clean up and to keep apart from what was stored: the
mark is a column of the comment, written with it. A token is only ever looked up while it is valid,
so marks of older ones are never found.
"""

from __future__ import annotations

import hashlib

from sqlalchemy import bindparam, literal_column, select

from moderation.store.engine import Database
from moderation.store.statements import Query
from moderation.store.tables import comments
from moderation.terms import Form

__all__ = ["MOST_USES", "token_mark", "token_uses"]

MOST_USES = 20
"""Where counting ends: a flood under one token must not slow the check down."""

_MARK_BYTES = 8

_USES = Query(
    select(comments.c.id)
    .where(comments.c.form_token == bindparam("mark"))
    .limit(literal_column(str(MOST_USES)))
)


def token_mark(form: Form | None) -> int | None:
    """Give the mark of a form's token, signed 64 bit; None without a valid one."""
    if form is None or not form.token or form.token_valid is not True:
        return None
    digest = hashlib.blake2b(form.token.encode(), digest_size=_MARK_BYTES).digest()
    return int.from_bytes(digest, "big", signed=True)


def token_uses(database: Database, form: Form | None) -> int:
    """Count the stored comments that came with this form's token, at most `MOST_USES`."""
    mark = token_mark(form)
    return 0 if mark is None else len(database.fetch(_USES, {"mark": mark}))
