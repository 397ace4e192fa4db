"""
Shows a stranger's text safely: escaped, with its reasons marked and its invisible characters shown.

Pure; makes markup from escaped pieces only and never from the text itself.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Final

from markupsafe import Markup, escape

from moderation.terms import Reason, Span

__all__ = ["FILTERS", "Piece", "is_hidden", "marked", "pieces", "visible", "without_hidden"]

_ZERO_WIDTH_JOINERS = "\u200c\u200d"
_TAGS = range(0xE0020, 0xE0080)
_BLACK_FLAG = "\U0001f3f4"

# Letters and marks that show nothing though their category says they do.
_BLANKS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")

# Scripts in which a joiner or non-joiner is spelling (Unicode names of their letters begin so).
_JOINING = (
    "ARABIC BENGALI DEVANAGARI GUJARATI GURMUKHI KANNADA KHMER MALAYALAM MANDAIC MONGOLIAN "
    "MYANMAR NKO ORIYA SINHALA SYRIAC TAMIL TELUGU"
).split()


@dataclass(frozen=True, slots=True)
class Piece:
    """
    A stretch of text that is shown in one way.

    Attributes:
        text: the characters, unescaped.
        numbers: the reasons that point at it, counted from 1, ascending.
        hidden: whether its characters show nothing or reorder others, so that they must be named.
        ends: the reasons of which a span ends with this piece; their numbers are printed there.
    """

    text: str
    numbers: tuple[int, ...] = ()
    hidden: bool = False
    ends: tuple[int, ...] = ()


def pieces(text: str, spans: Iterable[tuple[int, Span]] = ()) -> list[Piece]:
    """
    Cut a text at the ends of its spans and around its hidden characters.

    Args:
        spans: (reason number, span in code points of `text`); they may overlap, and what lies
            outside the text is ignored.

    Returns:
        Pieces whose texts joined are `text`.
    """
    opened: dict[int, list[int]] = {}
    closed: dict[int, list[int]] = {}
    for number, span in spans:
        start, end = max(0, span.start), min(len(text), span.end)
        if start < end:
            opened.setdefault(start, []).append(number)
            closed.setdefault(end, []).append(number)
    cuts = sorted({0, len(text), *opened, *closed})
    found: list[Piece] = []
    active: Counter[int] = Counter()
    for start, end in pairwise(cuts):
        active.subtract(closed.get(start, ()))
        active.update(opened.get(start, ()))
        numbers = tuple(sorted(number for number, count in active.items() if count > 0))
        runs = [
            (hidden, "".join(text[i] for i in run))
            for hidden, run in groupby(range(start, end), key=lambda i: is_hidden(text, i))
        ]
        for position, (hidden, run) in enumerate(runs):
            is_last = position == len(runs) - 1
            ends = tuple(sorted(set(closed.get(end, ())))) if is_last else ()
            found.append(Piece(run, numbers, hidden, ends))
    return found


def is_hidden(text: str, i: int) -> bool:
    """Tell whether character `i` shows nothing, or reorders others, where it stands."""
    character = text[i]
    if character in "\n\t" or " " <= character <= "~":
        return False
    if character in _ZERO_WIDTH_JOINERS:
        return not _joins(text, i)
    if ord(character) in _TAGS:
        return not _is_flag_tag(text, i)
    # Cc control, Cf format, Cs lone surrogate, Co private use, Zl and Zp separators.
    if unicodedata.category(character) in {"Cc", "Cf", "Co", "Cs", "Zl", "Zp"}:
        return character != "\r"
    return character in _BLANKS or ord(character) & 0xFFFE == 0xFFFE


def marked(text: str, reasons: Sequence[Reason] = ()) -> Markup:
    """Give a text as markup with every reason's spans marked and numbered as in the list."""
    numbered = [(number, span) for number, reason in enumerate(reasons, 1) for span in reason.spans]
    return Markup("").join(_piece_markup(piece) for piece in pieces(text, numbered))


def visible(text: str | None) -> Markup:
    """Give a short text of a stranger, such as a name, isolated from what stands around it."""
    return Markup("<bdi>{}</bdi>").format(marked(text or ""))


def without_hidden(text: str) -> str:
    """Give a text without its hidden characters, for where no markup can name them: the title."""
    return "".join(piece.text for piece in pieces(text) if not piece.hidden)


def _piece_markup(piece: Piece) -> Markup:
    inner = _chip(piece.text) if piece.hidden else escape(piece.text)
    if not piece.numbers:
        return inner
    # The tone follows the largest reason. The stylesheet prints the numbers, which say the same
    # without colour, behind the mark: so the text itself can be read and copied as it was sent.
    tone = (piece.numbers[0] - 1) % 6 + 1
    ends = " ".join(str(number) for number in piece.ends)
    return Markup('<mark class="tone-{}" data-ends="{}">{}</mark>').format(tone, ends, inner)


def _chip(run: str) -> Markup:
    """Name a run of hidden characters: the first by its code point, the rest by their count."""
    first = run[0]
    code = f"U+{ord(first):04X}"
    name = unicodedata.name(first, "control character").lower()
    more = f" +{len(run) - 1}" if len(run) > 1 else ""
    return Markup('<bdi class="chip" dir="ltr" title="{}">⟨{}{}⟩</bdi>').format(name, code, more)


def _joins(text: str, i: int) -> bool:
    """Tell whether a joiner is spelling: within a joining script, or inside an emoji."""
    before = text[i - 1] if i else ""
    after = text[i + 1] if i + 1 < len(text) else ""
    if not before:
        return False
    if _is_joining(before):
        return True
    is_sequence = unicodedata.category(before) in {"So", "Sk", "Mn"}
    return text[i] == "\u200d" and is_sequence and after != "" and _is_symbol(after)


def _is_joining(character: str) -> bool:
    return unicodedata.name(character, "").split(" ", 1)[0] in _JOINING


def _is_symbol(character: str) -> bool:
    return unicodedata.category(character) == "So" or character in "\u2640\u2642\u2695"


def _is_flag_tag(text: str, i: int) -> bool:
    # The longest flag sequence, of a region within a country, has six letters and an end.
    return _BLACK_FLAG in text[max(0, i - 7) : i]


FILTERS: Final[dict[str, Callable[..., object]]] = {
    "marked": marked,
    "visible": visible,
    "without_hidden": without_hidden,
}
"""The functions templates may use as filters."""
