"""
Places in a text as Perspective counts them: sentences, in UTF-16 code units.

Pure; knows no score.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

from moderation.terms import Span
from moderation.text import split_sentences

__all__ = ["MOST_SENTENCES", "sentence_spans", "to_utf16"]

MOST_SENTENCES = 64
"""Sentences scored one by one; what follows belongs to the last one."""


def sentence_spans(text: str) -> list[Span]:
    """
    Give where the sentences of a text stand: in order, apart, none of them blank.

    Together they cover all but white space. A text without any sentence is one span.
    """
    spans: list[Span] = []
    at = 0
    for sentence in split_sentences(text, limit=MOST_SENTENCES):
        start = text.index(sentence, at)
        at = start + len(sentence)
        spans.append(Span(start, at))
    if not spans:
        return [Span(0, len(text))]
    rest = len(text.rstrip())
    if rest > spans[-1].end:
        spans[-1] = Span(spans[-1].start, rest)
    return spans


def to_utf16(text: str, spans: Sequence[Span]) -> list[tuple[int, int]]:
    """
    Give spans of code points as pairs (begin, end) of UTF-16 code units, end exclusive.

    A character beyond the basic plane, such as an emoji, is two units.
    """
    if text.isascii():
        return [(span.start, span.end) for span in spans]
    units = list(accumulate((1 + (char > "\uffff") for char in text), initial=0))
    return [(units[span.start], units[span.end]) for span in spans]
