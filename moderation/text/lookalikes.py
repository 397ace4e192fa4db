"""
Letters of one script standing in for those of another, read as what they are meant to be.

Folds only obfuscation: words that mix scripts, or pose as another script's. Never a genuine word.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise

from moderation.text.offsets import Edit

__all__ = ["lookalike_edits"]


def _pairs(letters: str, read_as: str) -> dict[str, str]:
    return dict(zip(letters, read_as, strict=True))


# Letters a reader takes for the Latin one at a glance, whatever the word around them.
_CYRILLIC_TWINS = _pairs("аеорсухіѕјԁһӏԛԝАВЕКМНОРСТУХІЅЈԌԚԜ", "aeopcyxisjdhlqwabekmhopctyxisjgqw")
_GREEK_TWINS = _pairs("ονΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ovabezhikmnoptyx")
# Letters that only read as Latin inside an otherwise Latin word.
_CYRILLIC_NEAR = _pairs(
    "вкмнтгипяшьзєёїғқүұҽѵѡԍЄЯИПГШЗЬЁЇФф", "bkmhtrunrwb3eeifkyyevwgerunrw3beioo"
)
_GREEK_NEAR = _pairs("αβγεζηθικμπρσςτυχωάέήίόύώΛΣΞΩΔΘΠΦ", "abyezn0ikunpoctuxwaeniouwaeeoa0no")
# Letters made to look like small or odd Latin ones: phonetic small capitals and the like.
_SMALL_CAPITALS = _pairs(
    "ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢɑɡƒɩʋɱɾɐǝɹʇʍʎɥɯᗩᗷᑕᗪᖴᕼᒍᒪᗰᑎᑭᖇᑌᐯᗯ",
    "abcdefghijklmnoprstuvwyzagfivmraertwyhmabcdfhjlmnpruvw",
)
_ENCLOSED = {
    chr(first + index): chr(ord("a") + index) for first in (0x1F150, 0x1F170) for index in range(26)
}

_CYRILLIC = _CYRILLIC_TWINS | _CYRILLIC_NEAR
_GREEK = _GREEK_TWINS | _GREEK_NEAR
_TO_LATIN = _CYRILLIC | _GREEK | _SMALL_CAPITALS
_TWINS = frozenset(_CYRILLIC_TWINS) | frozenset(_GREEK_TWINS)

_LATIN_TO_CYRILLIC = _pairs("aeopcyxisjkmthbuzABEKMHOPCTYXISJ", "аеорсухіѕјкмтнвизавекмнорстухіѕј")
_LATIN_TO_CYRILLIC |= {"i": "і", "r": "г", "n": "п", "3": "з"}
_SHARED = frozenset("aeopcyxkmthABEKMHOPCTYX")
_LATIN_TO_GREEK = _pairs("aovupteikxyABEZHIKMNOPTYX", "αονυρτεικχγαβεζηικμνορτυχ")

# The first search decides for nearly every text that there is nothing to do.
_FOREIGN = re.compile(
    "[\u0370-\u03ff\u0400-\u052f\u0250-\u02af\u1d00-\u1d7f\ua730-\ua731\u1400-\u167f\u0192\u01dd]"
)
_LATIN = re.compile("[a-zA-Z]")
_ENCLOSED_RUN = re.compile("[\U0001f150-\U0001f169\U0001f170-\U0001f189]+")
_SUSPICIOUS = re.compile(
    "[\u0370-\u03ff\u0400-\u052f\u0250-\u02af\u1d00-\u1d7f\ua730-\ua731\u1400-\u167f\u0192\u01dd"
    "\u0300-\u036f\u20d2-\u20f0\U0001f150-\U0001f169\U0001f170-\U0001f189]"
)
_WORD = re.compile(r"[^\W_]+")
# Marks drawn through letters, and piles of marks on them ("zalgo"): no language stacks three
# unprecomposed marks on one Latin, Greek or Cyrillic letter.
_MARKS = re.compile("[\u0300-\u036f\u0483-\u0489\u20d2-\u20df\u20e5-\u20f0]+")
_OVERLAY = re.compile("[\u0334-\u0338\u20d2-\u20df\u20e5-\u20f0]")


def lookalike_edits(text: str) -> list[Edit]:
    """Find the words to read in another script, each one edit of equal or smaller length."""
    if text.isascii() or _SUSPICIOUS.search(text) is None:
        return []
    edits = []
    if _FOREIGN.search(text) is not None:
        edits = _word_edits(text)
    # Boxed and circled white-on-black letters have no compatibility form; one alone is an emoji
    # (a blood group, a car park), several in a row are writing.
    for match in _ENCLOSED_RUN.finditer(text):
        if len(match[0]) > 1:
            edits.append(
                Edit(*match.span(), "".join(_ENCLOSED[char] for char in match[0]), "lookalike")
            )
    for match in _MARKS.finditer(text):
        start, end = match.span()
        on_letter = start > 0 and _kind(text[start - 1]) in "LCG"
        if on_letter and (end - start >= 3 or _OVERLAY.search(match[0])):
            edits.append(Edit(start, end, "", "lookalike"))
    edits.sort()
    return edits


def _word_edits(text: str) -> list[Edit]:
    words = [(match, _kinds(match[0])) for match in _WORD.finditer(text)]
    latin = sum(kinds == "L" for _, kinds in words)
    foreign = [match for match, kinds in words if kinds in ("C", "G")]
    edits = _posing_edits(foreign, latin) if latin else []
    for match, kinds in words:
        if len(kinds) > 1 or kinds == "S":
            read_as = _read(match[0], latin - len(foreign))
            if read_as is not None and read_as != match[0]:
                edits.append(Edit(*match.span(), read_as, "lookalike"))
    return edits


def _posing_edits(foreign: list[re.Match[str]], latin: int) -> list[Edit]:
    """Find words written wholly in twins of Latin letters, unless the text has genuine ones."""
    if len(foreign) >= latin:
        return []
    edits = []
    for match in foreign:
        word = match[0]
        # One letter alone may well be a symbol in Greek (a mean, a frequency).
        alone = len(word) == 1 and _kind(word) == "G"
        if alone or not all(char in _TWINS or _kind(char) == "N" for char in word):
            return []
        read_as = "".join(_TO_LATIN.get(char, char) for char in word)
        edits.append(Edit(*match.span(), read_as, "lookalike"))
    return edits


@lru_cache(maxsize=4096)
def _kind(char: str) -> str:
    """Class one character: Latin, Cyrillic, Greek, Small capital, Neutral or Other."""
    if char in _SMALL_CAPITALS:
        return "S"
    code = ord(char)
    if char.isdigit() or not char.isalpha():
        return "N"
    if code < 0x250 or 0x1E00 <= code <= 0x1EFF:
        return "L"
    if 0x400 <= code <= 0x52F:
        return "C"
    if 0x370 <= code <= 0x3FF or 0x1F00 <= code <= 0x1FFF:
        return "G"
    return "O"


def _kinds(word: str) -> str:
    """Give the classes in `word`, each once, sorted, without Neutral."""
    return "".join(sorted({_kind(char) for char in word} - {"N"})) or "O"


def _read(word: str, latin_lead: int) -> str | None:
    """
    Read a word of mixed scripts as one script, or give None where it is genuine or unclear.

    Args:
        latin_lead: how many more words of the text are Latin than Cyrillic or Greek.
    """
    kinds = [kind for kind in map(_kind, word) if kind != "N"]
    count = {kind: kinds.count(kind) for kind in "LCGSO"}
    if count["O"]:
        return None
    if count["S"] and not count["C"] and not count["G"]:
        # A lone phonetic letter in a short word is a transcription or a real African letter.
        if len(word) < 3 or (count["S"] < 2 and len(word) < 5):
            return None
        return _mapped(word, _SMALL_CAPITALS, keep="LN")
    switches = sum(a != b for a, b in pairwise(kinds))
    foreign = count["C"] + count["G"]
    if count["G"] and not count["C"] and len(word) < 4:
        # "μm", "Δt", "λx": science, not disguise.
        return None
    if latin_lead < 0 and count["C"] and count["L"] >= 2 and switches == 1 and kinds[0] == "L":
        # Slavic endings on Latin abbreviations are everyday spelling: "SMSка", "VIPов". What could
        # all be Cyrillic, and is no abbreviation, poses: "peцепт".
        stem = "".join(char for char in word if _kind(char) == "L")
        if stem.isupper() or not all(char in _LATIN_TO_CYRILLIC for char in stem):
            return None
    latin = count["L"] + count["S"]
    # In a text of the other script most letters of a word may pose ("aвтop"), when all are twins;
    # "iPhоne" has some that are not.
    poses = latin_lead < 0 and all(c in _SHARED for c in word if _kind(c) == "L")
    if latin_lead > 0 or (latin >= foreign and not poses):
        read_as = _mapped(word, _TO_LATIN, keep="LN")
        if read_as is not None:
            return read_as
    return _read_as_foreign(word, count) or _mapped(word, _TO_LATIN, keep="LN")


def _read_as_foreign(word: str, count: dict[str, int]) -> str | None:
    if count["S"] or (count["C"] and count["G"]):
        return None
    if count["C"]:
        if not any(char in _SHARED for char in word):
            # "nЕго" is a line break gone wrong, not a disguise.
            return None
        return _mapped(word, _LATIN_TO_CYRILLIC, keep="CN")
    return _mapped(word, _LATIN_TO_GREEK, keep="GN")


def _mapped(word: str, table: dict[str, str], *, keep: str) -> str | None:
    letters = []
    for char in word:
        if _kind(char) in keep:
            letters.append(char)
        elif char in table:
            letters.append(table[char])
        else:
            return None
    return "".join(letters)
