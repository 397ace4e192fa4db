"""
Tests of the review queue and its leases, on both databases.

Mirrors `moderation/store/cases.py` and `cursors.py`.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Barrier

import pytest

from moderation.errors import CaseConflict, InputError, NotFound
from moderation.store import Store
from moderation.terms import Article, Case, VerdictAction
from tests.store.held import Make, hold, settle


@pytest.mark.parametrize(
    ("order", "expected"),
    [("priority", "cabde"), ("oldest", "abcde"), ("newest", "edcba")],
)
def test_the_queue_is_paged_in_every_order(
    store: Store, new_comment: Make, now: datetime, order: str, expected: str
) -> None:
    """Pages of any size, put together, are the whole queue in order, without doubles."""
    for n, priority in enumerate([0.5, 0.5, 0.9, 0.1, 0.1]):
        at = now + timedelta(seconds=n // 2 * 2)
        store.comments.add(new_comment(text="abcde"[n], held=priority, received_at=at))
    # Cases opened at one moment are in no particular order: their ids decide.
    whole, end = store.cases.queue(site="default", order=order)
    assert end is None
    texts = [entry.stored.comment.text for entry in whole]
    assert sorted(texts) == list("abcde")
    pair = {"a": "ab", "b": "ab", "c": "cd", "d": "cd", "e": "e"}
    if order != "priority":
        assert [pair[text] for text in texts] == [pair[text] for text in expected]
    else:
        assert texts[0] == "c"
        assert set(texts[1:3]) == {"a", "b"}
        assert texts[3:] == ["d", "e"]
    for size in (1, 2, 3):
        paged: list[str] = []
        cursor: str | None = None
        while True:
            page, cursor = store.cases.queue(site="default", order=order, limit=size, cursor=cursor)
            paged += [entry.stored.comment.text for entry in page]
            if cursor is None:
                break
        assert paged == texts


def test_the_queue_is_paged_by_what_moderators_would_reject(
    store: Store, new_comment: Make, now: datetime
) -> None:
    """The likeliest first, then the oldest; what was never scored so comes last, and once."""
    scores = new_comment().scores
    for n, likely in enumerate([0.5, None, 0.93, 0.5, 0.1, None]):
        values = {**scores.values, "likely_to_reject": likely}
        at = now + timedelta(seconds=n)
        new = new_comment(text="abcdef"[n], held=n / 10, received_at=at)
        store.comments.add(replace(new, scores=replace(scores, values=values)))
    # Comments of before there was such a score do not have the name at all.
    values = {head: value for head, value in scores.values.items() if head != "likely_to_reject"}
    old = new_comment(text="g", held=0.5, received_at=now + timedelta(seconds=9))
    store.comments.add(replace(old, scores=replace(scores, values=values)))
    for size in (1, 2, 3, 7):
        paged: list[str] = []
        cursor: str | None = None
        while True:
            page, cursor = store.cases.queue(
                site="default", order="likely_to_reject", limit=size, cursor=cursor
            )
            paged += [entry.stored.comment.text for entry in page]
            if cursor is None:
                break
        assert "".join(paged) == "cadebfg"
    # The case is as it is, whatever it is sorted by.
    assert page[-1].case.priority == 0.5


def test_the_queue_holds_whole_comments_of_the_site(store: Store, new_comment: Make) -> None:
    """An entry is the case and the comment as `get` gives it; other sites' stay out."""
    held, _ = store.comments.add(new_comment(held=0.5))
    store.comments.add(new_comment(held=0.5, site="other"))
    store.comments.add(new_comment())
    (entry,) = store.cases.queue(site="default")[0]
    assert entry.case == held.case
    assert entry.stored == held
    assert len(store.cases.queue(site=None)[0]) == 2
    assert (store.cases.count(site="default"), store.cases.count(site=None)) == (1, 2)


def test_the_queue_is_filtered(store: Store, new_comment: Make, now: datetime) -> None:
    """By reason, by article, and by what became of the comment."""
    article = store.articles.put("default", Article(id="a1", title="T"), "d", now)
    spam = hold(store, new_comment(held=0.5, case_reason="SPAM"))
    under = hold(store, new_comment(held=0.5, article_key=article.key))
    gone = hold(store, new_comment(held=0.5))
    settle(store, gone, action=VerdictAction.REJECT)

    def ids(**filters: str) -> set[str]:
        return {entry.case.id for entry in store.cases.queue(site="default", **filters)[0]}

    assert ids() == {spam.id, under.id}
    assert ids(reason="SPAM") == {spam.id}
    assert ids(article_key=article.key) == {under.id}
    assert ids(status="rejected") == {gone.id}
    assert ids(status="approved") == set()


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("status", {"status": "gone"}),
        ("order", {"order": "random"}),
        ("order", {"order": "likely_to_reject", "status": "approved"}),
        ("cursor", {"order": "likely_to_reject", "cursor": "nonsense"}),
        ("cursor", {"cursor": "nonsense"}),
        ("cursor", {"cursor": ""}),
        ("cursor", {"cursor": "ü"}),
        ("cursor", {"cursor": "W10"}),
        ("cursor", {"cursor": "WyJwcmlvcml0eSIsMC41LDFlOTksImEiXQ"}),
    ],
)
def test_wrong_questions_name_what_is_wrong(
    store: Store, field: str, given: dict[str, str]
) -> None:
    """An unknown status, order or cursor is the caller's mistake."""
    with pytest.raises(InputError) as caught:
        store.cases.queue(site=None, **given)
    assert caught.value.field == field


def test_a_cursor_belongs_to_its_order(store: Store, new_comment: Make) -> None:
    """A cursor of one order is refused in another."""
    for _ in range(2):
        store.comments.add(new_comment(held=0.5))
    _, cursor = store.cases.queue(site=None, limit=1)
    with pytest.raises(InputError):
        store.cases.queue(site=None, order="newest", cursor=cursor)


def test_the_next_case_is_the_most_urgent_then_the_oldest(
    store: Store, new_comment: Make, now: datetime
) -> None:
    """Every reviewer gets another one, in order, until there is none."""
    later = now + timedelta(seconds=1)
    third = hold(store, new_comment(held=0.2))
    second = hold(store, new_comment(held=0.7, received_at=later))
    first = hold(store, new_comment(held=0.7))
    hold(store, new_comment(held=0.9, site="other"))
    for reviewer, case in (("x", first), ("y", second), ("z", third)):
        entry = store.cases.claim_next(site="default", reviewer=reviewer, now=now)
        assert entry is not None
        assert entry.case.id == case.id
        assert (entry.case.leased_by, entry.case.version) == (reviewer, 1)
        assert entry.case.leased_until == now + timedelta(seconds=120)
        assert entry.stored.case == entry.case
    assert store.cases.claim_next(site="default", reviewer="w", now=now) is None


def test_the_longest_waiting_is_of_the_same_view_as_the_queue(
    store: Store, new_comment: Make, now: datetime
) -> None:
    """By site, reason and article; settled cases do not wait."""
    article = store.articles.put("default", Article(id="a1", title="T"), "d", now)
    later = [now + timedelta(minutes=n) for n in range(4)]
    settled = hold(store, new_comment(held=0.5, received_at=now - timedelta(days=1)))
    settle(store, settled)
    hold(store, new_comment(held=0.5, received_at=later[0], site="other"))
    hold(store, new_comment(held=0.5, received_at=later[1]))
    hold(store, new_comment(held=0.5, received_at=later[2], case_reason="SPAM"))
    hold(store, new_comment(held=0.5, received_at=later[3], article_key=article.key))
    oldest = store.cases.oldest_opened_at
    assert oldest(site=None) == later[0]
    assert oldest(site="default") == later[1]
    assert oldest(site="default", reason="SPAM") == later[2]
    assert oldest(site=None, article_key=article.key) == later[3]
    assert oldest(site=None, reason="TOXICITY") is None


def test_claiming_again_gives_the_same_case(store: Store, new_comment: Make, now: datetime) -> None:
    """A reviewer who reloads the page does not walk through the queue."""
    hold(store, new_comment(held=0.5))
    hold(store, new_comment(held=0.4))
    claims = [store.cases.claim_next(site=None, reviewer="x", now=now) for _ in range(2)]
    assert claims[0] == claims[1] is not None


def test_an_expired_lease_is_free(store: Store, new_comment: Make, now: datetime) -> None:
    """When a lease runs out, the case is anyone's."""
    case = hold(store, new_comment(held=0.5))
    store.cases.lease(case.id, reviewer="x", now=now, lease_seconds=60)
    before, after = now + timedelta(seconds=59), now + timedelta(seconds=60)
    assert store.cases.claim_next(site=None, reviewer="y", now=before) is None
    entry = store.cases.claim_next(site=None, reviewer="y", now=after)
    assert entry is not None
    assert entry.case.leased_by == "y"


def test_a_skipped_case_is_given_back(store: Store, new_comment: Make, now: datetime) -> None:
    """Skipping goes on behind the case, then from the front, and frees it for others."""
    first = hold(store, new_comment(held=0.9))
    second = hold(store, new_comment(held=0.5))

    def skip(after: Case | None) -> str | None:
        entry = store.cases.claim_next(
            site=None, reviewer="x", now=now, after_case=after.id if after else None
        )
        return entry.case.id if entry else None

    assert skip(None) == first.id
    assert skip(first) == second.id
    other = store.cases.claim_next(site=None, reviewer="y", now=now)
    assert other is not None
    assert other.case.id == first.id
    assert skip(second) is None
    settle(store, second)
    assert skip(second) is None


def test_reviewers_at_once_get_different_cases(
    store: Store, new_comment: Make, now: datetime
) -> None:
    """No two of many concurrent reviewers look at the same case."""
    for n in range(8):
        store.comments.add(new_comment(held=n / 10))
    barrier = Barrier(8)

    def claim(n: int) -> str:
        barrier.wait()
        entry = store.cases.claim_next(site=None, reviewer=f"r{n}", now=now)
        assert entry is not None
        return entry.case.id

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(claim, range(8)))) == 8


def test_stores_at_once_claim_different_cases(
    store: Store, store_url: str, new_comment: Make, now: datetime
) -> None:
    """The same holds for reviewers of two processes, each with its own connections."""
    for n in range(6):
        store.comments.add(new_comment(held=n / 10))
    barrier = Barrier(6)
    with Store.open(store_url) as second, ThreadPoolExecutor(6) as pool:

        def claim(n: int) -> str:
            barrier.wait()
            entry = (store, second)[n % 2].cases.claim_next(site=None, reviewer=f"r{n}", now=now)
            assert entry is not None
            return entry.case.id

        assert len(set(pool.map(claim, range(6)))) == 6


def test_a_case_someone_looks_at_cannot_be_leased(
    store: Store, new_comment: Make, now: datetime
) -> None:
    """Its own reviewer may lengthen the lease; others, and everyone once settled, may not."""
    case = hold(store, new_comment(held=0.5))
    assert store.cases.lease(case.id, reviewer="x", now=now).leased_by == "x"
    longer = store.cases.lease(case.id, reviewer="x", now=now, lease_seconds=500)
    assert longer.leased_until == now + timedelta(seconds=500)
    with pytest.raises(CaseConflict):
        store.cases.lease(case.id, reviewer="y", now=now)
    settle(store, case)
    with pytest.raises(CaseConflict) as caught:
        store.cases.lease(case.id, reviewer="x", now=now)
    assert caught.value.current_version == 2
    with pytest.raises(NotFound):
        store.cases.lease("nothing", reviewer="x", now=now)


def test_only_ones_own_lease_is_released(store: Store, new_comment: Make, now: datetime) -> None:
    """Somebody else's stays, and so does one renewed since; releasing none is no error."""
    case = hold(store, new_comment(held=0.5))
    store.cases.release(case.id, reviewer="x")
    first = store.cases.lease(case.id, reviewer="x", now=now)
    renewed = store.cases.lease(case.id, reviewer="x", now=now + timedelta(seconds=60))
    store.cases.release(case.id, reviewer="y")
    store.cases.release(case.id, reviewer="x", leased_until=first.leased_until)
    assert store.cases.claim_next(site=None, reviewer="y", now=now) is None
    store.cases.release(case.id, reviewer="x", leased_until=renewed.leased_until)
    entry = store.cases.claim_next(site=None, reviewer="y", now=now)
    assert entry is not None
    assert (entry.case.leased_by, entry.case.version) == ("y", case.version)
    store.cases.release("nothing", reviewer="x")
