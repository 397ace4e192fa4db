"""
The common words of our languages: what a disguised word is read as, when its shape leaves doubt.

A plain list in `vocabulary.txt`, made of our own writing and our lists of abuse by
`corpus --write-vocabulary`; it says which words are listed as abuse, and of none what it means.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

__all__ = ["LISTED", "is_common", "is_listed"]

LISTED = "!"
"""Stands in the list behind a word that our lists of abuse have."""


def is_common(word: str) -> bool:
    """Tell whether a word, folded as `Text.folded` is, is in everyday use in one of them."""
    return word in _words()


def is_listed(word: str) -> bool:
    """Tell whether a word, folded likewise, is abuse in one of them, which is worth disguising."""
    return _words().get(word, False)


@cache
def _words() -> dict[str, bool]:
    # Read when the first doubtful word comes; most texts have none.
    listed = files(__package__).joinpath("vocabulary.txt").read_text(encoding="utf-8")
    return {line.removesuffix(LISTED): line.endswith(LISTED) for line in listed.split()}
