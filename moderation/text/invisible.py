"""
Characters nobody sees: removed where they hide something, kept where they are spelling.

Only finds edits; the order of passes is `normalise`'s.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from moderation.text.offsets import Edit

__all__ = ["invisible_edits"]

_ASCII_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f]")
_C1 = "\x80-\x84\x86-\x9f"
_HIDDEN = (
    "\x00-\x08\x0e-\x1f\x7f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_INVISIBLE = re.compile(f"[{_C1}]+|[{_HIDDEN}]+")
_ANY = re.compile(f"[{_C1}{_HIDDEN}\ud800-\udfff]")
_SURROGATE = re.compile("[\ud800-\udfff]")

# An override that shows what follows from right to left, up to the mark that ends it; without
# that mark, from the beginning of a word to the end of the line.
_BACKWARDS = re.compile(
    "\u202e([^\u202a-\u202e\u2066-\u2069\r\n]{2,})\u202c"
    "|(?<!\\w)\u202e([^\u202a-\u202e\u2066-\u2069\r\n]{2,})(?=[\r\n]|$)"
)
_CLUSTER = re.compile("(?s).[\u0300-\u036f]*")
_ZWNJ, _ZWJ = "\u200c", "\u200d"
_OVERRIDES = frozenset("\u202d\u202e")
_OVERRIDE = "\u202e"
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_BLACK_FLAG, _CANCEL_TAG = "\U0001f3f4", "\U000e007f"
_KEYCAP = "\u20e3"
# Letters and punctuation that have an emoji form: information, exclamations, wavy dashes.
_EMOJI_CAPABLE = frozenset("\u2139\u203c\u2049\u3030\u303d")


def invisible_edits(text: str) -> list[Edit]:
    """
    Find the invisible characters to remove, and lone surrogates to make visible.

    Zero-width joiners stay between Arabic-script letters, in Indic words and inside emoji
    sequences, variation selectors stay after emoji, tags in flags. Direction marks that
    right-to-left writers' keyboards insert at word edges are removed without being reported. Words
    that an override shows the other way round are turned to how they are read.
    """
    if text.isascii():
        if _ASCII_CONTROL.search(text) is None:
            return []
    elif _ANY.search(text) is None:
        return []
    if _OVERRIDE in text and (backwards := _backwards_edits(text)):
        # What is left to find is found when the words stand the right way round.
        return backwards
    edits: list[Edit] = [
        Edit(match.start(), match.end(), "\ufffd") for match in _SURROGATE.finditer(text)
    ]
    right_to_left = _RIGHT_TO_LEFT.search(text) is not None
    for match in _INVISIBLE.finditer(text):
        start, end = match.span()
        before = text[start - 1] if start else ""
        after = text[end] if end < len(text) else ""
        run = match[0]
        if "\x80" <= run[0] <= "\x9f":
            # Quotes and dashes of Windows-1252 that something read as Latin-1.
            edits += _misread(run, start)
            continue
        kept = _kept(run, before, after)
        if kept == run:
            continue
        edits.append(Edit(start, end, kept, _kind(run, before, after, start, right_to_left)))
    edits.sort()
    return edits


def _backwards_edits(text: str) -> list[Edit]:
    """
    Find words stored backwards under an override that shows them forwards.

    Right-to-left letters under it stand as they are stored, so such stretches are left alone.
    """
    edits = []
    for match in _BACKWARDS.finditer(text):
        stored = match[1] or match[2]
        if _RIGHT_TO_LEFT.search(stored) is None:
            shown = "".join(reversed(_CLUSTER.findall(stored)))
            edits.append(Edit(match.start(), match.end(), shown, "bidi"))
    return edits


def _misread(run: str, start: int) -> list[Edit]:
    edits = []
    for index, char in enumerate(run, start):
        meant = char.encode("latin-1", "ignore").decode("windows-1252", "ignore")
        edits.append(Edit(index, index + 1, meant))
    return edits


def _kept(run: str, before: str, after: str) -> str:
    if not before:
        return ""
    selector = run[0] if run[0] in "\ufe0e\ufe0f" and _is_emoji_base(before, after, run) else ""
    if before == _BLACK_FLAG and run[-1] == _CANCEL_TAG and len(run) > 1:
        return run if all("\U000e0020" <= char <= _CANCEL_TAG for char in run) else ""
    if _ZWJ in run:
        if after and _is_pictograph(before) and _is_pictograph(after):
            return selector + _ZWJ
        if _joins(before) and (not after or _joins(after) or not after.isalnum()):
            return _ZWJ
    if _ZWNJ in run and after and _joins(before) and _joins(after):
        return _ZWNJ
    if "\u180b" <= run[0] <= "\u180f" and "\u1800" <= before <= "\u18af":
        return run[0]
    return selector


def _kind(run: str, before: str, after: str, start: int, right_to_left: bool) -> str | None:
    characters = set(run)
    if characters & _OVERRIDES:
        return "bidi"
    # Between two letters of a Latin, Greek or Cyrillic word nothing of this has any business.
    in_word = before.isalpha() and after.isalpha() and not (_joins(before) or _joins(after))
    if right_to_left and not in_word and characters <= {_ZWNJ, _ZWJ} | _BIDI:
        # Sloppy typing of a spelling character, such as a joiner before a space.
        return None
    if characters <= {_ZWNJ, _ZWJ} and (_joins(before) or _joins(after)):
        return None
    if start == 0 and run == "\ufeff":
        return None
    if before and all(0xE0100 <= ord(char) <= 0xE01EF for char in run) and before >= "\u3400":
        # Ideographic variation selectors choose a glyph of a name; they hide nothing.
        return None
    return "bidi" if characters <= _BIDI else "invisible"


@lru_cache(maxsize=4096)
def _joins(char: str) -> bool:
    """Whether a joiner beside this character is spelling: Arabic, Syriac, Indic, Mongolian …"""
    if not char:
        return False
    code = ord(char)
    if not (0x600 <= code <= 0x109F or 0x1780 <= code <= 0x1AAF or 0xA800 <= code <= 0xABFF):
        if not (0x11000 <= code <= 0x11FFF or 0xFB50 <= code <= 0xFEFC):
            return False
    return unicodedata.category(char)[0] in "LMN"


@lru_cache(maxsize=4096)
def _is_pictograph(char: str) -> bool:
    category = unicodedata.category(char)
    return (category in ("So", "Sk") and ord(char) > 0x2000) or char in "\u2640\u2642\u2194\u2195"


def _is_emoji_base(before: str, after: str, run: str) -> bool:
    if before in "0123456789#*":
        return after == _KEYCAP and len(run) == 1
    if before in _EMOJI_CAPABLE:
        return True
    return before > "\xa0" and unicodedata.category(before) in ("So", "Sk", "Sm", "Cn")
