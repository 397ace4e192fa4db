"""
Tests of comparing addresses.

Mirrors `moderation/store/permalink.py`.
"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.store.permalink import comparable, link_digest


@pytest.mark.parametrize(
    "url",
    [
        "https://news.example/a/b",
        "http://news.example/a/b/",
        "https://News.Example:443/a/b#comments",
        "http://news.example:80/a/b?utm_source=x&UTM_medium=y",
        " https://news.example/a/b ",
        "https://news.example/a%2fb",
    ],
)
def test_what_does_not_change_the_page_does_not_count(url: str) -> None:
    """Scheme, default port, host case, trailing slash, fragment and campaign marks are dropped."""
    assert link_digest(url) == link_digest("https://news.example/a/b")


@pytest.mark.parametrize(
    "url",
    [
        "https://news.example/a/c",
        "https://news.example/A/b",
        "https://news.example:8443/a/b",
        "https://other.example/a/b",
        "https://news.example/a/b?id=2",
    ],
)
def test_what_changes_the_page_counts(url: str) -> None:
    """Another path, port, host or parameter is another article."""
    assert link_digest(url) != link_digest("https://news.example/a/b")


def test_no_address_has_no_digest() -> None:
    """A missing or blank address is no address."""
    assert link_digest(None) is None
    assert link_digest("  ") is None


@given(st.text(st.characters(exclude_categories=())) | st.from_regex(r"https?://[\w:\[\]/?&=#%.]*"))
def test_any_text_can_be_compared(text: str) -> None:
    """No text, however far from an address, breaks the comparison."""
    comparable(text).encode()
    link_digest(text)
