"""
Words written so that filters would miss them, next to what the checks read there.

Pure: looks at one text; knows nothing of the store or of pages.
"""

from __future__ import annotations

from dataclasses import dataclass

from moderation.text import normalise

__all__ = ["Disguise", "read_disguises"]

_MOST_DISGUISES = 12

# Decoded entities and dropped tags are how a site sends text, not how a writer hides a word.
_DISGUISING = frozenset({"invisible", "bidi", "lookalike", "leet", "spaced", "repeated"})


@dataclass(frozen=True, slots=True)
class Disguise:
    """A stretch of the text as it was sent, and the word the checks read there."""

    written: str
    read_as: str


def read_disguises(raw: str) -> tuple[Disguise, ...]:
    """Find the words of a text that the checks read differently from how they are written."""
    text = normalise(raw)
    hidden = [change.span for change in text.changes if change.kind in _DISGUISING]
    if not hidden:
        return ()
    found: dict[Disguise, None] = {}
    start = 0
    for word in text.folded.split(" "):
        end = start + len(word)
        if word:
            span = text.raw_span(start, end)
            if any(h.start < span.end and span.start < h.end for h in hidden):
                written = raw[span.start : span.end]
                if written.casefold() != word:
                    found[Disguise(written, word)] = None
        start = end + 1
        if len(found) == _MOST_DISGUISES:
            break
    return tuple(found)
