"""
Verdicts as training sees them: the labels, each with the texts it was given on.

Reads only; a verdict is written where its case is settled (`cases.py`).
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import bindparam, func, select

from moderation.store import tables
from moderation.store.documents import read_labels
from moderation.store.engine import Database
from moderation.store.stored import load
from moderation.terms import Label, VerdictAction

__all__ = ["Verdicts"]

_PAGE = 200


class Verdicts:
    """The verdicts of every site. Methods may raise `StoreError`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def labels(self, *, site: str | None = None) -> Iterator[Label]:
        """
        Give one label for each comment with a verdict, its newest, by age of the comment.

        Holds neither all of them nor a transaction. The article is given as it reads now.
        """
        labels = tables.labels
        page = select(labels).where(labels.c.comment_id > bindparam("after"))
        if site is not None:
            page = page.where(labels.c.site == site)
        page = page.order_by(labels.c.comment_id).limit(_PAGE)
        after = ""
        while True:
            with self._database.reading() as connection:
                rows = connection.execute(page, {"after": after}).all()
                comments = {
                    stored.id: stored.comment
                    for stored in load(connection, [row.comment_id for row in rows])
                }
            for row in rows:
                comment = comments.get(row.comment_id)
                # On PostgreSQL the comment may be deleted between the two reads.
                if comment is None:
                    continue
                yield Label(
                    verdict_id=row.verdict_id,
                    comment_id=row.comment_id,
                    site=row.site,
                    text=comment.text,
                    action=VerdictAction(row.action),
                    labels=read_labels(row.labels),
                    article=comment.article,
                    parent_text=comment.parent_text,
                    language=row.language,
                    decided_at=row.decided_at,
                )
            if len(rows) < _PAGE:
                return
            after = rows[-1].comment_id

    def count(self) -> int:
        """Count all verdicts, corrections and those on deleted comments included."""
        with self._database.reading() as connection:
            return connection.scalar(select(func.count()).select_from(tables.verdicts)) or 0
