"""The review queue: order, filters, paging, and the next free case."""

from __future__ import annotations

import pytest

from moderation.desk.queue import QueueView, next_case, queue_page
from moderation.desk.review import open_comment
from moderation.errors import InputError
from moderation.terms import Article
from tests.reviewing import Desk


def following(desk: Desk, who: str, view: QueueView | None = None, after: str | None = None):
    return next_case(
        desk.store, view or QueueView(), reviewer_id=who, now=desk.clock(), after=after
    )


def test_an_empty_queue_has_nothing(desk: Desk) -> None:
    """Nothing waits: no entries, no age, no next case."""
    found = queue_page(desk.store, QueueView())
    assert (found.entries, found.waiting, found.oldest_opened_at) == ((), 0, None)
    assert following(desk, desk.reviewer()) is None


def test_a_page_counts_and_knows_the_oldest(desk: Desk) -> None:
    """The page is in the order asked for; count and age are of all that wait."""
    low = desk.hold("low", priority=0.1, minutes_ago=30)
    high = desk.hold("high", priority=0.9, minutes_ago=5)
    found = queue_page(desk.store, QueueView(), limit=1)
    assert [entry.stored.id for entry in found.entries] == [high.id]
    assert found.waiting == 2
    assert found.oldest_opened_at == low.created_at
    rest = queue_page(desk.store, QueueView(), cursor=found.next_cursor, limit=1)
    assert [entry.stored.id for entry in rest.entries] == [low.id]
    oldest = queue_page(desk.store, QueueView(order="oldest"))
    assert [entry.stored.id for entry in oldest.entries] == [low.id, high.id]


def test_an_unknown_order_is_refused() -> None:
    """The order's name comes from an address and is checked."""
    with pytest.raises(InputError) as caught:
        QueueView(order="random")
    assert caught.value.field == "order"


def test_the_next_case_is_the_most_urgent_free_one(desk: Desk) -> None:
    """Two moderators are led to two cases."""
    anna, ben = desk.reviewer("anna"), desk.reviewer("ben")
    low, high = desk.hold("low", priority=0.1), desk.hold("high", priority=0.9)
    assert following(desk, anna) == high.id
    assert following(desk, ben) == low.id


@pytest.mark.parametrize("view", [QueueView(), QueueView(order="newest"), QueueView(reason="SPAM")])
def test_skipping_leads_to_another_case(desk: Desk, view: QueueView) -> None:
    """A skipped case does not come back while another one waits, in whatever view."""
    anna = desk.reviewer()
    ids = {desk.hold(text, reason="SPAM").id for text in ("one", "two", "three")}
    seen = []
    after = None
    for _ in range(3):
        id = following(desk, anna, view, after)
        assert id is not None
        seen.append(id)
        case = open_comment(desk.store, id, reviewer_id=anna, now=desk.clock()).case
        assert case is not None
        after = case.id
    assert set(seen) == ids


@pytest.mark.parametrize("view", [QueueView(), QueueView(reason="SPAM")])
def test_a_skipped_case_is_free_for_others_at_once(desk: Desk, view: QueueView) -> None:
    """Skipping gives the case back, in whatever view."""
    anna, ben = desk.reviewer("anna"), desk.reviewer("ben")
    first = desk.hold("one", reason="SPAM", priority=0.9)
    second = desk.hold("two", reason="SPAM", priority=0.1)
    assert first.case is not None
    assert following(desk, anna, view) == first.id
    assert following(desk, anna, view, after=first.case.id) == second.id
    assert following(desk, ben, view) == first.id


def test_a_filter_keeps_to_its_cases(desk: Desk) -> None:
    """With a reason or an article chosen, the next case is one of those."""
    anna = desk.reviewer()
    desk.hold("urgent", priority=0.9)
    spam = desk.hold("spam", reason="SPAM", priority=0.2)
    other = desk.hold("other", article=Article(id="a-2", title="Another"), priority=0.1)
    assert following(desk, anna, QueueView(reason="SPAM")) == spam.id
    assert following(desk, anna, QueueView(article_key=other.article_key)) == other.id
    assert following(desk, anna, QueueView(reason="NONE")) is None


def test_a_filtered_view_passes_over_what_others_have_open(desk: Desk) -> None:
    """A case under another moderator's lease is not given, until the lease lapses."""
    anna, ben = desk.reviewer("anna"), desk.reviewer("ben")
    desk.hold("spam", reason="SPAM")
    view = QueueView(reason="SPAM")
    assert following(desk, anna, view) is not None
    assert following(desk, ben, view) is None
    assert list(queue_page(desk.store, view).names.values()) == ["anna"]
    desk.clock.forward(minutes=3)
    assert following(desk, ben, view) is not None
