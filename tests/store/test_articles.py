"""
Tests of remembering articles, on both databases.

Mirrors `moderation/store/articles.py`.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Barrier

import pytest

from moderation.errors import InputError
from moderation.store import Store
from moderation.store.articles import LONGEST_ID
from moderation.terms import Article

FULL = Article(id="a1", url="https://news.example/a", title="T", body="B", language="en")


def test_an_article_is_found_by_id_and_by_address(store: Store, now: datetime) -> None:
    """Both names lead to the same article, and only on its own site."""
    put = store.articles.put("default", FULL, "d1", now)
    assert (put.article, put.digest, put.updated_at, put.site) == (FULL, "d1", now, "default")
    assert store.articles.find("default", id="a1") == put
    assert store.articles.find("default", url="http://news.example/a/#top") == put
    assert store.articles.find("default", id="unknown", url=FULL.url) == put
    assert store.articles.find("other", id="a1", url=FULL.url) is None
    assert store.articles.find("default", id="unknown") is None
    assert store.articles.find("default") is None


def test_putting_it_again_updates_it(store: Store, now: datetime) -> None:
    """A changed text replaces the old one under the same key."""
    first = store.articles.put("default", FULL, "d1", now)
    later = now + timedelta(hours=1)
    again = store.articles.put("default", replace(FULL, body="New"), "d2", later)
    assert again.key == first.key
    assert (again.article.body, again.digest, again.updated_at) == ("New", "d2", later)


def test_nothing_is_written_when_nothing_changed(store: Store, now: datetime) -> None:
    """The same article again keeps its time of change."""
    first = store.articles.put("default", FULL, "d1", now)
    assert store.articles.put("default", FULL, "d1", now + timedelta(hours=1)) == first


def test_an_article_without_text_never_erases_text(store: Store, now: datetime) -> None:
    """A comment that names its article only by id leaves title, body and digest alone."""
    store.articles.put("default", FULL, "d1", now)
    bare = store.articles.put("default", Article(id="a1"), "empty", now)
    assert (bare.article, bare.digest) == (FULL, "d1")


def test_a_title_that_goes_is_gone(store: Store, now: datetime) -> None:
    """Title and body are replaced together, as the digest is of both."""
    store.articles.put("default", FULL, "d1", now)
    changed = store.articles.put("default", replace(FULL, title=None), "d2", now)
    assert (changed.article.title, changed.article.body) == (None, "B")


def test_an_article_met_by_address_gets_its_id_later(store: Store, now: datetime) -> None:
    """The id is added to the article known by the address only."""
    met = store.articles.put("default", replace(FULL, id=None), "d1", now)
    named = store.articles.put("default", FULL, "d1", now)
    assert named.key == met.key
    assert store.articles.find("default", id="a1") == named


def test_an_article_without_any_name_is_known_by_its_text(store: Store, now: datetime) -> None:
    """The same unnamed text is one article; another text is another."""
    text = Article(title="T", body="B")
    first = store.articles.put("default", text, "d1", now)
    assert store.articles.put("default", text, "d1", now) == first
    other = store.articles.put("default", Article(title="T2", body="B"), "d2", now)
    assert other.key != first.key


def test_two_ids_may_share_an_address(store: Store, now: datetime) -> None:
    """What the site names differently stays different."""
    first = store.articles.put("default", FULL, "d1", now)
    second = store.articles.put("default", replace(FULL, id="a2"), "d1", now)
    assert first.key != second.key


def test_met_by_many_at_once_it_is_remembered_once(store: Store, now: datetime) -> None:
    """Concurrent first meetings give every caller the same article."""
    barrier = Barrier(8)
    unnamed = replace(FULL, id=None)

    def put(_: int) -> str:
        barrier.wait()
        return store.articles.put("default", unnamed, "d1", now).key

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(put, range(8)))) == 1


def test_a_long_id_is_refused_and_a_long_address_is_not(store: Store, now: datetime) -> None:
    """Ids have a limit that is told; addresses of any length are found again."""
    with pytest.raises(InputError) as caught:
        store.articles.put("default", Article(id="é" * (LONGEST_ID + 1)), "d", now)
    assert caught.value.field == "article.id"
    longest = Article(id="é" * LONGEST_ID, url="https://news.example/" + "é" * 20_000)
    put = store.articles.put("default", longest, "d", now)
    assert store.articles.find("default", id=longest.id) == put
    assert store.articles.find("default", url=longest.url) == put


def test_text_no_database_can_keep_does_not_count_as_a_change(store: Store, now: datetime) -> None:
    """An article with NUL in it is found, and not rewritten at every comment."""
    bad = Article(id="a\x00", title="\ud800", body="x\x00")
    first = store.articles.put("default", bad, "d", now)
    assert first.article == Article(id="a␀", title="\ufffd", body="x␀")
    assert store.articles.put("default", bad, "d", now + timedelta(hours=1)) == first
    assert store.articles.find("default", id="a\x00") == first
