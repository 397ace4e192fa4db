"""How the article of a comment is found and remembered."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from moderation.classifiers.articles import article_digest
from moderation.desk.articles import remember, resolve
from moderation.store import Store
from moderation.terms import Article
from tests.fakes import CHEAP_HASHER, NOON

FULL = Article(id="7", url="https://news.example/7", title="Bridge opens", body="A year late.")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Give a new store."""
    url = f"sqlite:///{tmp_path / 'test.sqlite'}"
    Store.upgrade(url)
    with Store.open(url, hasher=CHEAP_HASHER) as opened:
        yield opened


def test_no_article_is_nothing_unknown(store: Store) -> None:
    """A comment that names no article gets no notice about one."""
    for sent in (None, Article(), Article(language="en")):
        found = resolve(store, "default", sent)
        assert found.article is None
        assert not found.unknown


def test_an_article_is_found_by_id_and_by_url(store: Store) -> None:
    """Either name of a stored article brings its text."""
    store.articles.put("default", FULL, article_digest(FULL), NOON)
    for sent in (Article(id="7"), Article(url="http://news.example/7/#comments")):
        found = resolve(store, "default", sent).article
        assert found is not None
        assert found.body == "A year late."


def test_sent_text_wins_part_by_part(store: Store) -> None:
    """A new title replaces the old one, and the body that was not sent again stays."""
    store.articles.put("default", FULL, article_digest(FULL), NOON)
    found = resolve(store, "default", Article(id="7", title="Bridge opens at last")).article
    assert found is not None
    assert (found.title, found.body) == ("Bridge opens at last", "A year late.")


def test_an_unknown_name_is_said_to_be_unknown(store: Store) -> None:
    """A name nobody sent a text for leaves nothing to compare with."""
    assert resolve(store, "default", Article(id="nobody")).unknown
    assert resolve(None, "default", Article(id="7")).unknown


def test_another_sites_article_is_unknown(store: Store) -> None:
    """Sites do not see each other's articles."""
    store.articles.put("other", FULL, article_digest(FULL), NOON)
    assert resolve(store, "default", Article(id="7")).unknown


def test_a_sent_article_is_remembered_and_changed_text_replaces_it(store: Store) -> None:
    """The second comment under an article can name it, and sees the newest text."""
    key = remember(store, "default", resolve(store, "default", FULL), NOON)
    changed = Article(id="7", title="Bridge opens", body="Two years late.")
    again = remember(store, "default", resolve(store, "default", changed), NOON)
    assert key == again
    found = store.articles.find("default", id="7")
    assert found is not None
    assert found.article.body == "Two years late."
    assert found.article.url == FULL.url


def test_a_sent_article_without_a_name_is_kept_once(store: Store) -> None:
    """A moderator can read the article of a comment whose site gives articles no names."""
    unnamed = Article(title="Bridge opens", body="A year late.")
    key = remember(store, "default", resolve(store, "default", unnamed), NOON)
    assert key is not None
    assert remember(store, "default", resolve(store, "default", unnamed), NOON) == key


def test_a_named_article_gets_its_text_later(store: Store) -> None:
    """A comment under a name that is unknown belongs to the article when its text arrives."""
    key = remember(store, "default", resolve(store, "default", Article(id="7")), NOON)
    assert store.articles.put("default", FULL, article_digest(FULL), NOON).key == key


def test_a_digest_worked_out_already_is_taken(store: Store) -> None:
    """Whoever analysed the article has its digest, and it is not worked out again."""
    found = resolve(store, "default", FULL)
    key = remember(store, "default", replace(found, digest="d" * 64), NOON)
    stored = store.articles.find("default", id="7")
    assert stored is not None
    assert (stored.key, stored.digest) == (key, "d" * 64)


def test_a_name_that_comes_later_is_added(store: Store) -> None:
    """An article met by address gets its id and language from the comment that names them."""
    by_address = Article(url=FULL.url, title=FULL.title, body=FULL.body)
    key = remember(store, "default", resolve(store, "default", by_address), NOON)
    named = Article(id="7", url=FULL.url, language="en")
    assert remember(store, "default", resolve(store, "default", named), NOON) == key
    found = store.articles.find("default", id="7")
    assert found is not None
    assert (found.key, found.article.language) == (key, "en")
    assert found.article.body == FULL.body
