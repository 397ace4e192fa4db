"""
HTML in comments: entities decoded, tags and comments removed, as edits.

Judges nothing; href targets are read from the raw text by `links`.
"""

from __future__ import annotations

import re
from html import unescape
from html.entities import html5

from moderation.text.offsets import Edit

__all__ = ["markup_edits"]

_BLOCK = frozenset(
    "address article aside blockquote body br center dd div dl dt fieldset figcaption figure footer"
    " form h1 h2 h3 h4 h5 h6 head header hr html li main nav ol option p pre section select table"
    " tbody td tfoot th thead title tr ul".split()
)
_INLINE = frozenset(
    "a abbr acronym audio b bdi bdo big button cite code data del dfn em embed font i iframe img"
    " input ins kbd label link mark meta noscript object picture q s samp script small source span"
    " strike strong style sub summary sup svg template textarea time tt u var video wbr".split()
)

# Attribute values may hold anything but angle brackets, so matching stays linear.
_TAG = re.compile(r"</?([a-zA-Z][a-zA-Z0-9:-]{0,30})(\s[^<>]*|/)?>")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
# An ampersand may itself be escaped any number of times: &amp;amp;lt; is one "<".
_ENTITY = re.compile(
    r"&(?:(?:[aA][mM][pP]|#0{0,8}38|#[xX]0{0,8}26);)*"
    r"(#[0-9]{1,16};?|#[xX][0-9a-fA-F]{1,16};?|[a-zA-Z][a-zA-Z0-9]{1,31};"
    # Without a semicolon only these, and never inside a query string such as ?a=1&lt=2.
    r"|(?:amp|lt|gt|quot|nbsp)(?![a-zA-Z0-9=;]))"
)


def markup_edits(text: str) -> list[Edit]:
    """Find entities, tags and comments; a lone ``<`` (``a < b``, ``<3``) is none of them."""
    edits: list[Edit] = []
    if "<" in text and ">" in text:
        edits = _tag_edits(text)
    if "&" in text:
        entities = _entity_edits(text)
        if edits and entities:
            # An entity inside a tag goes with its tag.
            inside = {edit.start for edit in entities if _is_within(edit, edits)}
            entities = [edit for edit in entities if edit.start not in inside]
        edits = sorted(edits + entities)
    return edits


def _is_within(edit: Edit, tags: list[Edit]) -> bool:
    low, high = 0, len(tags)
    while low < high:
        middle = (low + high) // 2
        if tags[middle].end <= edit.start:
            low = middle + 1
        else:
            high = middle
    return low < len(tags) and tags[low].start < edit.end


def _tag_edits(text: str) -> list[Edit]:
    edits: list[Edit] = []
    covered: list[tuple[int, int]] = []
    # Only where a closing mark follows: an unclosed comment must not hide the rest of the text
    # from us, and the search stays linear.
    last = text.rfind("-->")
    if last > 0:
        covered = [match.span() for match in _COMMENT.finditer(text, 0, last + 3)]
        edits = [Edit(start, end, "", "html") for start, end in covered]
    index = 0
    for match in _TAG.finditer(text):
        start, end = match.span()
        while index < len(covered) and covered[index][1] <= start:
            index += 1
        if index < len(covered) and covered[index][0] < end:
            continue
        name = match[1].lower()
        if name in _BLOCK:
            edits.append(Edit(start, end, "\n", "html"))
        elif name in _INLINE or _splits_a_word(text, start, end):
            edits.append(Edit(start, end, "", "html"))
    edits.sort()
    return edits


def _splits_a_word(text: str, start: int, end: int) -> bool:
    # A browser shows nothing for an unknown element, so "via<x>gra" reads as one word; but
    # "<your name here>" between spaces is somebody writing with angle brackets.
    return start > 0 and end < len(text) and text[start - 1].isalpha() and text[end].isalpha()


def _entity_edits(text: str) -> list[Edit]:
    edits = []
    for match in _ENTITY.finditer(text):
        name = match[1]
        decoded = _decode(name)
        if decoded is None:
            # "&amp;copy=2" is an escaped ampersand before an ordinary word.
            if match.start(1) > match.start() + 1:
                edits.append(Edit(match.start(), match.start(1), "&", "html"))
            continue
        edits.append(Edit(match.start(), match.end(), decoded, "html"))
    # An escaped ampersand before something that is no entity at all: "R&amp;D".
    return edits


def _decode(name: str) -> str | None:
    if name[0] == "#":
        return unescape(f"&{name}")
    if not name.endswith(";"):
        return unescape(f"&{name};")
    # Lower-casing must not bring an entity to life later, so any case counts.
    return html5.get(name) or html5.get(name.lower())
