"""
Tests of adding, reading and erasing comments, on both databases.

Mirrors `moderation/store/comments.py`, `adding.py`, `erasing.py` and `stored.py`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import create_engine, make_url, text

from moderation.errors import InputError, NotFound, StoreError
from moderation.store import NewComment, Store
from moderation.terms import (
    Action,
    Article,
    Author,
    CaseKind,
    Status,
    VerdictAction,
    VerdictLabel,
)
from tests.settling import settle

Make = Callable[..., NewComment]


def test_a_comment_is_read_back_whole(store: Store, new_comment: Make) -> None:
    """What `add` returns is what `get` reads, and holds everything that was given."""
    new = new_comment()
    added, created = store.comments.add(new)
    assert created
    assert store.comments.get(added.id) == added
    assert added.comment == new.comment
    assert (added.scores, added.signals, added.decision) == (new.scores, new.signals, new.decision)
    assert (added.status, added.case, added.verdicts) == (Status.APPROVED, None, ())
    assert added.created_at == new.comment.received_at


def test_a_held_comment_opens_a_case(store: Store, new_comment: Make, now: datetime) -> None:
    """A reason for review opens a held case of version 1 with that priority."""
    added, _ = store.comments.add(new_comment(held=0.75))
    assert added.status is Status.HELD
    assert added.case is not None
    assert (added.case.kind, added.case.reason) == (CaseKind.HELD, "OFF_TOPIC")
    assert (added.case.priority, added.case.version, added.case.opened_at) == (0.75, 1, now)
    assert store.comments.get(added.id) == added


@pytest.mark.parametrize(("given", "kept"), [(7.0, 1.0), (-1.0, 0.0), (float("nan"), 0.0)])
def test_a_priority_outside_its_range_is_moved_into_it(
    store: Store, new_comment: Make, given: float, kept: float
) -> None:
    """A priority is between 0 and 1 whatever was given."""
    added, _ = store.comments.add(new_comment(held=given))
    assert added.case is not None
    assert added.case.priority == kept


def test_in_shadow_mode_the_status_is_what_the_site_was_told(
    store: Store, new_comment: Make
) -> None:
    """A decision that was not answered does not hold the comment."""
    new = new_comment(action=Action.REJECT)
    new = replace(new, decision=replace(new.decision, answer=Action.APPROVE, shadow=True))
    added, _ = store.comments.add(new)
    assert store.comments.get(added.id).status is Status.APPROVED
    assert store.comments.get(added.id).decision.action is Action.REJECT


def test_a_comment_stands_under_the_stored_article(
    store: Store, new_comment: Make, now: datetime
) -> None:
    """The article of a stored comment is the one remembered, not what came with the comment."""
    article = Article(id="a1", title="Title", body="Body", url="https://news.example/a")
    known = store.articles.put("default", article, "d1", now)
    added, _ = store.comments.add(new_comment(article_key=known.key, article=Article(id="a1")))
    assert store.comments.get(added.id).comment.article == article


def test_an_unknown_article_key_is_refused_and_harms_nobody(
    store: Store, new_comment: Make
) -> None:
    """A row that refers to nothing is refused; comments added at the same moment are stored."""
    barrier = Barrier(6)

    def add(at: int) -> str | None:
        barrier.wait()
        key = "nothing" if at == 3 else None
        try:
            return store.comments.add(new_comment(article_key=key))[0].id
        except StoreError:
            return None

    with ThreadPoolExecutor(6) as pool:
        ids = list(pool.map(add, range(6)))
    assert ids[3] is None
    assert {stored.id for stored in store.comments.all()} == {id for id in ids if id is not None}
    assert len([id for id in ids if id is not None]) == 5


def test_text_no_database_can_keep_is_replaced_in_place(store: Store, new_comment: Make) -> None:
    """NUL and lone surrogates are replaced one for one, and what is returned says so."""
    bad = "a\x00b\ud800c"
    added, _ = store.comments.add(
        new_comment(text=bad, author=Author(name=bad), parent_text=bad, permalink=bad)
    )
    assert added.comment.text == "a␀b\ufffdc"
    assert added.comment.author.name == "a␀b\ufffdc"
    assert store.comments.get(added.id).comment == added.comment


def test_a_long_text_is_kept(store: Store, new_comment: Make) -> None:
    """A megabyte of text is stored as it is."""
    long = "علی said 👍 " * 80_000
    added, _ = store.comments.add(new_comment(text=long))
    assert store.comments.get(added.id).comment.text == long


def test_an_unknown_comment_is_not_found(store: Store) -> None:
    """An id nobody was given, of any content, is not found."""
    for id in ("nothing", "", "a\x00b", "x" * 10_000):
        with pytest.raises(NotFound):
            store.comments.get(id)


def test_a_comment_of_another_site_is_not_found(
    store: Store, new_comment: Make, now: datetime
) -> None:
    """Neither reading nor erasing reaches over to another site."""
    added, _ = store.comments.add(new_comment(site="ours"))
    with pytest.raises(NotFound):
        store.comments.get(added.id, site="theirs")
    with pytest.raises(NotFound):
        store.comments.delete(added.id, site="theirs", actor="key:1", now=now)
    assert store.comments.get(added.id, site="ours") == added


def test_the_same_request_again_gives_the_same_comment(store: Store, new_comment: Make) -> None:
    """A replayed idempotency key answers with the first comment and stores nothing."""
    new = new_comment(key_id="k", idempotency_key="i", request_digest="d")
    first, created = store.comments.add(new)
    again, created_again = store.comments.add(new)
    assert (created, created_again) == (True, False)
    assert again == first
    assert len(list(store.comments.all())) == 1


def test_another_request_with_the_same_idempotency_key_is_refused(
    store: Store, new_comment: Make
) -> None:
    """An idempotency key stands for one request; another key may use the same one."""
    new = new_comment(key_id="k", idempotency_key="i", request_digest="d")
    store.comments.add(new)
    with pytest.raises(InputError) as caught:
        store.comments.add(replace(new, request_digest="other"))
    assert caught.value.field == "Idempotency-Key"
    assert store.comments.add(replace(new, key_id="k2", request_digest="other"))[1]


def test_a_long_idempotency_key_is_refused(store: Store, new_comment: Make) -> None:
    """A key no index can hold is the caller's mistake."""
    with pytest.raises(InputError) as caught:
        store.comments.add(new_comment(key_id="k", idempotency_key="é" * 256))
    assert caught.value.field == "Idempotency-Key"


def test_the_same_request_twice_at_once_gives_one_comment(store: Store, new_comment: Make) -> None:
    """Of concurrent duplicates one is stored, and every caller gets it."""
    new = new_comment(key_id="k", idempotency_key="i", request_digest="d", held=0.5)
    barrier = Barrier(8)

    def add(_: int) -> tuple[str, bool]:
        barrier.wait()
        stored, created = store.comments.add(new)
        return stored.id, created

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(add, range(8)))
    assert len({id for id, _ in answers}) == 1
    assert [created for _, created in answers].count(True) == 1
    assert len(list(store.comments.all())) == 1
    assert store.cases.count(site=None) == 1


def test_a_text_is_read_alone_by_its_own_site(
    store: Store, new_comment: Make, now: datetime
) -> None:
    """Unknown, deleted and another site's comments have no text to read."""
    added, _ = store.comments.add(new_comment(text="Said before"))
    assert store.comments.text(added.id, site="default") == "Said before"
    assert store.comments.text(added.id, site="other") is None
    assert store.comments.text("nothing", site="default") is None
    store.comments.delete(added.id, site=None, actor="key:1", now=now)
    assert store.comments.text(added.id, site="default") is None


def test_the_first_approved_comments_under_an_article_are_read(
    store: Store, new_comment: Make, now: datetime
) -> None:
    """Oldest first, of that article alone, and only what stands approved and was not erased."""
    key, other = (
        store.articles.put("default", Article(id=id, title="Bridge opens"), id, now).key
        for id in ("7", "8")
    )

    def add(text: str, minute: int, **more: Any) -> str:
        at = now + timedelta(minutes=minute)
        more = {"article_key": key, **more}
        return store.comments.add(new_comment(text=text, received_at=at, **more))[0].id

    add("second", 2)
    add("first", 1)
    add("held", 0, held=0.5)
    add("rejected", 0, action=Action.REJECT)
    add("of another article", 0, article_key=other)
    erased = add("erased", 0)
    assert store.comments.approved_under(key) == ["erased", "first", "second"]
    store.comments.delete(erased, site=None, actor="key:1", now=now)
    assert store.comments.approved_under(key) == ["first", "second"]
    assert store.comments.approved_under("nothing") == []
    for minute in range(50):
        add(f"later {minute}", minute + 3)
    assert len(store.comments.approved_under(key)) == 40


def test_an_erased_comment_leaves_only_its_id(
    store: Store, store_url: str, new_comment: Make, now: datetime
) -> None:
    """After erasing, no column of any table holds its text, author, note or a quote of it."""
    secret = "Unmistakable"
    added, _ = store.comments.add(
        new_comment(text=f"{secret} text", author=Author(name=f"{secret} name"), held=0.5)
    )
    answer, _ = store.comments.add(
        new_comment(parent_id=added.id, parent_text=f"{secret} text", text="An answer")
    )
    settle(
        store,
        added.id,
        VerdictAction.REJECT,
        now,
        labels=(VerdictLabel.SPAM,),
        note=f"says {secret}",
        version=1,
    )
    assert secret in _everything(store_url)
    store.comments.delete(added.id, site=None, actor="key:1", now=now)
    assert secret not in _everything(store_url)
    with pytest.raises(NotFound):
        store.comments.get(added.id)
    with pytest.raises(NotFound):
        store.comments.delete(added.id, site=None, actor="key:1", now=now)
    assert store.comments.get(answer.id).comment.parent_text is None
    assert list(store.verdicts.labels()) == []
    assert store.verdicts.count() == 1
    assert store.events.recent(limit=1)[0].kind == "comment.deleted"


def test_erasing_closes_the_open_case(store: Store, new_comment: Make, now: datetime) -> None:
    """An erased comment leaves the queue, and is in nobody's history."""
    added, _ = store.comments.add(new_comment(held=0.5))
    store.comments.delete(added.id, site="default", actor="key:1", now=now)
    assert store.cases.queue(site=None) == ([], None)
    assert store.cases.count(site=None) == 0
    assert store.cases.claim_next(site=None, reviewer="r", now=now) is None
    assert store.comments.author_history("default", "author-1").total == 0
    assert list(store.comments.all()) == []


def test_a_replay_of_an_erased_comment_does_not_bring_it_back(
    store: Store, new_comment: Make, now: datetime
) -> None:
    """The idempotency key of an erased comment stays used."""
    new = new_comment(key_id="k", idempotency_key="i", request_digest="d")
    added, _ = store.comments.add(new)
    store.comments.delete(added.id, site=None, actor="key:1", now=now)
    with pytest.raises(NotFound):
        store.comments.add(new)


def test_all_comments_come_oldest_first_over_many_pages(
    store: Store, new_comment: Make, now: datetime
) -> None:
    """More comments than a page holds are given once each, in order, of the site asked for."""
    for n in range(205):
        store.comments.add(new_comment(text=str(n), received_at=now + timedelta(seconds=n)))
    store.comments.add(new_comment(text="elsewhere", site="other"))
    texts = [stored.comment.text for stored in store.comments.all(site="default")]
    assert texts == [str(n) for n in range(205)]
    assert [stored.comment.text for stored in store.comments.all(site="other")] == ["elsewhere"]
    assert len(list(store.comments.all())) == 206


def test_an_authors_comments_come_newest_first(
    store: Store, new_comment: Make, now: datetime
) -> None:
    """Only the author's own comments on that site are listed, up to the limit."""
    for n in range(4):
        store.comments.add(new_comment(text=str(n), received_at=now + timedelta(seconds=n)))
    store.comments.add(new_comment(author_key="somebody else"))
    store.comments.add(new_comment(site="other"))
    listed = store.comments.by_author("default", "author-1", limit=3)
    assert [stored.comment.text for stored in listed] == ["3", "2", "1"]


def _everything(url: str) -> str:
    """Read every row of every table as text."""
    if make_url(url).get_backend_name() == "sqlite":
        connection = sqlite3.connect(str(make_url(url).database))
        try:
            return "\n".join(connection.iterdump())
        finally:
            connection.close()
    engine = create_engine(make_url(url).set(drivername="postgresql+psycopg"))
    try:
        with engine.connect() as connection:
            names = connection.scalars(
                text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
            ).all()
            return "\n".join(
                str(row)
                for name in names
                for row in connection.execute(text(f'SELECT t::text FROM "{name}" t'))
            )
    finally:
        engine.dispose()
