"""
The rows of a new comment, and the comment as it will be read back.

Pure but for random ids; opens no connection.
"""

from __future__ import annotations

from datetime import datetime

from moderation.store import tables
from moderation.store.columns import storable
from moderation.store.form_tokens import token_mark
from moderation.store.ids import lot, new_id
from moderation.store.permalink import comparable
from moderation.store.rows import NewComment, NewReply, StoredComment
from moderation.store.writer import NewRow
from moderation.terms import Author, Case, CaseKind, Comment, Form, Status

__all__ = ["prepare"]


def prepare(new: NewComment) -> tuple[StoredComment, list[NewRow]]:
    """Make the rows of a new comment, and the comment as they will be read back."""
    comment = _storable_comment(new.comment)
    now = comment.received_at
    id = new_id(now)
    status = Status.after(new.decision.answer)
    case = _case(new, id, now)
    decision_id = new_id(now)
    rows: list[NewRow] = [
        (
            tables.comments,
            {
                "id": id,
                "site": comment.site,
                "article_key": new.article_key,
                "author_key": new.author_key,
                "author": None if comment.author == _NOBODY else comment.author,
                "text": comment.text,
                "received_at": now,
                "parent_id": comment.parent_id,
                "parent_text": comment.parent_text,
                "permalink": comment.permalink,
                "language": comment.language,
                "form": comment.form,
                "form_token": token_mark(comment.form),
                "status": status.value,
                "settled_by_person": False,
                "fingerprint": new.fingerprint,
                "simhash": new.simhash,
                "sketch_a": None if new.sketch == (0, 0) else new.sketch[0],
                "sketch_b": None if new.sketch == (0, 0) else new.sketch[1],
                "decision_id": decision_id,
                "case_id": None if case is None else case.id,
                "key_id": new.key_id,
                "idempotency_key": None if new.key_id is None else new.idempotency_key,
                "request_digest": new.request_digest,
                "deleted_at": None,
            },
        ),
        (
            tables.decisions,
            {
                "id": decision_id,
                "comment_id": id,
                "action": new.decision.action.value,
                "answer": new.decision.answer.value,
                "reasons": new.decision.reasons,
                "policy": new.decision.policy,
                "model": new.decision.model,
                "shadow": new.decision.shadow,
                "scores": new.scores,
                "signals": new.signals,
                "decided_at": now,
            },
        ),
        (
            tables.events,
            {
                "at": now,
                "kind": "comment.added",
                "actor": "system" if new.key_id is None else f"key:{new.key_id}",
                "subject": id,
                "data": {
                    "action": new.decision.action.value,
                    "answer": new.decision.answer.value,
                    "case": None if case is None else case.id,
                    "model": new.decision.model,
                    "policy": new.decision.policy,
                },
            },
        ),
    ]
    if case is not None:
        rows.append((tables.cases, _case_row(case, comment.site)))
    if new.reply is not None and new.key_id is not None:
        rows.append((tables.replies, _reply_row(new.reply, id, comment, new.key_id)))
    stored = StoredComment(
        id=id,
        comment=comment,
        article_key=new.article_key,
        status=status,
        scores=new.scores,
        signals=new.signals,
        decision=new.decision,
        created_at=now,
        case=case,
        verdicts=(),
    )
    return stored, rows


def _case(new: NewComment, comment_id: str, now: datetime) -> Case | None:
    drawn = new.audit if new.audit is not None and lot(comment_id) < new.audit.share else None
    reason, priority = new.case_reason, new.case_priority
    if reason is None:
        if drawn is None:
            return None
        reason, priority = drawn.reason, drawn.priority
    return Case(
        id=new_id(now),
        comment_id=comment_id,
        kind=CaseKind.HELD if drawn is None else CaseKind.AUDIT,
        reason=reason,
        # Not a number sorts differently on the two databases; it counts as no priority at all.
        priority=min(max(priority, 0.0), 1.0) if priority == priority else 0.0,
        version=1,
        opened_at=now,
    )


def _case_row(case: Case, site: str) -> dict[str, object]:
    return {
        "id": case.id,
        "comment_id": case.comment_id,
        "site": site,
        "kind": case.kind.value,
        "reason": case.reason,
        "priority": case.priority,
        "version": case.version,
        "opened_at": case.opened_at,
        "settled_at": None,
        "leased_by": None,
        "leased_until": None,
    }


def _reply_row(
    reply: NewReply, comment_id: str, comment: Comment, key_id: str
) -> dict[str, object]:
    url = reply.callback_url
    return {
        "comment_id": comment_id,
        "site": comment.site,
        "key_id": key_id,
        "origin": comparable(reply.origin),
        "replied_at": comment.received_at,
        "answer": reply.action.value,
        "known": reply.action.value,
        "corrected": None,
        "callback_url": url,
        "callback_key": None if url is None else reply.callback_key,
        "due_at": None,
        "tries": 0,
    }


_NOBODY = Author()


def _kept(text: str | None) -> str | None:
    return None if text is None else storable(text)


def _storable_comment(sent: Comment) -> Comment:
    """Give the comment as it will be read back, see `columns.storable`."""
    author, form = sent.author, sent.form
    return Comment(
        text=storable(sent.text),
        received_at=sent.received_at,
        author=Author(
            id=_kept(author.id),
            name=_kept(author.name),
            email=_kept(author.email),
            ip=_kept(author.ip),
            url=_kept(author.url),
            user_agent=_kept(author.user_agent),
        ),
        article=sent.article,
        site=storable(sent.site),
        parent_id=_kept(sent.parent_id),
        parent_text=_kept(sent.parent_text),
        permalink=_kept(sent.permalink),
        language=_kept(sent.language),
        form=form and Form(_kept(form.honeypot), _kept(form.token), form.seconds, form.token_valid),
    )
