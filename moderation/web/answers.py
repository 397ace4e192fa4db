"""
What the native API answers, as plain data ready to be sent; `answer_schemas` describes its shape.

Renders the product's vocabulary; reads no store.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from moderation.classifiers.bundle import BundleInfo
from moderation.desk.budgets import Finding
from moderation.policy import Policy
from moderation.store import QueueEntry, StoredArticle, StoredComment
from moderation.terms import Case, Decision, Key, Reason, Report, Scores, Verdict

__all__ = [
    "article_answer",
    "comment_answer",
    "key_answer",
    "model_answer",
    "policy_answer",
    "queue_entry",
    "received_answer",
    "score_answer",
    "verdict_answer",
]


def score_answer(decision: Decision, scores: Scores) -> dict[str, Any]:
    """Give the data of a `ScoreAnswer`."""
    return {
        "decision": decision.answer,
        "scores": {
            head: None if value is None else round(value, 4)
            for head, value in scores.values.items()
        },
        "relevance_kind": scores.relevance_kind,
        "reasons": [_reason(reason) for reason in decision.reasons],
        "language": scores.language,
        "model": scores.model,
        "policy": decision.policy,
    }


def _reason(reason: Reason) -> dict[str, Any]:
    if reason.score is None:
        return {"code": reason.code, "message": reason.message, "spans": reason.spans}
    return {
        "code": reason.code,
        "message": reason.message,
        "score": round(reason.score, 4),
        "spans": reason.spans,
    }


def received_answer(stored: StoredComment) -> dict[str, Any]:
    """Give the data of a `ReceivedAnswer`."""
    answer = score_answer(stored.decision, stored.scores)
    return {"id": stored.id, "status": stored.status, **answer}


def comment_answer(stored: StoredComment, case: Case | None = None) -> dict[str, Any]:
    """Give the data of a `CommentAnswer`."""
    comment, case, article = stored.comment, case or stored.case, stored.comment.article
    return {
        **received_answer(stored),
        "text": comment.text,
        "author": comment.author,
        "article": article
        and {
            "id": article.id,
            "url": article.url,
            "title": article.title,
            "language": article.language,
        },
        "parent_id": comment.parent_id,
        "permalink": comment.permalink,
        "created_at": stored.created_at,
        "case": case
        and {
            "id": case.id,
            "kind": case.kind,
            "reason": case.reason,
            "priority": round(case.priority, 4),
            "version": case.version,
            "opened_at": case.opened_at,
            "settled_at": case.settled_at,
        },
        "verdicts": [_verdict(verdict) for verdict in stored.verdicts],
        "reports": [_report(report) for report in stored.reports],
    }


def _report(report: Report) -> dict[str, Any]:
    return {
        "id": report.id,
        "actor": report.actor,
        "action": report.action,
        "labels": report.labels,
        "reported_at": report.reported_at,
    }


def _verdict(verdict: Verdict) -> dict[str, Any]:
    return {
        "id": verdict.id,
        "actor": verdict.actor,
        "action": verdict.action,
        "labels": verdict.labels,
        "note": verdict.note,
        "decided_at": verdict.decided_at,
    }


def verdict_answer(verdict: Verdict, stored: StoredComment) -> dict[str, Any]:
    """Give the data of a `VerdictAnswer`."""
    return {**_verdict(verdict), "comment_id": stored.id, "status": stored.status}


def queue_entry(entry: QueueEntry) -> dict[str, Any]:
    """Give the data of one item of a `QueueAnswer`."""
    return comment_answer(entry.stored, entry.case)


def article_answer(stored: StoredArticle) -> dict[str, Any]:
    """Give the data of an `ArticleAnswer`."""
    article = stored.article
    return {
        "id": article.id,
        "url": article.url,
        "title": article.title,
        "body": article.body,
        "language": article.language,
        "updated_at": stored.updated_at,
    }


def key_answer(key: Key) -> dict[str, Any]:
    """Give the data of a `KeyAnswer`."""
    return {
        "id": key.id,
        "name": key.name,
        "scopes": sorted(key.scopes),
        "site": key.site,
        "per_minute": key.per_minute,
        "created_at": key.created_at,
        "revoked_at": key.revoked_at,
    }


def model_answer(bundle: BundleInfo) -> dict[str, Any]:
    """Give the data of one item of a `ModelsAnswer`."""
    return {
        "version": bundle.version,
        "live": bundle.live,
        "created_at": bundle.created_at,
        "metrics": bundle.metrics,
        "parked_because": bundle.parked_because,
        "problem": bundle.problem,
    }


def policy_answer(site: str, policy: Policy, findings: Sequence[Finding]) -> dict[str, Any]:
    """Give the data of a `PolicyAnswer`."""
    return {
        "version": policy.version,
        "site": site,
        "shadow": policy.shadow,
        "audit_share": policy.audit_share,
        "thresholds": [
            {"score": t.head, "hold": t.hold, "reject": t.reject, "hold_below": t.hold_below}
            for t in policy.thresholds
        ],
        "budgets": [_budget(finding) for finding in findings],
    }


def _budget(finding: Finding) -> dict[str, Any]:
    found, budget = finding.found, finding.budget
    return {
        "score": finding.head,
        "wrong_at_most": budget.wrong_at_most,
        "sure": budget.sure,
        "bad_share": budget.bad_share,
        "threshold": found.threshold,
        "evidence": finding.source,
        "model": finding.model,
        "rows": found.rows,
        "rows_settled": found.settled,
        "rows_wrong": found.wrong,
        "bound": None if found.bound is None else round(found.bound, 5),
        "settles": None if found.share is None else round(found.share, 5),
        "audited": finding.audited,
        "audited_bad": finding.audited_bad,
        "why": finding.why,
    }
