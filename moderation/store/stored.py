"""
Reads whole comments, with article, decision, newest case and verdicts, for every noun.

Reads only: one statement for any number of comments, and one each for their cases, their verdicts
and their reports.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select

from moderation.errors import NotFound
from moderation.store.documents import (
    read_author,
    read_case,
    read_decision,
    read_form,
    read_report,
    read_scores,
    read_signals,
    read_verdict,
)
from moderation.store.rows import StoredComment
from moderation.store.tables import (
    articles,
    cases,
    comments,
    decisions,
    reports,
    verdict_notes,
    verdicts,
)
from moderation.terms import Article, Case, Comment, Report, Status, Verdict

__all__ = ["load", "load_one"]

_ARTICLE_COLUMNS = ("external_id", "url", "title", "body", "language")
_DECISION_COLUMNS = (
    "action",
    "answer",
    "reasons",
    "policy",
    "model",
    "shadow",
    "scores",
    "signals",
)

_COMMENTS = (
    select(
        comments,
        *(articles.c[name].label(f"article_{name}") for name in _ARTICLE_COLUMNS),
        *(decisions.c[name] for name in _DECISION_COLUMNS),
    )
    .join_from(comments, decisions, decisions.c.id == comments.c.decision_id)
    .outerjoin(articles, articles.c.key == comments.c.article_key)
    .where(
        comments.c.id.in_(bindparam("ids", expanding=True)),
        comments.c.deleted_at.is_(None),
    )
)
_CASES = select(cases).where(cases.c.id.in_(bindparam("ids", expanding=True)))
_VERDICTS = (
    select(verdicts, verdict_notes.c.note)
    .outerjoin(verdict_notes, verdict_notes.c.verdict_id == verdicts.c.id)
    .where(verdicts.c.comment_id.in_(bindparam("ids", expanding=True)))
    .order_by(verdicts.c.decided_at, verdicts.c.id)
)
_REPORTS = (
    select(reports)
    .where(reports.c.comment_id.in_(bindparam("ids", expanding=True)))
    .order_by(reports.c.reported_at, reports.c.id)
)


def load(connection: Connection, ids: Sequence[str]) -> list[StoredComment]:
    """Read comments in the order of `ids`; unknown and deleted ones are left out."""
    if not ids:
        return []
    rows = {row.id: row for row in connection.execute(_COMMENTS, {"ids": ids})}
    case_ids = [row.case_id for row in rows.values() if row.case_id is not None]
    cases_of: dict[str, Case] = {}
    verdicts_of: dict[str, list[Verdict]] = {}
    if case_ids:
        for found in connection.execute(_CASES, {"ids": case_ids}):
            cases_of[found.comment_id] = read_case(found)
    settled = [row.id for row in rows.values() if row.settled_by_person]
    if settled:
        for found in connection.execute(_VERDICTS, {"ids": settled}):
            verdicts_of.setdefault(found.comment_id, []).append(read_verdict(found))
    reports_of: dict[str, list[Report]] = {}
    for found in connection.execute(_REPORTS, {"ids": list(rows)}):
        reports_of.setdefault(found.comment_id, []).append(read_report(found))
    return [
        _stored(
            rows[id],
            cases_of.get(id),
            tuple(verdicts_of.get(id, ())),
            tuple(reports_of.get(id, ())),
        )
        for id in ids
        if id in rows
    ]


def load_one(connection: Connection, id: str, *, site: str | None) -> StoredComment:
    """
    Read one comment.

    Raises:
        NotFound: unknown, deleted, or of another site than `site`.
    """
    for stored in load(connection, [id]):
        if site is None or stored.comment.site == site:
            return stored
    raise NotFound("There is no such comment.", field="id")


def _stored(
    row: Row[Any], case: Case | None, settled: tuple[Verdict, ...], reported: tuple[Report, ...]
) -> StoredComment:
    article = None
    if row.article_key is not None:
        article = Article(
            id=row.article_external_id,
            url=row.article_url,
            title=row.article_title,
            body=row.article_body,
            language=row.article_language,
        )
    comment = Comment(
        text=row.text,
        received_at=row.received_at,
        author=read_author(row.author),
        article=article,
        site=row.site,
        parent_id=row.parent_id,
        parent_text=row.parent_text,
        permalink=row.permalink,
        language=row.language,
        form=read_form(row.form),
    )
    return StoredComment(
        id=row.id,
        comment=comment,
        article_key=row.article_key,
        status=Status(row.status),
        scores=read_scores(row.scores),
        signals=read_signals(row.signals),
        decision=read_decision(row),
        created_at=row.received_at,
        case=case,
        verdicts=settled,
        reports=reported,
    )
