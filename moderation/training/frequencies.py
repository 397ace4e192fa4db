"""
Which words the meaning space has rows for: the frequent ones of each language, and how often.

Needs the `teacher` extra; only `training.meaning` uses it, never serving.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable
from typing import NamedTuple, cast

from moderation.errors import TrainingError
from moderation.training.romanise import latin_spellings
from moderation.training.slices import LANGUAGES

__all__ = ["FrequentWord", "frequent_words", "typed_in_latin"]

_VOCABULARY = {
    "en": 16_000,
    **dict.fromkeys(("ar", "fa", "hi"), 9_000),
    **dict.fromkeys(("es", "fr", "de", "ru", "tr", "pt", "id", "zh"), 5_500),
    **dict.fromkeys(("it", "nl", "pl", "ja", "ko", "uk", "vi", "sv", "ro", "el", "cs"), 4_000),
}
# The commonest words of each language; stems stand in for the rest.

_LATIN = tuple("en es fr de tr pt id it nl pl vi sv ro cs".split())
_RARER = 10
# A Latin spelling of a Hindi word is one only where no language of these letters uses it as a word
# of its own more than a tenth as often: "fool" stays English, "nahi" is Hindi.


class FrequentWord(NamedTuple):
    """What is known of a word: share 0..1 of all words where it is commonest, and ISO 639-1."""

    share: float
    language: str


def frequent_words() -> dict[str, FrequentWord]:
    """
    Give the most frequent words of each language, and how frequent they are (wordfreq's lists).

    Returns:
        word -> its share, and the language where it is commonest; a language that our corpus has
        goes before others.

    Raises:
        TrainingError: the `teacher` extra is not installed.
    """
    share_of = _frequencies()
    words: dict[str, FrequentWord] = {}
    for language, count in _VOCABULARY.items():
        shares = share_of(language)
        usable = (w for w in sorted(shares, key=lambda w: -shares[w]) if len(w) > 1 or w > "\u2e80")
        for word in itertools.islice(usable, count):
            found = FrequentWord(float(shares[word]), language)
            if language in LANGUAGES:
                words[word] = max(words.get(word, found), found)
            else:
                # "men" is common in Swedish and "care" in Romanian; English keeps them, since its
                # comments were learned from.
                words.setdefault(word, found)
    return words


def typed_in_latin(words: Iterable[str]) -> dict[str, str]:
    """
    Give the ways in which words of Hindi are typed in Latin letters (`latin_spellings`).

    Args:
        words: of any language; those in other letters have none.

    Returns:
        spelling -> the word it is, the commonest where it may be several.

    Raises:
        TrainingError: the `teacher` extra is not installed.
    """
    share_of = _frequencies()
    hindi = share_of("hi")
    elsewhere: dict[str, float] = {}
    for language in _LATIN:
        for word, share in share_of(language).items():
            elsewhere[word] = max(share, elsewhere.get(word, 0.0))
    typed: dict[str, str] = {}
    for word in sorted(words, key=lambda word: -hindi.get(word, 0.0)):
        for spelling in latin_spellings(word):
            if hindi.get(word, 0.0) >= _RARER * elsewhere.get(spelling, 0.0):
                typed.setdefault(spelling, word)
    return typed


def _frequencies() -> Callable[[str], dict[str, float]]:
    try:
        from wordfreq import get_frequency_dict
    except ImportError as error:
        raise TrainingError(
            "teaching the meaning space needs `pip install moderation[teacher]`"
        ) from error
    return cast("Callable[[str], dict[str, float]]", get_frequency_dict)
