"""
Makes the list of common words that reading disguised words goes by, from our own corpus.

Counts words; what they are used for is `moderation.text.vocabulary`'s business.
"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from moderation.text import normalise
from moderation.text.arabic import fold_letters
from moderation.training.corpus import read_corpus

__all__ = ["common_words"]

_LEAST = 2
# Who writes a word wrong seldom finds company.

_WORD = re.compile(r"[^\W\d_]{2,}")
_DOUBLED = re.compile(r"(.)\1")
_DRAWN_OUT = re.compile(r"(.)\1\1")


def common_words(folder: Path) -> list[str]:
    """
    Give the words that the articles and comments of a corpus have twice or more, sorted.

    Letters only, folded as `Text.folded` is, and none with a letter three times in a row. Of words
    with a letter twice in a row one use is enough: there are few, and whether "coooool" has one or
    two is what the list is asked most.

    Raises:
        CorpusError: a row breaks the schema.
    """
    texts: dict[str, None] = {}
    for row in read_corpus(folder):
        texts[row.text] = None
        if row.article is not None:
            texts[f"{row.article.title}\n{row.article.body}"] = None
    counts: Counter[str] = Counter()
    for text in texts:
        # Not `folded`, which was read by this very list.
        plain = normalise(text).plain.lower().replace("ß", "ss")
        counts.update(_WORD.findall(fold_letters(plain)))
    return sorted(
        word
        for word, count in counts.items()
        if (count >= _LEAST or _DOUBLED.search(word)) and not _DRAWN_OUT.search(word)
    )
