"""
Words of folded text in every script we meet, with their offsets when somebody needs them.

Knows nothing of signals; looks at strings only.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Iterator

__all__ = ["split_words", "word_offsets"]


def _marks() -> str:
    """Give all combining marks as a character class: ``\\w`` alone would cut Hindi at them."""
    # Beyond the basic plane only dead scripts have any, and `re` searches such classes ten times
    # more slowly.
    ranges: list[str] = []
    first = last = -2
    for point in range(0x300, 0x10000):
        if unicodedata.category(chr(point)) in ("Mn", "Mc"):
            if point != last + 1:
                if first >= 0:
                    ranges.append(f"{chr(first)}-{chr(last)}")
                first = point
            last = point
    ranges.append(f"{chr(first)}-{chr(last)}")
    return sys.intern("".join(ranges))


# Zero-width joiners stay inside a word: in Persian and Hindi they are spelling.
_WORD = re.compile(rf"[\w{_marks()}\u200c\u200d]+")
_ASCII_WORD = re.compile("[a-zA-Z0-9]+")


def split_words(folded: str) -> tuple[str, ...]:
    """Cut text into words; punctuation, emoji and underscores part them, apostrophes too."""
    if folded.isascii():
        return tuple(_ASCII_WORD.findall(folded))
    return tuple(_WORD.findall(folded.replace("_", " ")))


def word_offsets(folded: str) -> Iterator[tuple[int, int]]:
    """Give (start, end) of the same words `split_words` gives, in the same order."""
    return (match.span() for match in _WORD.finditer(folded.replace("_", " ")))
