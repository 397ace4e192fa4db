"""
The common words of our languages: what a disguised word is read as, when its shape leaves doubt.

A plain list in `vocabulary.txt`, made of our own writing and our lists of abuse by
`corpus --write-vocabulary`; it says nothing of what a word means or deserves.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

__all__ = ["is_common"]


def is_common(word: str) -> bool:
    """Tell whether a word, folded as `Text.folded` is, is in everyday use in one of them."""
    return word in _words()


@cache
def _words() -> frozenset[str]:
    # Read when the first doubtful word comes; most texts have none.
    listed = files(__package__).joinpath("vocabulary.txt").read_text(encoding="utf-8")
    return frozenset(listed.split())
