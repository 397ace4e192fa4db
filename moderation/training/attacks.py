"""
The tricks by which spam and abuse are written past filters, as seeded functions of a text.

Only writes them; what a model makes of the result is `attack_table`'s business.
"""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Callable, Mapping

__all__ = ["ATTACKS", "Attack"]

Attack = Callable[[str, random.Random], str]
"""From a text and a source of chance to the text in disguise; unchanged where it cannot apply."""

_SHARE = 0.5
# Of the words that a trick can be played on, about this many are: whoever disguises every word
# loses the reader, and a filter would know the shape.
_LEAST_LETTERS = 4
# Nobody disguises "the".

_WORD = re.compile(r"[^\W\d_](?:[^\W_]|[\u0300-\u036f\u064b-\u0655])*")
_ADDRESS = re.compile(r"\S*(?:://|www\.|@|\w\.\w)\S*|[#&]\S+|<[^<>]*>")
# Links, mentions and tags are what the comment was sent for, so they are left working.

_LATIN = re.compile("[A-Za-z\u00c0-\u024f]+")
_CYRILLIC = re.compile("[\u0400-\u052f]+")
_ARABIC = re.compile("[\u0620-\u064a\u066e-\u06d3]+")
_SPACEABLE = re.compile(
    "[A-Za-z\u00c0-\u024f]+|[\u0400-\u052f]+|[\u0620-\u063f\u0641-\u064a\u066e-\u06d3]+"
)
_HAN = re.compile("[\u4e00-\u9fff]+")


def _some_words(
    text: str,
    chance: random.Random,
    play: Callable[[str], str],
    *,
    of: re.Pattern[str] | None = None,
    least: int = _LEAST_LETTERS,
) -> str:
    """Play a trick on about half of the words that it changes, on one at least."""
    protected = [match.span() for match in _ADDRESS.finditer(text)]
    found: list[tuple[int, int, str]] = []
    for match in _WORD.finditer(text):
        start, end = match.span()
        if end - start < least or any(a < end and start < b for a, b in protected):
            continue
        if of is not None and of.fullmatch(match[0]) is None:
            continue
        played = play(match[0])
        if played != match[0]:
            found.append((start, end, played))
    if not found:
        return text
    chosen = [entry for entry in found if chance.random() < _SHARE] or [chance.choice(found)]
    for start, end, played in reversed(chosen):
        text = text[:start] + played + text[end:]
    return text


def _inserted(word: str, chance: random.Random, signs: str | tuple[str, ...], most: int) -> str:
    """Put one to `most` signs between letters of a word, never before a mark of the letter."""
    places = [
        at for at in range(1, len(word)) if not unicodedata.category(word[at]).startswith("M")
    ]
    if not places:
        return word
    count = min(len(places), chance.randint(1, most))
    for at in sorted(chance.sample(places, count), reverse=True):
        word = word[:at] + chance.choice(signs) + word[at:]
    return word


def _swapped(word: str, chance: random.Random, twins: Mapping[str, str], most: int) -> str:
    """Swap one to `most` letters of a word for others."""
    places = [at for at, letter in enumerate(word) if letter in twins]
    if not places:
        return word
    letters = list(word)
    for at in chance.sample(places, min(len(places), chance.randint(1, most))):
        letters[at] = chance.choice(twins[letters[at]])
    return "".join(letters)


# Letters of other alphabets that look the same in common fonts (Unicode's confusables.txt).
_LATIN_TWINS = {
    "a": "а", "c": "с", "e": "е", "i": "і", "j": "ј", "o": "оο", "p": "р", "s": "ѕ", "x": "х",
    "y": "у", "v": "ν", "A": "АΑ", "B": "ВΒ", "C": "С", "E": "ЕΕ", "H": "НΗ", "I": "ІΙ",
    "K": "КΚ", "M": "МΜ", "N": "Ν", "O": "ОΟ", "P": "РΡ", "T": "ТΤ", "X": "ХΧ", "Y": "Υ",
}  # fmt: skip
_CYRILLIC_TWINS = {
    "а": "a", "с": "c", "е": "e", "о": "o", "р": "p", "х": "x", "у": "y", "А": "A", "В": "B",
    "С": "C", "Е": "E", "Н": "H", "К": "K", "М": "M", "О": "O", "Р": "P", "Т": "T", "Х": "X",
}  # fmt: skip


def look_alikes(text: str, chance: random.Random) -> str:
    """Swap letters for their twins of another alphabet: "frее" with two Cyrillic letters."""

    def play(word: str) -> str:
        twins = _CYRILLIC_TWINS if _CYRILLIC.fullmatch(word) else _LATIN_TWINS
        return _swapped(word, chance, twins, 3)

    return _some_words(text, chance, play)


_UNSEEN = ("\u200b", "\u2060", "\u00ad", "\ufeff", "\u200d")


def zero_width(text: str, chance: random.Random) -> str:
    """Put characters without width between letters; the reader sees no change in any script."""
    least = 2 if _HAN.search(text) else _LEAST_LETTERS
    return _some_words(text, chance, lambda word: _inserted(word, chance, _UNSEEN, 3), least=least)


_LEET = {
    "a": "4@", "e": "3", "i": "1!", "o": "0", "s": "5$", "t": "7", "A": "4@", "E": "3", "I": "1!",
    "O": "0", "S": "5$", "T": "7",
}  # fmt: skip


def leetspeak(text: str, chance: random.Random) -> str:
    """Write digits and signs for letters: "fr33 v1agra"."""

    def play(word: str) -> str:
        # A word that began with "@" would be a mention.
        return word[0] + _swapped(word[1:], chance, _LEET, 2)

    return _some_words(text, chance, play, of=_LATIN)


_GAPS = (" ", " ", ".", "-", "_", "*", "·")


def spaced_letters(text: str, chance: random.Random) -> str:
    """Set the letters of a word apart: "v i a g r a", "s-e-x"."""

    def play(word: str) -> str:
        gap = chance.choice(_GAPS)
        # Without wider gaps around it nobody could tell where the word begins and ends.
        return f" {gap.join(word)} " if gap == " " else gap.join(word)

    han = _HAN.search(text) is not None
    return _some_words(text, chance, play, of=_HAN if han else _SPACEABLE, least=3 if han else 4)


def repeated_letters(text: str, chance: random.Random) -> str:
    """Draw a letter out: "freeeee"."""

    def play(word: str) -> str:
        at = chance.randrange(1, len(word))
        return word[:at] + word[at] * chance.randint(2, 5) + word[at:]

    return _some_words(text, chance, play, of=_SPACEABLE)


def _alphabet(lower: int, upper: int) -> dict[str, str]:
    return {
        **{chr(97 + n): chr(lower + n) for n in range(26)},
        **{chr(65 + n): chr(upper + n) for n in range(26)},
    }


_SMALL_CAPITALS = dict(zip("abcdefghijklmnoprstuvwyz", "ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ", strict=True))
_STYLES = (
    _alphabet(0xFF41, 0xFF21),  # Full width, then bold, bold italic, bold script, bold fraktur,
    _alphabet(0x1D41A, 0x1D400),  # sans-serif bold and monospace of the mathematical letters,
    _alphabet(0x1D482, 0x1D468),
    _alphabet(0x1D4EA, 0x1D4D0),
    _alphabet(0x1D586, 0x1D56C),
    _alphabet(0x1D5EE, 0x1D5D4),
    _alphabet(0x1D68A, 0x1D670),
    _alphabet(0x24D0, 0x24B6),  # circled, squared, negative squared, and small capitals.
    _alphabet(0x1F130, 0x1F130),
    _alphabet(0x1F170, 0x1F170),
    _SMALL_CAPITALS,
)
_ASCII = re.compile("[A-Za-z]+")


def styled_letters(text: str, chance: random.Random) -> str:
    """Write words in letters of mathematics, full width, circles or small capitals."""
    style = chance.choice(_STYLES)
    return _some_words(
        text, chance, lambda word: "".join(style.get(letter, letter) for letter in word), of=_ASCII
    )


_EMOJI = ("🔥", "⭐", "💰", "❤️", "✨", "🎰", "💋", "👉", "🍑", "✅")


def emoji_inside(text: str, chance: random.Random) -> str:
    """Put emoji between the letters of a word: "cas🎰ino"."""
    return _some_words(text, chance, lambda word: _inserted(word, chance, _EMOJI, 2), of=_SPACEABLE)


_TAGS = ("<b></b>", "<i></i>", "<span></span>", "<!-- x -->", "<wbr>", "&shy;", "&zwnj;", "<x>")


def html_tricks(text: str, chance: random.Random) -> str:
    """Write letters as entities, or put empty tags and comments between them."""

    def play(word: str) -> str:
        if chance.random() < 0.5:
            at = chance.randrange(len(word))
            form = chance.choice(("&#{};", "&#x{:x};", "&#0{};"))
            return word[:at] + form.format(ord(word[at])) + word[at + 1 :]
        tags = _TAGS if _LATIN.fullmatch(word) else _TAGS[:6]
        return _inserted(word, chance, tags, 2)

    return _some_words(text, chance, play)


def direction_overrides(text: str, chance: random.Random) -> str:
    """Store a word backwards between marks that show it forwards, or hide marks in it."""

    def play(word: str) -> str:
        if _ARABIC.search(word) is None and chance.random() < 0.5:
            return f"\u202e{word[::-1]}\u202c"
        return _inserted(word, chance, ("\u202d\u202c", "\u200e", "\u2066\u2069"), 2)

    plain = unicodedata.normalize("NFC", text)
    # A combining mark would come before its letter.
    return _some_words(plain, chance, play) if plain == text else text


def stretched_letters(text: str, chance: random.Random) -> str:
    """Stretch Arabic words by the line that joins their letters (tatweel, kashida)."""
    return _some_words(
        text, chance, lambda word: _inserted(word, chance, ("ـ", "ــ"), 3), of=_ARABIC, least=3
    )


_VOWEL_MARKS = ("\u064e", "\u064f", "\u0650", "\u0651", "\u0652", "\u064b")


def vowel_marks(text: str, chance: random.Random) -> str:
    """Strew the vowel marks over Arabic words that ordinary writing leaves out."""
    return _some_words(
        text, chance, lambda word: _inserted(word, chance, _VOWEL_MARKS, 3), of=_ARABIC, least=3
    )


ATTACKS: Mapping[str, Attack] = {
    "look-alike letters": look_alikes,
    "zero-width characters": zero_width,
    "leetspeak": leetspeak,
    "letters set apart": spaced_letters,
    "repeated letters": repeated_letters,
    "styled letters": styled_letters,
    "emoji inside words": emoji_inside,
    "HTML tricks": html_tricks,
    "direction overrides": direction_overrides,
    "stretched letters": stretched_letters,
    "vowel marks": vowel_marks,
}
"""All of them by the name that the report shows."""
