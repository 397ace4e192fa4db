"""
The review queue as a moderator walks it: one page of it, and the next free case.

Orchestrates the store only; knows nothing of HTTP or pages, and never reads the clock.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from moderation.desk.leases import LEASE_SECONDS, give_back, is_with_another, lease
from moderation.errors import CaseConflict, InputError, NotFound
from moderation.store import QueueEntry, Store
from moderation.terms import Status

__all__ = [
    "LIKELIEST",
    "ORDERS",
    "QueuePage",
    "QueueView",
    "next_case",
    "queue_page",
    "reviewer_names",
]

LIKELIEST = "likely_to_reject"
"""The order by that score, which not every model gives."""

ORDERS = ("priority", "oldest", "newest", LIKELIEST)
"""The orders a queue can be worked in; the first is the default."""

# A filtered view looks this far for a case that no other moderator has open.
_LOOK_AHEAD = 50


@dataclass(frozen=True, slots=True)
class QueueView:
    """
    Which cases a moderator works on, and in which order.

    Attributes:
        order: one of `ORDERS`.
        reason: only cases opened for this reason code, or None for all.
        article_key: only cases under this article (our key), or None for all.
        site: only this site's cases, or None for all.
    """

    order: str = ORDERS[0]
    reason: str | None = None
    article_key: str | None = None
    site: str | None = None

    def __post_init__(self) -> None:
        if self.order not in ORDERS:
            raise InputError(f"must be one of {', '.join(ORDERS)}", field="order")

    @property
    def is_whole_queue(self) -> bool:
        """Whether this is every case of the site in the default order."""
        return self.order == ORDERS[0] and self.reason is None and self.article_key is None


@dataclass(frozen=True, slots=True)
class QueuePage:
    """
    One page of held cases.

    Attributes:
        entries: in the order of the view.
        next_cursor: where the following page starts, or None on the last one.
        waiting: held cases of the site in all, whatever the filter.
        oldest_opened_at: when the longest waiting case of the view came in; None when it is empty.
        names: reviewer id -> name, for every lease among `entries`.
    """

    entries: tuple[QueueEntry, ...]
    next_cursor: str | None
    waiting: int
    oldest_opened_at: datetime | None
    names: Mapping[str, str]

    @property
    def is_scored(self) -> bool:
        """Whether the score that `LIKELIEST` sorts by is known of any entry."""
        return any(e.stored.scores.values.get(LIKELIEST) is not None for e in self.entries)


def queue_page(
    store: Store, view: QueueView, *, cursor: str | None = None, limit: int = 50
) -> QueuePage:
    """
    Read one page of the queue.

    Raises:
        InputError: `cursor` is not one this queue gave out.
    """
    entries, next_cursor = _entries(store, view, limit=limit, cursor=cursor)
    oldest_opened_at = store.cases.oldest_opened_at(
        site=view.site, reason=view.reason, article_key=view.article_key
    )
    return QueuePage(
        entries=tuple(entries),
        next_cursor=next_cursor,
        waiting=store.cases.count(site=view.site),
        oldest_opened_at=oldest_opened_at,
        names=reviewer_names(store, (e.case.leased_by for e in entries if e.case.leased_by)),
    )


def next_case(
    store: Store, view: QueueView, *, reviewer_id: str, now: datetime, after: str | None = None
) -> str | None:
    """
    Lease the next case of the view for a moderator and give its comment's id.

    Args:
        after: id of the case just skipped: its lease is given back, and it is not given again
            while another one waits.

    Returns:
        None when nothing in the view is free: empty, or all with other moderators.
    """
    if view.is_whole_queue:
        claimed = store.cases.claim_next(
            site=view.site,
            reviewer=reviewer_id,
            now=now,
            lease_seconds=LEASE_SECONDS,
            after_case=after,
        )
        return claimed.stored.id if claimed else None
    if after is not None:
        give_back(store, after, reviewer_id=reviewer_id)
    # A filtered view is claimed by looking and then leasing; what another moderator took in
    # between is passed over.
    entries, _ = _entries(store, view, limit=_LOOK_AHEAD)
    free = [entry for entry in entries if not is_with_another(entry.case, reviewer_id, now)]
    position = next((i for i, entry in enumerate(free) if entry.case.id == after), None)
    if position is not None:
        free = free[position + 1 :] + free[:position]
    for entry in free:
        try:
            lease(store, entry.case.id, reviewer_id=reviewer_id, now=now)
        except (CaseConflict, NotFound):
            continue
        return entry.stored.id
    return None


def reviewer_names(store: Store, ids: Iterable[str]) -> dict[str, str]:
    """Give the name to show for each reviewer id; an unknown one is "another moderator"."""
    wanted = set(ids)
    # Reviewers are few: one query for all costs less than one for each.
    known = {each.id: each.name for each in store.accounts.reviewers()} if wanted else {}
    return {id: known.get(id, "another moderator") for id in wanted}


def _entries(
    store: Store, view: QueueView, *, limit: int, cursor: str | None = None
) -> tuple[list[QueueEntry], str | None]:
    return store.cases.queue(
        site=view.site,
        status=Status.HELD.value,
        reason=view.reason,
        article_key=view.article_key,
        order=view.order,
        limit=limit,
        cursor=cursor,
    )
