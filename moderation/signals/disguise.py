"""
Signals of writing made to slip past a filter: look-alikes, hidden characters, spelt-out words.

Shows what was hidden; whether the word itself is bad is for the word signals and the model.
"""

from __future__ import annotations

import re

from moderation.signals.evidence import MAX_SPANS, Evidence, spans_of
from moderation.signals.tokens import word_offsets
from moderation.terms import Signal, Span

__all__ = ["disguised_words", "hidden_characters", "mixed_scripts"]

_LATIN = "A-Za-z\u00c0-\u024f"
_OTHER = "\u0370-\u03ff\u0400-\u052f\u0531-\u058f"
_ANY_LATIN = re.compile(f"[{_LATIN}]")
_ANY_OTHER = re.compile(f"[{_OTHER}]")
_TOUCHING = re.compile(f"[{_LATIN}][{_OTHER}]|[{_OTHER}][{_LATIN}]")
_LETTERS = re.compile(f"[{_LATIN}{_OTHER}]+")
# An abbreviation with an ending of the writer's language ("SMSка"), or a Greek letter beside a unit
# or a name ("μm", "TNFα"): people write so without a thought of hiding.
_HONEST = re.compile(
    "[A-Z]{2,}[\u0400-\u052f]+|[\u0370-\u03ff][A-Za-z]{1,3}|[A-Za-z]{1,3}[\u0370-\u03ff]"
)

# Marks of writing direction and the byte order mark come along with honest copied text.
_HARMLESS = frozenset("\u200e\u200f\u061c\ufeff\u00ad")

# Letters of mathematics and letters in circles, in a row: normalised away, hence no change of
# `text.changes`. Full-width letters are none of these, since Japanese writers use them daily.
_STYLED = re.compile("[\U0001d400-\U0001d7ff\u24b6-\u24e9\U0001f110-\U0001f189]{3,}")

_DISGUISES = frozenset({"lookalike", "leet", "spaced"})


def mixed_scripts(evidence: Evidence) -> Signal | None:
    """
    Mixes letters of different alphabets within a word.

    Hit: "frее mоney" with Cyrillic е and о. Near miss: "Он купил iPhone", whole words of each.
    """
    plain = evidence.text.plain
    # One search for one alphabet is several times cheaper than one for two that touch.
    if plain.isascii() or not (_ANY_OTHER.search(plain) and _ANY_LATIN.search(plain)):
        return None
    spans: list[Span] = []
    for match in _LETTERS.finditer(plain):
        if _TOUCHING.search(match[0]) and not _HONEST.fullmatch(match[0]):
            spans.append(evidence.text.raw_span_of_plain(match.start(), match.end()))
            if len(spans) >= MAX_SPANS:
                break
    if not spans:
        return None
    message = "Mixes letters of different alphabets within a word."
    return Signal("MIXED_SCRIPTS", min(1.0, 0.4 + 0.2 * len(spans)), message, spans_of(spans))


def hidden_characters(evidence: Evidence) -> Signal | None:
    """
    Contains characters that cannot be seen.

    Hit: "via<U+200B>gra". Near miss: the zero-width non-joiner that Persian spelling needs.
    """
    if not evidence.text.changes:
        return None
    raw = evidence.text.raw
    spans = [
        change.span
        for change in evidence.text.changes
        if change.kind in ("invisible", "bidi")
        and not _HARMLESS.issuperset(raw[change.span.start : change.span.end])
    ]
    if not spans:
        return None
    message = "Contains characters that cannot be seen."
    return Signal("HIDDEN_CHARACTERS", min(1.0, 0.3 + 0.1 * len(spans)), message, spans_of(spans))


def disguised_words(evidence: Evidence) -> Signal | None:
    """
    Spells words in disguise.

    Hit: "v1agra", "c.a.s.i.n.o", "𝖋𝖗𝖊𝖊". Near miss: "the U.S. and 4G", which hide nothing.
    """
    text = evidence.text
    disguises = [change.span for change in text.changes if change.kind in _DISGUISES]
    if not text.raw.isascii():
        disguises += [Span(*match.span()) for match in _STYLED.finditer(text.raw)]
    if not disguises:
        return None
    shown: list[str] = []
    spans: list[Span] = []
    remaining = sorted(disguises, key=lambda span: (span.start, span.end))
    for start, end in word_offsets(text.folded):
        word = text.raw_span(start, end)
        while remaining and remaining[0].end <= word.start:
            remaining.pop(0)
        if not remaining:
            break
        if remaining[0].start < word.end:
            written = text.raw[word.start : word.end]
            if _is_softened(written, text.folded[start:end]):
                continue
            shown.append(f"“{_cut(written)}” reads as “{_cut(text.folded[start:end])}”")
            spans.append(word)
            if len(spans) >= MAX_SPANS:
                break
    if not spans:
        return None
    message = f"Spells words in disguise: {', '.join(list(dict.fromkeys(shown))[:3])}."
    return Signal("DISGUISED_WORDS", min(1.0, 0.3 + 0.2 * len(spans)), message, spans_of(spans))


def _is_softened(written: str, read_as: str) -> bool:
    """Whether stars stand for letters ("f**k"): that spares a reader's eye and fools no filter."""
    return "*" in written and written.replace("*", "").casefold() != read_as


def _cut(word: str) -> str:
    return word if len(word) <= 40 else word[:39] + "…"
