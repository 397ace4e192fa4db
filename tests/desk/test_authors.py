"""How authors are recognised again."""

from __future__ import annotations

from moderation.desk.authors import author_key
from moderation.terms import Author

SECRET = b"s" * 32


def test_the_sites_id_outranks_email_and_address() -> None:
    """An author with an id is the same person whatever else changes."""
    one = author_key(SECRET, Author(id="7", email="a@example.com", ip="192.0.2.1"))
    other = author_key(SECRET, Author(id="7", email="b@example.com", ip="192.0.2.9"))
    assert one == other
    assert one != author_key(SECRET, Author(id="8", email="a@example.com", ip="192.0.2.1"))


def test_email_is_compared_in_any_case() -> None:
    """Two spellings of one e-mail address are one author, and outrank the IP address."""
    one = author_key(SECRET, Author(email="Reader@Example.com", ip="192.0.2.1"))
    assert one == author_key(SECRET, Author(email=" reader@example.com ", ip="192.0.2.9"))


def test_the_same_word_as_id_and_as_address_is_two_authors() -> None:
    """An id that looks like an IP address does not take over that address's history."""
    assert author_key(SECRET, Author(id="192.0.2.1")) != author_key(SECRET, Author(ip="192.0.2.1"))


def test_an_author_without_marks_is_unknown() -> None:
    """A name alone, or blanks, recognise nobody."""
    assert author_key(SECRET, Author(name="Sam")) is None
    assert author_key(SECRET, Author(id=" ", email="", ip=None)) is None


def test_the_key_depends_on_the_secret_and_shows_nothing() -> None:
    """Without the installation's secret nobody can tell whose key it is."""
    key = author_key(SECRET, Author(email="reader@example.com"))
    assert key is not None
    assert "reader" not in key
    assert len(key) == 32
    assert key != author_key(b"t" * 32, Author(email="reader@example.com"))


def test_broken_unicode_is_no_trouble() -> None:
    """A lone surrogate in an id still gives a key."""
    assert author_key(SECRET, Author(id="\ud800")) is not None
