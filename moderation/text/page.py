"""
Reads title, text and language of an article off a web page, for sites that cannot send them.

Pure; fetches nothing. What is navigation, comments or advertising it knows by the markup only.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from html import unescape

__all__ = ["Page", "read_page"]

_LEAST_PARAGRAPH = 25
"""Shorter paragraphs are bylines, captions and buttons more often than text."""

_LEAST_TEXT = 200
"""A container with less text than this is not where the article stands."""

_LONGEST_TITLE = 500

_SKIPPED = frozenset(
    "aside button dialog figcaption footer form header nav object select svg template".split()
)
_RAW = frozenset("iframe noembed noframes noscript script style textarea title xmp".split())
# What stands in these is no markup; of them only the title is text that we want.

_TEXT = frozenset("blockquote h2 h3 h4 li p pre".split())
_VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())
_COMMENTS = frozenset(
    "comment comments comment-list comments-area comments-section commentlist disqus_thread"
    " coral_thread respond".split()
)
# Readers' comments on the page must not count as the article they are compared with.

_TITLES = ("og:title", "twitter:title")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?=$|[-_])")

# A tag never holds another opening bracket here, not even in quotes, and nothing is given back
# once it was matched: so a page made to be slow, with a hundred thousand tags that do not end, is
# read in linear time. The standard library's parser takes minutes for it.
_MARK = re.compile(
    r"<(?:(!--|[!?])|(/?)([a-zA-Z][a-zA-Z0-9:-]{0,30}+)"
    r"((?:[\s/][^<>\"']*+(?:\"[^\"<]*+\"[^<>\"']*+|'[^'<]*+'[^<>\"']*+)*+)?+)>)"
)
_ATTRIBUTE = re.compile(
    r"([^\s\"'<>/=]++)(?:\s*+=\s*+(?:\"([^\"]*+)\"|'([^']*+)'|([^\s\"'<>]++)))?+"
)


@dataclass(frozen=True, slots=True)
class Page:
    """
    What a page says of its article.

    Attributes:
        title: one line, or None.
        body: paragraphs with a blank line between, or None when there is no running text.
        language: primary BCP 47 tag in lower case, or None.
    """

    title: str | None
    body: str | None
    language: str | None


def read_page(html: str) -> Page:
    """
    Take a page apart; total and linear, whatever the markup is like.

    The text is that of ``<article>`` elements, else of ``<main>``, else of all paragraphs. Within
    it only paragraphs, headings, list items and quotations count, not menus and captions.
    """
    reader = _Reader()
    reader.read(html)
    return Page(reader.title(), reader.body(), reader.language)


@dataclass(slots=True)
class _Part:
    """One paragraph, and whether it stands in an article or in the main part."""

    in_article: bool
    in_main: bool
    pieces: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return " ".join("".join(self.pieces).split())


class _Reader:
    """Collects paragraphs while keeping count of the elements that are open."""

    def __init__(self) -> None:
        self.language: str | None = None
        self._open: list[tuple[str, bool]] = []
        # How often each element is open: looking through the list would take quadratic time on a
        # page that nests without end.
        self._count: Counter[str] = Counter()
        self._skipping = 0
        self._parts: list[_Part] = []
        self._named: dict[str, str] = {}

    def title(self) -> str | None:
        """Give the title as shared, else of the first heading, else of the window."""
        for name in (*_TITLES, "h1", "title"):
            found = " ".join(self._named.get(name, "").split())
            if found:
                return found[:_LONGEST_TITLE]
        return None

    def body(self) -> str | None:
        """Give the running text."""
        for chosen in (
            [part for part in self._parts if part.in_article],
            [part for part in self._parts if part.in_main],
            self._parts,
        ):
            texts = [t for t in (part.text for part in chosen) if len(t) >= _LEAST_PARAGRAPH]
            if sum(map(len, texts)) >= _LEAST_TEXT:
                return "\n\n".join(texts)
        return None

    def read(self, html: str) -> None:
        """Go through a page once, from mark to mark."""
        at = 0
        while (mark := _MARK.search(html, at)) is not None:
            self._data(html[at : mark.start()])
            at = mark.end()
            declared, slash, name = mark[1], mark[2], (mark[3] or "").lower()
            if declared:
                end = "-->" if declared == "!--" else ">"
                found = html.find(end, at)
                if found < 0:
                    return
                at = found + len(end)
            elif slash:
                self._end(name)
            elif name in _RAW:
                close = re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE).search(html, at)
                if close is None:
                    return
                if name == "title":
                    self._named.setdefault("title", unescape(html[at : close.start()]))
                at = close.start()
            else:
                self._start(name, mark[4])
        self._data(html[at:])

    def _start(self, name: str, attributes: str) -> None:
        given = {
            match[1].lower(): unescape(match[2] or match[3] or match[4] or "")
            for match in _ATTRIBUTE.finditer(attributes)
        }
        if name == "meta":
            self._meta(given)
        if name == "html" and self.language is None:
            language = _LANGUAGE.match(given.get("lang", "").strip())
            self.language = language[0].lower() if language else None
        if name in _VOID:
            self._data(" ")
            return
        if name == "p" and self._open and self._open[-1][0] == "p":
            # A paragraph ends where the next begins; most pages leave the end tag out somewhere.
            self._end("p")
        # An article's own header holds its title; that of the page holds the menu.
        skip = name in _SKIPPED and not (name == "header" and self._count["article"])
        names = f"{given.get('id', '')} {given.get('class', '')}".lower().split()
        skip = skip or not _COMMENTS.isdisjoint(names)
        self._open.append((name, skip))
        self._count[name] += 1
        self._skipping += skip
        if name == "h1":
            self._named.setdefault("h1", "")
        if name in _TEXT and not self._skipping:
            inside = self._count["article"] > 0, self._count["main"] > 0
            self._parts.append(_Part(*inside))

    def _end(self, name: str) -> None:
        # An end tag without its start is ignored; one that skips over others closes them too.
        while self._count[name]:
            closed, skip = self._open.pop()
            self._count[closed] -= 1
            self._skipping -= skip
            if closed == name:
                return

    def _data(self, data: str) -> None:
        if not data:
            return
        if self._count["h1"] and len(self._named["h1"]) < _LONGEST_TITLE:
            self._named["h1"] += unescape(data)
        if self._parts and not self._skipping and any(self._count[name] for name in _TEXT):
            self._parts[-1].pieces.append(unescape(data))

    def _meta(self, given: dict[str, str]) -> None:
        name = (given.get("property") or given.get("name") or "").lower()
        if name in _TITLES:
            self._named.setdefault(name, given.get("content", ""))
