"""
Turns what the store reads (rows, JSON) back into the vocabulary.

Pure; the way in needs no code here, since dataclasses are written as they are.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row

from moderation.terms import (
    Action,
    Author,
    Case,
    CaseKind,
    Decision,
    Form,
    Reason,
    RelevanceKind,
    Report,
    Scores,
    Signal,
    Span,
    Verdict,
    VerdictAction,
    VerdictLabel,
)

__all__ = [
    "read_author",
    "read_case",
    "read_decision",
    "read_form",
    "read_labels",
    "read_report",
    "read_score",
    "read_scores",
    "read_signals",
    "read_verdict",
]


def read_author(document: dict[str, Any] | None) -> Author:
    """Read an author; nothing kept means nothing known."""
    return Author(**document) if document else Author()


def read_form(document: dict[str, Any] | None) -> Form | None:
    """Read what the site's form observed."""
    return Form(**document) if document else None


def read_scores(document: dict[str, Any]) -> Scores:
    """Read a model's scores."""
    kind = document["relevance_kind"]
    return Scores(
        values=document["values"],
        relevance_kind=RelevanceKind(kind) if kind else None,
        failed=tuple(document["failed"]),
        evidence={head: _spans(spans) for head, spans in document["evidence"].items()},
        notes=document["notes"],
        language=document["language"],
        model=document["model"],
    )


def read_score(document: dict[str, Any], head: str) -> float | None:
    """Read one score and leave the rest unread."""
    value: float | None = document["values"].get(head)
    return value


def read_signals(document: list[dict[str, Any]]) -> tuple[Signal, ...]:
    """Read the signals, in the order they were given."""
    return tuple(
        Signal(each["name"], each["strength"], each["message"], _spans(each["spans"]))
        for each in document
    )


def read_decision(row: Row[Any]) -> Decision:
    """Read a decision from the columns of `decisions`."""
    return Decision(
        action=Action(row.action),
        answer=Action(row.answer),
        reasons=tuple(_reason(each) for each in row.reasons),
        policy=row.policy,
        model=row.model,
        shadow=row.shadow,
    )


def read_case(row: Row[Any]) -> Case:
    """Read a case from the columns of `cases`."""
    return Case(
        id=row.id,
        comment_id=row.comment_id,
        kind=CaseKind(row.kind),
        reason=row.reason,
        priority=row.priority,
        version=row.version,
        opened_at=row.opened_at,
        settled_at=row.settled_at,
        leased_by=row.leased_by,
        leased_until=row.leased_until,
    )


def read_verdict(row: Row[Any]) -> Verdict:
    """Read a verdict from the columns of `verdicts` and its note."""
    return Verdict(
        id=row.id,
        comment_id=row.comment_id,
        case_id=row.case_id,
        actor=row.actor,
        action=VerdictAction(row.action),
        labels=read_labels(row.labels),
        note=row.note,
        decided_at=row.decided_at,
    )


def read_report(row: Row[Any]) -> Report:
    """Read a report from the columns of `reports`."""
    return Report(
        id=row.id,
        comment_id=row.comment_id,
        actor=row.actor,
        action=VerdictAction(row.action),
        labels=read_labels(row.labels),
        reported_at=row.reported_at,
    )


def read_labels(document: list[str]) -> tuple[VerdictLabel, ...]:
    """Read what a moderator ticked."""
    return tuple(VerdictLabel(each) for each in document)


def _reason(document: dict[str, Any]) -> Reason:
    action = document["action"]
    return Reason(
        code=document["code"],
        message=document["message"],
        weight=document["weight"],
        action=Action(action) if action else None,
        score=document["score"],
        spans=_spans(document["spans"]),
    )


def _spans(document: list[dict[str, int]]) -> tuple[Span, ...]:
    return tuple(Span(each["start"], each["end"]) for each in document)
