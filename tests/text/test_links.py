"""Tests of link finding: every way to write one, and what only looks like one."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from moderation.text import find_links, normalise
from tests.text.texts import any_text, mixed


@pytest.mark.parametrize(
    ("raw", "host", "domain", "shown"),
    [
        ("see https://www.Example.com/a?b=1, ok", "www.example.com", "example.com", None),
        (
            "(http://a.example.org/x_(y))",
            "a.example.org",
            "example.org",
            "http://a.example.org/x_(y)",
        ),
        ("go www.foo.co.uk!", "www.foo.co.uk", "foo.co.uk", "www.foo.co.uk"),
        ("buy at cheap-pills.shop now", "cheap-pills.shop", "cheap-pills.shop", "cheap-pills.shop"),
        ("سایتexample.comبرای خرید", "example.com", "example.com", "example.com"),
        ("https://example.comسلام", "example.com", "example.com", "https://example.com"),
        ("ببین https://fa.example.org/ایران، خوب", "fa.example.org", "example.org", None),
        ("http://münchen.de/", "xn--mnchen-3ya.de", "xn--mnchen-3ya.de", "http://münchen.de/"),
        ("сайт пример.рф", "xn--e1afmkfd.xn--p1ai", "xn--e1afmkfd.xn--p1ai", "пример.рф"),
        ("<a href='http://s.example.net/?a=1&amp;b'>x</a>", "s.example.net", "example.net", None),
        (
            "[x](https://md.example.com/a)",
            "md.example.com",
            "example.com",
            "https://md.example.com/a",
        ),
        ("[url=http://bb.example.com]z[/url]", "bb.example.com", "example.com", None),
        ("[url]http://cc.example.com[/url]", "cc.example.com", "example.com", None),
        ("hxxps[:]//evil[.]com/x", "evil.com", "evil.com", "hxxps[:]//evil[.]com/x"),
        ("visit evil dot com", "evil.com", "evil.com", "evil dot com"),
        ("http://192.168.1.1:8080/a", "192.168.1.1", "", "http://192.168.1.1:8080/a"),
        ("http://[::1]/", "::1", "", "http://[::1]/"),
        ("http://u:p@h.example.com:99/", "h.example.com", "example.com", None),
        ("bit.ly/abc", "bit.ly", "bit.ly", "bit.ly/abc"),
        ("exam\u200bple.com", "example.com", "example.com", "exam\u200bple.com"),
        ("ｅｘａｍｐｌｅ．ｃｏｍ", "example.com", "example.com", "ｅｘａｍｐｌｅ．ｃｏｍ"),
        ("my.blogspot.com", "my.blogspot.com", "my.blogspot.com", "my.blogspot.com"),
    ],
)
def test_a_link_is_found_where_it_stands(
    raw: str, host: str, domain: str, shown: str | None
) -> None:
    """Each writing of a link gives one link with host, registered domain and its own span."""
    (link,) = find_links(normalise(raw))
    assert (link.host, link.domain) == (host, domain)
    assert "://" in link.url
    if shown is not None:
        assert raw[link.span.start : link.span.end] == shown


@pytest.mark.parametrize(
    "raw",
    [
        "This is the end.Next sentence",
        "open file.py and readme.md, see 3.5",
        "e.g. node.js i.e. asp.net U.S. p.m.",
        "that is good.it is way.to go",
        "the dot com bubble",
        "write to john.doe@example.com",
        "version 1.2.3.4 of it",
        "ok...com and http:// alone",
        "سلام.خوبی",
    ],
)
def test_what_only_looks_like_a_link_is_none(raw: str) -> None:
    """Glued sentences, file names, abbreviations and addresses are no links."""
    assert find_links(normalise(raw)) == ()


def test_an_anchor_showing_its_own_target_counts_once() -> None:
    """The visible copy of an anchor's address is not a second link."""
    links = find_links(normalise('<a href="http://x.com">http://x.com</a> http://y.com'))
    assert [link.host for link in links] == ["x.com", "y.com"]


_PIECES = (
    "http://",
    "www.",
    "a",
    ".",
    "com",
    "[",
    "]",
    "(",
    ")",
    "@",
    ":",
    "/",
    "é",
    "س",
    " dot ",
    "[.]",
    '<a href="',
    '">',
    "xn--",
    "1",
    "::",
    "%",
    "\u200b",
    "　",
)


@settings(max_examples=300, deadline=None)
@given(any_text(50) | mixed(*_PIECES))
def test_any_text_gives_valid_links(raw: str) -> None:
    """Finding links never fails, and spans stay inside the text."""
    for link in find_links(normalise(raw)):
        assert 0 <= link.span.start < link.span.end <= len(raw)
        assert link.host
