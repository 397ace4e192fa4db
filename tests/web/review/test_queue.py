"""The queue page: what waits, in which order, filtered, in pages."""

from __future__ import annotations

import re

import pytest

from moderation.terms import Action
from tests.reviewing import Desk
from tests.web.review.browsing import Browser


def test_an_empty_queue_says_so_in_words(anna: Browser) -> None:
    """Nothing waiting is a state of its own."""
    assert "Nothing waits. The desk is clear." in anna.get("/review/").text


def test_the_queue_lists_held_comments_most_urgent_first(desk: Desk, anna: Browser) -> None:
    """Count, age of the oldest and the order are right, and settled comments are not in it."""
    desk.hold("a mild one", priority=0.2, minutes_ago=125)
    desk.hold("an urgent one", priority=0.9, minutes_ago=3)
    desk.hold("fine", action=Action.APPROVE)
    page = anna.get("/review/").text
    assert page.index("an urgent one") < page.index("a mild one")
    assert "<strong>2</strong> comments wait" in page
    assert "2 h 5 min" in page
    assert "fine" not in page.split("<main")[1]
    oldest = anna.get("/review/?order=oldest").text
    assert oldest.index("a mild one") < oldest.index("an urgent one")


def test_the_queue_can_be_worked_by_what_is_likely_rejected(desk: Desk, anna: Browser) -> None:
    """Where the score is known that order is offered, and leads through the cases."""
    desk.hold("not scored so", priority=0.9)
    assert "Likely to reject" not in anna.get("/review/").text
    desk.hold("hardly", likely_to_reject=0.1)
    sure = desk.hold("surely", likely_to_reject=0.9, priority=0.1)
    assert "/review/?order=likely_to_reject" in anna.get("/review/").text
    page = anna.get("/review/?order=likely_to_reject").text.split("<main")[1]
    assert page.index("surely") < page.index("hardly") < page.index("not scored so")
    assert sure.id in anna.get("/review/next?order=likely_to_reject").location


def test_filters_live_in_the_address(desk: Desk, anna: Browser) -> None:
    """A filtered queue can be bookmarked and sent to a colleague, and leads into filtered cases."""
    desk.hold("a spam one", reason="SPAM")
    desk.hold("a strange one", reason="OFF_TOPIC")
    page = anna.get("/review/?reason=SPAM").text
    assert "a spam one" in page
    assert "a strange one" not in page
    assert "/review/next?reason=SPAM" in page
    assert "No held comment matches this filter" in anna.get("/review/?reason=NONE").text


def test_the_queue_comes_in_pages(desk: Desk, anna: Browser) -> None:
    """What does not fit on a page is behind "More"; nothing is shown twice."""
    for number in range(55):
        desk.hold(f"comment number {number:03}")
    first = anna.get("/review/").text
    more = re.search(r'rel="next" href="([^"]+)"', first)
    assert more
    second = anna.get(more[1].replace("&amp;", "&")).text
    numbers = re.findall(r"comment number (\d{3})", first.split("<main")[1])
    numbers += re.findall(r"comment number (\d{3})", second.split("<main")[1])
    assert sorted(numbers) == [f"{number:03}" for number in range(55)]


@pytest.mark.parametrize("query", ["order=random", "cursor=%00made-up"])
def test_a_wrong_address_is_explained(anna: Browser, query: str) -> None:
    """An order or a cursor that we never gave out is a 400 page, not a crash."""
    answer = anna.get(f"/review/?{query}")
    assert (answer.status_code, answer.mimetype) == (400, "text/html")
