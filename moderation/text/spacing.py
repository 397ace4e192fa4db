"""
Letters kept apart ("v i a g r a") or drawn out ("freeeee"), undone; white space made even.

Only finds edits, and only where the shape is deliberate.
"""

from __future__ import annotations

import re

import numpy as np

from moderation.text.leetspeak import is_disguised
from moderation.text.offsets import Edit
from moderation.text.vocabulary import is_common

__all__ = ["repeated_edits", "spaced_edits", "whitespace_edits"]

# Latin, Greek, Cyrillic, Hebrew and Arabic letters: scripts in which a letter alone is not a
# word or a syllable.
_LETTERS = "a-zA-Z\u00c0-\u024f\u0370-\u052f\u05d0-\u05ea\u0620-\u063f\u0641-\u064a\u066e-\u06d3"
_SPACED = re.compile(
    rf"(?<![\w@#$'’.\-/])[{_LETTERS}]"
    rf"([ \t]{{1,3}}|[ ]?[.\-_*·•~|\u200c\u200d]{{1,2}}[ ]?)[{_LETTERS}0-9@$]"
    rf"(?:\1[{_LETTERS}0-9@$])+(?![\w@'’])(?![.\-_*·•~|][\w@])"
)
# Two single characters in a row after a separator: one cheap search rules out nearly every text.
_APART = re.compile(
    rf"[ \t.\-_*·•~|\u200c\u200d][{_LETTERS}0-9@$]"
    rf"[ \t.\-_*·•~|\u200c\u200d]{{1,4}}[{_LETTERS}0-9@$](?![\w@'’])"
)
# Chinese characters apart: three or more, each alone, the same sign or space between all.
_FIRST_HAN = "\u3400"
_HAN = "\u3400-\u4dbf\u4e00-\u9fff"
_HAN_SPACED = re.compile(
    rf"(?<![{_HAN}])[{_HAN}]([ \t]|[.\-_*·•~|])[{_HAN}](?:\1[{_HAN}])+(?![{_HAN}])"
)
_INITIALISM = frozenset(
    "usa uss ussr uae uk eu un uno bbc nba nfl fbi cia aka rip phd etc asap rsvp pov diy btw imo"
    " dna usaf rtl tba tbd faq mba ceo fyi ngo ira lpg edm dvd abc xyz jfk fdr mlk jrr pto"
    " افب أفب دبا دبأ جاا قنا واس شمم سپا".split()
)

_REPEATED = re.compile(r"([^\W\d_])\1{2,}")
_WEB_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz")
_ADDRESS = re.compile(r"://|www\.|\w@\w|\.(?:com|net|org|info|io|me|co|tv|de|fr|uk|ru|ir|eg|sa)\b")
_COMPOUND = 9
# Letters, with one letter twice, of the shortest word that may have it three times where two meet:
# "schifffahrt".
_ROMAN = re.compile(r"(?:x{0,3}(?:ix|iv|v?i{0,3}))\Z")
_TOKEN_BEFORE = re.compile(r"\w*\Z")
_TOKEN_AFTER = re.compile(r"\w*")

_BLANKS = re.compile(r"\s+")


def spaced_edits(text: str) -> list[Edit]:
    """
    Join letters set apart: four or more by spaces, three or more by a mark such as ``-`` or ``.``.

    Three or more Chinese characters are joined as well: ordinary writing has nothing between them.
    Initialisms with a final full stop ("U.S.A.", "a.k.a.") and well-known ones without stay.
    """
    edits = []
    if text and max(text) >= _FIRST_HAN:
        for match in _HAN_SPACED.finditer(text):
            joined = match[0].replace(match[1], "")
            edits.append(Edit(*match.span(), joined, "spaced"))
    if _APART.search(text) is None:
        return edits
    for match in _SPACED.finditer(text):
        separator = match[1]
        joined = "".join(char for char in match[0] if char not in separator)
        letters = sum(char.isalpha() for char in joined)
        if letters < 3 or letters * 3 < len(joined) * 2:
            continue
        if " " in separator or "\t" in separator:
            if len(joined) < 4:
                continue
        elif "." in separator:
            ends_in_stop = text.startswith(".", match.end())
            if joined.lower() in _INITIALISM or (ends_in_stop and len(joined) <= 4):
                continue
        edits.append(Edit(match.start(), match.end(), joined, "spaced"))
    return sorted(edits)


def repeated_edits(text: str) -> list[Edit]:
    """
    Shorten a letter repeated three or more times; addresses and Roman numerals stay.

    To two where that gives a common word ("gooood") and one would give none worth disguising
    ("fuuuck"), else to one ("whyyyy", "جداااا"). Tokens of one letter alone ("kkkk", "xxx") keep
    two, and so do long words in which a letter stands three times, as in German compounds.
    """
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")
    same = codes[1:] == codes[:-1]
    if not (same[1:] & same[:-1]).any():
        return []
    edits = []
    for match in _REPEATED.finditer(text):
        letter = match[1]
        start, end = match.span()
        if letter in _WEB_LETTERS and _is_in_address(text, start, end):
            continue
        if letter in "ix" and end - start == 3 and _is_roman(text, start, end):
            continue
        once = _is_written_once(text, start, end)
        edits.append(Edit(start, end, letter if once else letter * 2, "repeated"))
    return edits


def _is_written_once(text: str, start: int, end: int) -> bool:
    before = _TOKEN_BEFORE.search(text, max(0, start - 40), start)
    after = _TOKEN_AFTER.match(text, end, end + 40)
    # Other letters may be drawn out as well.
    head = _REPEATED.sub(r"\1", before[0]) if before else ""
    tail = _REPEATED.sub(r"\1", after[0]) if after else ""
    if not head and not tail:
        return False
    letter = text[start]
    once, twice = f"{head}{letter}{tail}", f"{head}{letter * 2}{tail}"
    if is_disguised(once):
        return True
    if is_disguised(twice) or (end - start == 3 and len(twice) >= _COMPOUND):
        return False
    return not is_common(twice)


def _is_in_address(text: str, start: int, end: int) -> bool:
    # Letters of an address are not drawn out for effect; a token longer than this is no address.
    before = text[max(0, start - 100) : start].rsplit(maxsplit=1)
    head = before[-1] if before and not text[start - 1].isspace() else ""
    tail = text[end : end + 100].split(maxsplit=1)
    rest = tail[0] if tail and not text[end].isspace() else ""
    return _ADDRESS.search(head + text[start:end] + rest) is not None


def _is_roman(text: str, start: int, end: int) -> bool:
    # A Roman numeral this product meets has at most eight characters ("xxxviii").
    before = _TOKEN_BEFORE.search(text, max(0, start - 8), start)
    after = _TOKEN_AFTER.match(text, end, end + 8)
    token = (before[0] if before else "") + text[start:end] + (after[0] if after else "")
    return _ROMAN.match(token) is not None


def whitespace_edits(text: str) -> list[Edit]:
    """Turn every run of white space into one space and none at either end."""
    if " ".join(text.split()) == text:
        return []
    edits = []
    for match in _BLANKS.finditer(text):
        at_edge = match.start() == 0 or match.end() == len(text)
        blank = "" if at_edge else " "
        if match[0] != blank:
            edits.append(Edit(match.start(), match.end(), blank))
    return edits
