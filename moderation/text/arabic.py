"""
Folding of Arabic-script spelling variants, as retrieval systems do it.

Applies to `folded` only; `plain` keeps every letter as it was written.
"""

from __future__ import annotations

import re

from moderation.text.offsets import Edit

__all__ = ["fold_letters", "mark_edits"]

# Keyboards, not writers, choose between the Arabic and the Persian yeh and kaf, so they must be
# one letter. Alef loses its hamza and madda, final alef maqsura becomes yeh and teh marbuta heh,
# because everyday writing swaps them freely (Lucene's Arabic and Persian normalisers do the
# same). The Persian forms are the target: they look the same at every place in a word. Hamza on
# waw and yeh stays: folding it merges words that differ.
_VARIANTS = {
    "ي": "ی", "ى": "ی", "ې": "ی", "ك": "ک", "ڪ": "ک", "ة": "ه", "ہ": "ه", "ە": "ه", "ۀ": "ه",
    "ۂ": "ه", "ۃ": "ه", "أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا",
}  # fmt: skip
_DIGITS = {chr(zero + value): str(value) for zero in (0x660, 0x6F0, 0x966) for value in range(10)}
_FOLDED = _VARIANTS | _DIGITS
_FOLDABLE = re.compile(f"[{''.join(_VARIANTS)}٠-٩۰-۹०-९]")

# Short vowels, the superscript alef, recitation marks, and the tatweel that stretches a word.
_MARKS = re.compile(
    "[\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed]+"
)


def fold_letters(text: str) -> str:
    """Give `text` with letter variants and digits folded; its length never changes."""
    # A few replacements by letter take a third of the time of one translation table.
    for letter in set(_FOLDABLE.findall(text)):
        text = text.replace(letter, _FOLDED[letter])
    return text


def mark_edits(text: str) -> list[Edit]:
    """Find vowel marks and tatweels to drop; ordinary spelling, so not reported."""
    return [Edit(match.start(), match.end(), "") for match in _MARKS.finditer(text)]
