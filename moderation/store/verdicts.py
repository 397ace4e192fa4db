"""
Verdicts as others learn from them: labels with their texts, and audits with their scores.

Reads only; a verdict is written where its case is settled (`cases.py`).
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import bindparam, func, select

from moderation.store import tables
from moderation.store.documents import read_labels, read_scores
from moderation.store.engine import Database
from moderation.store.rows import Audited
from moderation.store.stored import load
from moderation.terms import Action, CaseKind, Label, VerdictAction

__all__ = ["Verdicts"]

_PAGE = 200

_RECENT = 1000
# More than people settle between two looks.


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
                found = {
                    stored.id: stored
                    for stored in load(connection, [row.comment_id for row in rows])
                }
            for row in rows:
                stored = found.get(row.comment_id)
                # On PostgreSQL the comment may be deleted between the two reads.
                if stored is None:
                    continue
                comment = stored.comment
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
                    held=stored.decision.answer is Action.HOLD,
                    drawn=stored.case is not None and stored.case.kind is CaseKind.AUDIT,
                )
            if len(rows) < _PAGE:
                return
            after = rows[-1].comment_id

    def audited(self, *, most: int) -> list[Audited]:
        """
        Give the drawn comments that a person has judged, newest first, of all sites.

        Args:
            most: older ones are left out.
        """
        cases, comments, decisions, labels = (
            tables.cases,
            tables.comments,
            tables.decisions,
            tables.labels,
        )
        newest = (
            select(comments.c.site, decisions.c.model, decisions.c.scores, labels.c.action)
            .join_from(cases, labels, labels.c.comment_id == cases.c.comment_id)
            .join(comments, comments.c.id == cases.c.comment_id)
            .join(decisions, decisions.c.id == comments.c.decision_id)
            .where(cases.c.kind == CaseKind.AUDIT.value)
            .order_by(cases.c.opened_at.desc(), cases.c.id.desc())
            .limit(most)
        )
        with self._database.reading() as connection:
            return [
                Audited(
                    site=row.site,
                    model=row.model,
                    scores=read_scores(row.scores).values,
                    action=VerdictAction(row.action),
                )
                for row in connection.execute(newest)
            ]

    def recent_audits(self) -> frozenset[str]:
        """
        Give the ids of the verdicts on drawn comments among the newest verdicts of all.

        Whoever keeps them sees later whether there are others. Ids of one moment are in no order,
        and two machines' clocks differ, so that the newest id alone would not tell.
        """
        cases, verdicts = tables.cases, tables.verdicts
        newest = (
            select(verdicts.c.id, verdicts.c.case_id)
            .order_by(verdicts.c.id.desc())
            .limit(_RECENT)
            .subquery()
        )
        drawn = (
            select(newest.c.id)
            .join(cases, cases.c.id == newest.c.case_id)
            .where(cases.c.kind == CaseKind.AUDIT.value)
        )
        with self._database.reading() as connection:
            return frozenset(connection.scalars(drawn))

    def count(self) -> int:
        """Count all verdicts, corrections and those on deleted comments included."""
        with self._database.reading() as connection:
            return connection.scalar(select(func.count()).select_from(tables.verdicts)) or 0
