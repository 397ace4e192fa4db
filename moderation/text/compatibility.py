"""
Unicode compatibility normalisation (NFKC) with offsets.

Only finds edits; a text already normalised costs one quick check.
"""

from __future__ import annotations

import re
from functools import lru_cache
from unicodedata import combining, is_normalized, normalize

from moderation.text.offsets import Edit

__all__ = ["compatibility_edits"]

# NFKC turns these into a space and a combining mark, which splits words ("don´t") and breaks
# faces; an acute or a spacing prime is somebody's apostrophe, the others stay as they are.
_APOSTROPHES = "\u00b4\u1fbd\u1fbf\u1ffd\u0384"
_EXEMPT = frozenset(
    _APOSTROPHES + "\u00a8\u00af\u00b8\u02d8\u02d9\u02da\u02db\u02dc\u02dd\u2017\u203e\u037a\u0385"
    "\u1fc0\u1fc1\u1fcd\u1fce\u1fcf\u1fdd\u1fde\u1fdf\u1fed\u1fee\u1ffe"
    "\ufe49\ufe4a\ufe4b\ufe4c\ufffd"
)
_WORD = re.compile(r"[^ \n]+")
_EMOJI_SELECTOR = "\ufe0f"


def compatibility_edits(text: str) -> list[Edit]:
    """Find what NFKC changes, in the smallest independent segments."""
    if text.isascii() or is_normalized("NFKC", text):
        return []
    edits: list[Edit] = []
    # Nothing composes across an ASCII space, so words can be looked at one by one.
    for match in _WORD.finditer(text):
        word = match[0]
        if word.isascii() or is_normalized("NFKC", word):
            continue
        start = 0
        for end in _boundaries(word):
            segment = word[start:end]
            normal = _normal(segment)
            if normal != segment:
                edits.append(Edit(match.start() + start, match.start() + end, normal))
            start = end
    return edits


def _boundaries(text: str) -> list[int]:
    """Give the end of every segment: no character of one can join one of the next."""
    ends: list[int] = []
    previous = 0
    for index in range(1, len(text)):
        char = text[index]
        if char < "\u0300":
            ends.append(index)
            previous = index
            continue
        if combining(char) or char == _EMOJI_SELECTOR:
            continue
        last = text[previous:index]
        if len(last) > 8:
            # After so many marks nothing composes with the starter any more but a vowel sign
            # that follows it directly, which it does not.
            last = last[-1]
        if not _composes(last, char):
            ends.append(index)
            previous = index
    ends.append(len(text))
    return ends


@lru_cache(maxsize=8192)
def _composes(segment: str, char: str) -> bool:
    return normalize("NFKC", segment + char) != normalize("NFKC", segment) + normalize("NFKC", char)


@lru_cache(maxsize=8192)
def _normal_short(segment: str) -> str:
    if segment[0] in _EXEMPT:
        head = "'" if segment[0] in _APOSTROPHES else segment[0]
        return head + normalize("NFKC", segment[1:])
    if segment[-1] == _EMOJI_SELECTOR and len(segment) == 2:
        # An emoji that is also a compatibility character stays an emoji.
        return segment
    return normalize("NFKC", segment)


def _normal(segment: str) -> str:
    if segment.isascii():
        return segment
    return _normal_short(segment) if len(segment) <= 16 else normalize("NFKC", segment)
