"""
How people type Hindi in Latin letters: "nahi", "samajhna", "mehenga".

Plain strings; knows no word list and no table.
"""

from __future__ import annotations

import itertools
import unicodedata

__all__ = ["latin_spellings"]

_CONSONANTS = dict(
    zip(
        "कखगघङचछजझञटठडढणतथदधनपफबभमयरलवशषसह",
        "k kh g gh n ch chh j jh n t th d dh n t th d dh n p ph b bh m y r l v sh sh s h".split(),
        strict=True,
    )
)
_DOTTED = {"क": "q", "ख": "kh", "ग": "g", "ज": "z", "ड": "d", "ढ": "dh", "फ": "f", "य": "y"}
# Long vowels in capitals, and the nasal sign as N, until it is decided how they are typed.
_VOWELS = dict(zip("ा ि ी ु ू ृ े ै ो ौ ॉ ॅ".split(), "A i I u U ri e ai o au o e".split(), strict=True))
_INITIALS = dict(
    zip("अ आ इ ई उ ऊ ऋ ए ऐ ओ औ ऑ".split(), "a A i I u U ri e ai o au o".split(), strict=True)
)
_DOT, _NO_VOWEL, _NASALS, _BREATH = "\u093c", "\u094d", "\u0901\u0902", "\u0903"
_AHEAD = {"Np": "mp", "Nb": "mb", "jn": "gy"}
_SAID = "a"
_TYPED = {
    "chh": ("chh", "ch"),
    "ph": ("ph", "f"),
    "A": ("a", "aa"),
    "I": ("i", "ee"),
    "U": ("u", "oo"),
    "v": ("v", "w"),
}
_MOST = 16
_SHORT = range(4, 7)
# Letters of a word whose first vowel is left out in chats: "nahi" and "nhi", "gaya" and "gya".


def latin_spellings(word: str) -> list[str]:
    """
    Give the common ways to type a word in Latin letters, the likeliest first, each once.

    Letters become what they sound like in Hindi; a vowel that is written in no letter is left out
    where it is not spoken (schwa deletion: Narasimhan, Sproat and Kiraz, 2004), and long vowels
    are typed single or double.

    Args:
        word: in Devanagari; for any other the list is empty.
    """
    syllables = _syllables(word)
    if not syllables:
        return []
    spoken = "".join(consonant + vowel for consonant, vowel in _without_silent(syllables))
    for sounds, before in _AHEAD.items():
        spoken = spoken.replace(sounds, before)
    typed = ["".join(parts) for parts in itertools.islice(itertools.product(*_ways(spoken)), _MOST)]
    short = spoken[1:2] == _SAID
    return list(dict.fromkeys([*typed, *filter(None, map(_clipped, typed if short else []))]))


def _syllables(word: str) -> list[tuple[str, str]]:
    """Give consonants with the vowels after them; none when a letter is not of Devanagari."""
    found: list[tuple[str, str]] = []
    letters = unicodedata.normalize("NFD", word)
    place = 0
    while place < len(letters):
        letter, place = letters[place], place + 1
        after = letters[place : place + 1]
        if letter in _CONSONANTS:
            consonant, vowel = _CONSONANTS[letter], _SAID
            if after == _DOT:
                consonant, place = _DOTTED.get(letter, consonant), place + 1
                after = letters[place : place + 1]
            if after == _NO_VOWEL or after in _VOWELS:
                vowel, place = _VOWELS.get(after, ""), place + 1
            found.append((consonant, vowel))
        elif letter in _INITIALS:
            found.append(("", _INITIALS[letter]))
        elif found and letter in _NASALS:
            found.append(("N", ""))
        elif found and letter == _BREATH:
            found.append(("h", ""))
        else:
            return []
    return found


def _without_silent(syllables: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Take away the vowels that are not spoken: at the end, and between two spoken ones."""
    found = list(syllables)
    last = len(found) - 1
    if found[last][1] == _SAID and found[last][0] and any(vowel for _, vowel in found[:last]):
        found[last] = (found[last][0], "")
    for place in range(last - 1, 0, -1):
        consonant, vowel = found[place]
        following, next_vowel = found[place + 1]
        between = found[place - 1][1] and next_vowel and following not in ("", "N")
        if vowel == _SAID and consonant and between:
            found[place] = (consonant, "")
    return found


def _ways(spoken: str) -> list[tuple[str, ...]]:
    """Give how each sound may be typed."""
    ways: list[tuple[str, ...]] = []
    place = 0
    while place < len(spoken):
        sound = next((known for known in _TYPED if spoken.startswith(known, place)), spoken[place])
        following = spoken[place + len(sound) : place + len(sound) + 2]
        if sound == "A" and not following:
            ways.append(("a",))
        elif sound == "N":
            ways.append(("n",) if following else ("n", ""))
        elif sound == _SAID and following[:1] == "h" and following[1:2] not in "aAiIuUeo":
            # "pahle" is mostly typed "pehle".
            ways.append(("a", "e"))
        else:
            ways.append(_TYPED.get(sound, (sound,)))
        place += len(sound)
    return ways


def _clipped(typed: str) -> str | None:
    """Leave the first vowel of a short word out, where two syllables stay one."""
    vowels = "aeiou"
    if len(typed) not in _SHORT or typed[1] != "a" or typed[0] in vowels or typed[2] in vowels:
        return None
    return typed[0] + typed[2:] if typed[3] in vowels else None
