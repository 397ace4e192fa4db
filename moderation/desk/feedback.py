"""
Reports from outside: what a site says a comment is, after it was checked or without any check.

Orchestrates desk and store only; knows no wire format, and never reads the clock.
"""

from __future__ import annotations

from dataclasses import dataclass

from moderation.desk.check import Desk
from moderation.errors import NotFound
from moderation.store import Store, StoredComment
from moderation.terms import Comment, Key, Scope, VerdictAction, VerdictLabel

__all__ = ["Feedback", "Taken", "take_feedback"]


@dataclass(frozen=True, slots=True)
class Feedback:
    """
    What a site says of a comment: "this is spam", "this is not toxic".

    Attributes:
        comment: as the site describes it now, with the time of the report.
        action: what the site does, or would do, with it.
        labels: what it is, or is not. An approval without any says "neither spam nor toxic": say
            `NOT_SPAM` or `NOT_TOXIC` where the site speaks of one alone.
        comment_id: our id of it, in any case and with or without hyphens; None when the site kept
            none.
    """

    comment: Comment
    action: VerdictAction
    labels: tuple[VerdictLabel, ...] = ()
    comment_id: str | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """
    What became of a report.

    Attributes:
        stored: the comment it is about, as it stands now.
        created: whether the comment was stored only for this.
        settled: whether it counts as a moderator's verdict.
    """

    stored: StoredComment
    created: bool
    settled: bool


def take_feedback(desk: Desk, store: Store, said: Feedback, *, key: Key) -> Taken | None:
    """
    Take a report on a comment: by our id, else by its content, else with the text it brings.

    A key with the scope `moderate` gives a verdict, like a moderator. Any other leaves a report:
    evidence beside the comment that settles nothing, brings it forward in the queue when it says
    the opposite of the decision, and counts less in training. A comment that was never stored is
    stored so that its text can teach; no case is opened for it.

    Callers pass on no report that is only a test: it would teach.

    Args:
        key: whose report it is; `said.comment.site` is its site.

    Returns:
        None when there is no such comment and no text of it to learn from.

    Raises:
        InputError: the text is too long; `field` is ``comment.text``.
        NotFound: the comment was erased this very moment.
        StoreError: the write failed.
    """
    stored = _find(desk, store, said)
    created = stored is None
    if stored is None:
        if not said.comment.text.strip():
            return None
        stored = desk.keep_reported(said.comment, key_id=key.id)
    actor, now = f"key:{key.id}", said.comment.received_at
    labels = tuple(sorted(set(said.labels), key=list(VerdictLabel).index))
    settled = Scope.MODERATE in key.scopes
    if settled:
        _, stored = store.cases.settle(
            stored.id,
            site=key.site,
            actor=actor,
            action=said.action,
            labels=labels,
            note=None,
            version=None,
            now=now,
        )
    else:
        _, stored = store.reports.add(
            stored.id,
            site=key.site,
            actor=actor,
            action=said.action,
            labels=labels,
            now=now,
            queue=not created,
        )
    return Taken(stored, created=created, settled=settled)


def _find(desk: Desk, store: Store, said: Feedback) -> StoredComment | None:
    named = (said.comment_id or "").strip().lower().replace("-", "")
    found = _get(store, named, said.comment.site) if named else None
    if found is None and said.comment.text.strip():
        # An id of another service, or of a comment erased since: its content may still lead to it.
        alike = desk.find_reported(said.comment)
        found = _get(store, alike, said.comment.site) if alike else None
    return found


def _get(store: Store, id: str, site: str) -> StoredComment | None:
    try:
        return store.comments.get(id, site=site)
    except NotFound:
        return None
