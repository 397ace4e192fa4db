"""
The review desk: what a moderator needs to see of a comment, and settling it.

Orchestrates the store only; knows nothing of HTTP, sessions or pages, and never reads the clock.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from moderation.desk.authors import author_key
from moderation.desk.disguise import Disguise, read_disguises
from moderation.desk.leases import LEASE_SECONDS, is_with_another, lease_if_free
from moderation.desk.queue import reviewer_names
from moderation.errors import CaseConflict, InputError
from moderation.store import Store, StoredComment
from moderation.terms import (
    AuthorHistory,
    Case,
    Reason,
    Verdict,
    VerdictAction,
    VerdictLabel,
)

__all__ = [
    "MOST_NOTE_CHARS",
    "CaseContext",
    "labels_to_teach",
    "last_verdict_of",
    "open_comment",
    "opposite",
    "settle",
    "suggested_label",
]

MOST_NOTE_CHARS = 2000
"""Longer notes are refused."""

_AUTHOR_COMMENTS = 10

# What a moderator who rejects for the machine's own top reason most likely means.
_LABEL_OF_REASON = {
    "SPAM": VerdictLabel.SPAM,
    "TOXICITY": VerdictLabel.TOXIC,
    "OFF_TOPIC": VerdictLabel.OFF_TOPIC,
}

# An approved comment taught as spam or toxic would teach its own opposite.
_NEVER_WITH_APPROVAL = frozenset({VerdictLabel.SPAM, VerdictLabel.TOXIC})


@dataclass(frozen=True, slots=True)
class CaseContext:
    """
    All a moderator needs to judge one comment, gathered once.

    Attributes:
        stored: the comment with its scores, decision, article and verdicts.
        case: its open case, or None when it waits for nobody.
        held_by: name of another moderator whose lease on the case is still running, or None.
        held_at: when that moderator last opened the page or worked on it (aware UTC), or None.
        parent_text: the comment this one answers, when it is known.
        history: what is known of the author on this site, this comment included.
        author_comments: the author's other comments, newest first.
        reasons: why the machine decided so, largest first.
        disguises: words written so that filters would miss them.
        suggested: the label a rejection will teach unless the moderator changes it.
        actors: actor of each verdict -> name to show.
    """

    stored: StoredComment
    case: Case | None
    held_by: str | None
    held_at: datetime | None
    parent_text: str | None
    history: AuthorHistory
    author_comments: tuple[StoredComment, ...]
    reasons: tuple[Reason, ...]
    disguises: tuple[Disguise, ...]
    suggested: VerdictLabel | None
    actors: Mapping[str, str]


def open_comment(
    store: Store,
    comment_id: str,
    *,
    reviewer_id: str,
    now: datetime,
    site: str | None = None,
) -> CaseContext:
    """
    Gather what is known of a comment; lease its case when it has one that is free.

    Raises:
        NotFound: there is no such comment, or it was deleted.
    """
    found = store.comments.get(comment_id, site=site)
    stored = lease_if_free(store, found, reviewer_id=reviewer_id, now=now)
    held_by, held_at = _other_holder(store, stored.case, reviewer_id, now)
    comment = stored.comment
    key = author_key(store.accounts.secret("author"), comment.author)
    return CaseContext(
        stored=stored,
        case=stored.case if _is_open(stored.case) else None,
        held_by=held_by,
        held_at=held_at,
        parent_text=_parent_text(store, stored),
        history=store.comments.author_history(comment.site, key),
        author_comments=_other_comments(store, stored, key),
        reasons=stored.decision.reasons,
        disguises=read_disguises(comment.text),
        suggested=suggested_label(stored.decision.reasons),
        actors=_actor_names(store, stored.verdicts),
    )


def settle(
    store: Store,
    comment_id: str,
    *,
    reviewer_id: str,
    action: VerdictAction,
    labels: Iterable[VerdictLabel],
    note: str | None,
    version: int | None,
    now: datetime,
    site: str | None = None,
) -> Verdict:
    """
    Record a moderator's verdict, a first one or a correction of an earlier one.

    Args:
        version: of the case as the moderator saw it, open or settled; None when there was none.

    Raises:
        CaseConflict: the case changed since the moderator opened it; nothing was recorded.
        NotFound: there is no such comment, or it was deleted.
        InputError: the note is too long.
    """
    note = (note or "").strip() or None
    if note and len(note) > MOST_NOTE_CHARS:
        raise InputError(f"must have at most {MOST_NOTE_CHARS} characters", field="note")
    if version is None and _is_open(store.comments.get(comment_id, site=site).case):
        # The page showed a comment without a case; one opened since must be seen to be closed.
        raise CaseConflict("This comment came back to the queue since you opened it.")
    verdict, _ = store.cases.settle(
        comment_id,
        site=site,
        actor=f"reviewer:{reviewer_id}",
        action=action,
        labels=tuple(sorted(set(labels), key=list(VerdictLabel).index)),
        note=note,
        version=version,
        now=now,
    )
    return verdict


def labels_to_teach(
    action: VerdictAction, chosen: Iterable[VerdictLabel], *, suggested: VerdictLabel | None
) -> tuple[VerdictLabel, ...]:
    """
    Give the labels a verdict teaches, out of those ticked in its form.

    A rejection teaches what is ticked. An approval drops the tick the form came with, which was
    offered for a rejection, and the labels that would contradict it.
    """
    if action is VerdictAction.REJECT:
        return tuple(chosen)
    return tuple(x for x in chosen if x is not suggested and x not in _NEVER_WITH_APPROVAL)


def suggested_label(reasons: Iterable[Reason]) -> VerdictLabel | None:
    """Give the label that the largest reason stands for, or None when it stands for none."""
    top = next(iter(reasons), None)
    return _LABEL_OF_REASON.get(top.code) if top else None


def opposite(action: VerdictAction) -> VerdictAction:
    """Give the action that reverses `action`."""
    return VerdictAction.REJECT if action is VerdictAction.APPROVE else VerdictAction.APPROVE


def last_verdict_of(stored: StoredComment) -> Verdict | None:
    """Give the verdict that counts, the newest one, or None when no person has judged."""
    return stored.verdicts[-1] if stored.verdicts else None


def _is_open(case: Case | None) -> bool:
    return case is not None and case.settled_at is None


def _other_holder(
    store: Store, case: Case | None, reviewer_id: str, now: datetime
) -> tuple[str | None, datetime | None]:
    if case is None or case.settled_at or not is_with_another(case, reviewer_id, now):
        return None, None
    holder, until = str(case.leased_by), case.leased_until
    leased_at = until - timedelta(seconds=LEASE_SECONDS) if until else None
    return reviewer_names(store, [holder])[holder], leased_at


def _parent_text(store: Store, stored: StoredComment) -> str | None:
    comment = stored.comment
    if comment.parent_text or not comment.parent_id:
        return comment.parent_text
    return store.comments.text(comment.parent_id, site=comment.site)


def _other_comments(
    store: Store, stored: StoredComment, author_key: str | None
) -> tuple[StoredComment, ...]:
    if author_key is None:
        return ()
    site = stored.comment.site
    found = store.comments.by_author(site, author_key, limit=_AUTHOR_COMMENTS + 1)
    return tuple(other for other in found if other.id != stored.id)[:_AUTHOR_COMMENTS]


def _actor_names(store: Store, verdicts: Iterable[Verdict]) -> dict[str, str]:
    actors = {verdict.actor for verdict in verdicts}
    people = {actor: actor.partition(":")[2] for actor in actors if actor.startswith("reviewer:")}
    names = reviewer_names(store, people.values())
    return {
        actor: names[people[actor]] if actor in people else "The site, by its API key"
        for actor in actors
    }
