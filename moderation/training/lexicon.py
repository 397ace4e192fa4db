"""
Compiles the word lists of `training_data/lexicon/` into the lexicon that a model carries.

Reads files, names file and key of whatever is wrong; fits nothing.
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection
from pathlib import Path

import numpy as np

from moderation.classifiers.features import STEM_LENGTHS, grams
from moderation.classifiers.lexicon import LEXICON_KINDS, Lexicon
from moderation.errors import CorpusError
from moderation.text import normalise

__all__ = ["compile_lexicon", "empty_lexicon", "hash_entry", "listed_words"]

_MOST_WORDS = 4

# What Arabic joins to the word that follows: the article, "and", "so", "with", "to", "like".
_CLITICS = ("", "ال", "و", "وال", "ف", "فال", "ب", "بال", "ل", "لل", "ك", "كال")


def hash_entry(entry: str) -> str:
    """
    Give the form in which a word that is not to be printed stands in a list.

    ``p`` is a word or phrase, ``s`` and a number a stem of so many letters; then the hash, hex.

    Raises:
        ValueError: nothing is left of the entry, it has more than four words, or a star follows
            several.
    """
    kind, value = _hash(entry)
    return f"{kind}:{value:016x}"


def _hash(entry: str) -> tuple[str, int]:
    stem = entry.endswith("*")
    hashed = grams(normalise(entry.rstrip("*")).folded)
    size = hashed.words.size
    if not 1 <= size <= _MOST_WORDS:
        raise ValueError(f"has {size} words; one to four are possible")
    if stem and size > 1:
        raise ValueError("a star can follow a single word only; in a phrase it would match nothing")
    length = int(hashed.word_ends[0] - hashed.word_starts[0])
    if stem and length >= STEM_LENGTHS[-1]:
        # Longer stems are cut: sixteen letters tell.
        length = min(length, STEM_LENGTHS[0])
        return f"s{length}", int(hashed.stems[STEM_LENGTHS.index(length), 0])
    return "p", int(hashed.phrases()[size - 1][0])


def compile_lexicon(folder: Path) -> Lexicon:
    """
    Read every ``*.toml`` of a folder; an entry in two lists counts for the first of them.

    Raises:
        CorpusError: a file is not TOML, a list is unknown, or an entry cannot be used; `field` is
            file, list and entry.
    """
    found: dict[int, int] = {}
    for path in sorted(folder.glob("*.toml")):
        lists = _lists(path)
        for number, kind in enumerate(LEXICON_KINDS):
            for entry in lists.get(kind, ()):
                where = f"{path.name}: {kind}: {entry!r}"
                for form in _forms(entry, path.stem, where):
                    found.setdefault(_read(form, where), number)
    return _lexicon(found)


def listed_words(folder: Path, kinds: Collection[str]) -> list[str]:
    """
    Give the single words of some lists that are printed there, of stems the stem: sorted.

    Raises:
        CorpusError: a file is not TOML, or a list is unknown.
    """
    entries = {
        entry.rstrip("*")
        for path in folder.glob("*.toml")
        for kind, several in _lists(path).items()
        if kind in kinds
        for entry in several
        if isinstance(entry, str) and " " not in entry and ":" not in entry
    }
    return sorted(entries)


def _lists(path: Path) -> dict[str, list[object]]:
    try:
        lists = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise CorpusError(f"cannot be read: {error}", field=path.name) from error
    unknown = sorted(set(lists) - set(LEXICON_KINDS))
    if unknown:
        known = ", ".join(LEXICON_KINDS)
        raise CorpusError(f"is none of {known}", field=f"{path.name}: {unknown[0]}")
    return lists


def empty_lexicon() -> Lexicon:
    """Give a lexicon that knows nothing."""
    return _lexicon({})


def _lexicon(found: dict[int, int]) -> Lexicon:
    keys = sorted(found)
    kinds = np.array([found[key] for key in keys], np.uint8)
    return Lexicon(np.array(keys, np.uint64), kinds)


def _forms(entry: object, language: str, where: str) -> list[str]:
    if not isinstance(entry, str):
        raise CorpusError("is not a string", field=where)
    is_arabic = language == "ar" and "\u0600" <= entry[:1] <= "\u06ff"
    if not is_arabic or entry.startswith("ال"):
        return [entry]
    return [clitic + entry for clitic in _CLITICS]


def _read(entry: str, where: str) -> int:
    name, colon, digits = entry.partition(":")
    try:
        if colon and (name == "p" or (name[:1] == "s" and name[1:].isdigit())):
            return int(digits, 16)
        return _hash(entry)[1]
    except ValueError as error:
        raise CorpusError(str(error), field=where) from error
