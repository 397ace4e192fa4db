"""What stands for the text of an article of which only the title is known."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from moderation.terms import Article, Author, Comment
from moderation.web.rooms import Rooms
from tests.fakes import NOON, FixedModel, make_rooms

TITLE = Article(id="8", title="Bridge opens")


class Desk:
    """A desk that tells which earlier comments its model was shown."""

    def __init__(self, folder: Path) -> None:
        self.model = FixedModel()
        self.rooms: Rooms = make_rooms(folder, model=self.model)

    def receive(self, text: str, minute: int = 0, article: Article = TITLE) -> None:
        """Take a comment in; each has an author of its own, since one would be held for so many."""
        at = NOON + timedelta(minutes=minute)
        self.rooms.desk.receive(Comment(text, at, author=Author(id=text[:99]), article=article))

    def used(self, article: Article = TITLE) -> tuple[str, ...]:
        """Check a comment and give what the analysis of its article was made of beside it."""
        self.rooms.desk.check(Comment("The bridge is late again.", NOON, article=article))
        analysis: Any = self.model.items[-1].article
        earlier: tuple[str, ...] = analysis.earlier
        return earlier


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """Give a desk around a fixed model."""
    made = Desk(tmp_path)
    yield made
    made.rooms.store.close()


def test_the_first_ones_approved_are_used_by_powers_of_two(desk: Desk) -> None:
    """So an article is analysed five times at most, however many comments come."""
    texts = [
        f"{did} {what} it on the very first day"
        for did in ("Crossed", "Saw", "Heard", "Built", "Missed")
        for what in ("paid for", "waited at", "drove to", "swam below")
    ]
    counts = []
    for minute, text in enumerate(texts):
        desk.receive(text, minute)
        counts.append(len(desk.used()))
    assert counts == [0, 2, 2, *[4] * 4, *[8] * 8, *[16] * 5]
    assert desk.used() == tuple(texts[:16])


def test_praise_tells_no_subject_and_a_long_comment_only_by_its_beginning(desk: Desk) -> None:
    """Short ones are passed over; of long ones a thousand characters are read."""
    for minute, text in enumerate(("Bravo!", "Well said!", "It opened at nine in the morning")):
        desk.receive(text, minute)
    assert desk.used() == ()
    desk.receive("We walked over it and back again. " * 100, 3)
    assert [len(text) for text in desk.used()] == [32, 1000]


def test_where_the_text_is_known_they_are_not_read(desk: Desk) -> None:
    """Nothing is gained by them there."""
    for minute, text in enumerate(("I crossed it at nine", "My sister built the railing")):
        desk.receive(f"{text} on the very first day", minute)
    assert len(desk.used()) == 2
    assert desk.used(Article(id="8", title="Bridge opens", body="A year late.")) == ()
    assert desk.used(Article(id="9", title="Bridge opens")) == ()
