"""
Makes the list of common words that reading disguised words goes by, from our own writing.

Counts words; what they are used for is `moderation.text.vocabulary`'s business.
"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from moderation.text import normalise
from moderation.text.arabic import fold_letters
from moderation.text.vocabulary import LISTED
from moderation.training.corpus import read_corpus
from moderation.training.harmless import read_harmless
from moderation.training.lexicon import listed_words

__all__ = ["common_words"]

_LEAST = 2
# Who writes a word wrong seldom finds company.

_ABUSE = ("insult", "profanity", "sexual")
_DOUBTFUL_ABUSE = ("contempt",)
# Mostly ordinary words: they are read in disguise as others are.

_WORD = re.compile(r"[^\W\d_]{2,}")
_DOUBLED = re.compile(r"(.)\1")
_DRAWN_OUT = re.compile(r"(.)\1\1")


def common_words(folder: Path) -> list[str]:
    """
    Give the words that the texts of a corpus folder have twice or more, and those listed as abuse.

    Letters only, folded as `Text.folded` is, sorted, and none with a letter three times in a row.
    Of words with a letter twice in a row one use is enough: there are few, and whether "coooool"
    has one or two is what the list is asked most. Abuse is what people disguise, and our corpus
    masks it; what is nearly always abuse is marked (`LISTED`).

    Raises:
        CorpusError: a row breaks the schema, or a harmless text or a list cannot be read.
    """
    corpus = read_corpus(folder)
    texts: dict[str, None] = {}
    for row in [*corpus, *read_harmless(folder, corpus)]:
        texts[row.text] = None
        if row.article is not None:
            texts[f"{row.article.title}\n{row.article.body}"] = None
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(_WORD.findall(_folded(text)))
    found = {word for word, count in counts.items() if count >= _LEAST or _DOUBLED.search(word)}
    abuse = {_folded(word) for word in listed_words(folder / "lexicon", _ABUSE)}
    found |= abuse | {_folded(word) for word in listed_words(folder / "lexicon", _DOUBTFUL_ABUSE)}
    usable = [w for w in sorted(found) if _WORD.fullmatch(w) and not _DRAWN_OUT.search(w)]
    return [f"{word}{LISTED}" if word in abuse else word for word in usable]


def _folded(text: str) -> str:
    # Not `Text.folded`, which was read by this very list.
    return fold_letters(normalise(text).plain.lower().replace("ß", "ss"))
