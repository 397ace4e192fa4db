"""
Tests of author history and repeats, on both databases.

Mirrors `moderation/store/history.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest

from moderation.store import NewComment, Store
from moderation.store.adding import prepare
from moderation.store.engine import Database, parse_url
from moderation.store.history import COUNTED_LIMIT, RECENT_LIMIT, REPEATS_LIMIT
from moderation.terms import Action, AuthorHistory, PastComment, Repeats, Status, VerdictAction
from moderation.text import NEAR_BITS
from tests.settling import settle

Make = Callable[..., NewComment]


def test_an_author_nobody_can_recognise_has_no_history(store: Store) -> None:
    """Without a key nothing is known, which differs from a known author without comments."""
    assert store.comments.author_history("default", None) == AuthorHistory()
    assert store.comments.author_history("default", "new") == AuthorHistory(known=True)


def test_history_counts_by_status_and_tells_who_rejected(
    store: Store, new_comment: Make, now: datetime
) -> None:
    """Counts are by what the comments stand at now; a person's rejection is told apart."""
    for n, action in enumerate([Action.APPROVE, Action.APPROVE, Action.REJECT]):
        store.comments.add(new_comment(action=action, received_at=now + timedelta(seconds=n)))
    held, _ = store.comments.add(new_comment(held=0.5, received_at=now + timedelta(hours=1)))
    store.comments.add(new_comment(held=0.5, received_at=now + timedelta(hours=2)))
    store.comments.add(new_comment(site="other"))
    store.comments.add(new_comment(author_key="other"))
    settle(store, held.id, VerdictAction.REJECT, now)
    history = store.comments.author_history("default", "author-1")
    assert (history.known, history.total) == (True, 5)
    assert (history.approved, history.held, history.rejected) == (2, 1, 2)
    assert history.rejected_by_person == 1
    assert history.first_seen_at == now
    assert history.recent[1] == PastComment(
        received_at=now + timedelta(hours=1),
        status=Status.REJECTED,
        fingerprint=-(2**63),
        simhash=2**63 - 1,
        settled_by_person=True,
    )


def test_history_lists_the_newest_and_counts_more(
    store: Store, new_comment: Make, now: datetime
) -> None:
    """The list is cut sooner than the counts."""
    for n in range(RECENT_LIMIT + 3):
        store.comments.add(new_comment(fingerprint=n, received_at=now + timedelta(seconds=n)))
    history = store.comments.author_history("default", "author-1")
    assert history.approved == RECENT_LIMIT + 3
    assert [past.fingerprint for past in history.recent] == list(range(RECENT_LIMIT + 2, 2, -1))
    assert history.first_seen_at == now


def test_only_the_newest_of_very_many_are_counted(
    store: Store, store_url: str, new_comment: Make, now: datetime
) -> None:
    """Who wrote thousands is judged by the last thousand; when they first came is still known."""
    earliest = new_comment(action=Action.REJECT, received_at=now - timedelta(days=9))
    store.comments.add(earliest)
    rows = [
        row
        for n in range(COUNTED_LIMIT)
        for row in prepare(new_comment(received_at=now + timedelta(seconds=n)))[1]
    ]
    database = Database(parse_url(store_url))
    database.insert(rows)
    database.close()
    history = store.comments.author_history("default", "author-1")
    assert (history.approved, history.rejected) == (COUNTED_LIMIT, 0)
    assert history.first_seen_at == earliest.comment.received_at
    assert len(history.recent) == RECENT_LIMIT


def _repeats(
    store: Store,
    since: datetime,
    *,
    fingerprint: int = 1,
    simhash: int = 0,
    sketch: tuple[int, int] = (11, -12),
    author_key: str | None = "asking",
    site: str = "default",
) -> Repeats:
    return store.comments.repeats(
        site, fingerprint, simhash, sketch, author_key=author_key, since=since
    )


def test_the_same_text_counts_as_exact(store: Store, new_comment: Make, now: datetime) -> None:
    """Only comments of the site, since the moment given, with the same fingerprint count."""
    store.comments.add(new_comment(fingerprint=1, author_key="a", action=Action.REJECT))
    store.comments.add(new_comment(fingerprint=1, author_key="b"))
    store.comments.add(new_comment(fingerprint=1, author_key="asking"))
    store.comments.add(new_comment(fingerprint=1, site="other"))
    store.comments.add(new_comment(fingerprint=1, received_at=now - timedelta(days=8)))
    since = now - timedelta(days=7)
    assert _repeats(store, since) == Repeats(exact=3, near=0, authors=2, rejected=1)
    assert _repeats(store, since, sketch=(0, 0)).exact == 3


@pytest.mark.parametrize("sketch", [(11, 99), (99, -12), (11, -12)])
def test_a_text_that_shares_a_sketch_and_nearly_its_simhash_is_near(
    store: Store, new_comment: Make, now: datetime, sketch: tuple[int, int]
) -> None:
    """One common min-hash finds a text; the simhash then decides, at the documented bound."""
    near = (1 << NEAR_BITS) - 1
    store.comments.add(new_comment(fingerprint=2, simhash=near, author_key="a"))
    store.comments.add(new_comment(fingerprint=3, simhash=(near << 1) | 1, author_key="b"))
    found = _repeats(store, now, sketch=sketch)
    assert found == Repeats(exact=0, near=1, authors=1, rejected=0)


def test_simhashes_of_either_sign_are_compared_bit_by_bit(
    store: Store, new_comment: Make, now: datetime
) -> None:
    """A sign bit is one bit like any other."""
    store.comments.add(new_comment(fingerprint=2, simhash=-(2**63)))
    assert _repeats(store, now, simhash=0).near == 1


def test_short_texts_are_near_nothing(store: Store, new_comment: Make, now: datetime) -> None:
    """The sketch (0, 0) never matches, not even itself."""
    store.comments.add(new_comment(fingerprint=2, simhash=0, sketch=(0, 0)))
    assert _repeats(store, now, sketch=(0, 0)) == Repeats()
    assert _repeats(store, now, sketch=(0, 5)) == Repeats()


def test_unnamed_authors_count_as_one(store: Store, new_comment: Make, now: datetime) -> None:
    """Nobody knows how many people unnamed comments come from."""
    for key in (None, None, "a"):
        store.comments.add(new_comment(fingerprint=1, author_key=key))
    assert _repeats(store, now).authors == 2
    assert _repeats(store, now, author_key=None).authors == 1


def test_a_flood_is_counted_up_to_the_limit(store: Store, new_comment: Make, now: datetime) -> None:
    """A text said more often than the limit costs no more than the limit."""
    with ThreadPoolExecutor(8) as pool:
        list(
            pool.map(
                lambda _: store.comments.add(new_comment(fingerprint=1)), range(REPEATS_LIMIT + 5)
            )
        )
    assert _repeats(store, now).exact == REPEATS_LIMIT
