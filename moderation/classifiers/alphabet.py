"""
What kind of character a code point is, as a table for vectorised look-up.

Unicode facts only; knows nothing of features or heads.
"""

from __future__ import annotations

import unicodedata

import numpy as np
import numpy.typing as npt

__all__ = ["CJK", "OTHER", "SPACE", "WORD", "kinds_of"]

OTHER, SPACE, WORD, CJK = 0, 1, 2, 3
# In this order, so that "at least WORD" asks for either kind of word.
_CJK_RANGES = ((0x3040, 0x30FF), (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF))


def _build() -> npt.NDArray[np.uint8]:
    kinds = np.zeros(0x10001, np.uint8)
    for code in range(0x10000):
        category = unicodedata.category(chr(code))
        if category[0] in "LMN" or code == 0x200C:
            # The zero-width non-joiner is spelling inside Persian words.
            kinds[code] = WORD
        elif category[0] == "Z" or chr(code).isspace():
            kinds[code] = SPACE
    for first, last in _CJK_RANGES:
        kinds[first : last + 1] = CJK
    # All code points beyond the basic plane share the last entry: most that readers type are
    # emoji and rare Han characters, and either stands for a word of its own.
    kinds[0x10000] = CJK
    return kinds


_KINDS = _build()


def kinds_of(codes: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint8]:
    """Give the kind of every code point: uint8, same shape as `codes`."""
    return _KINDS.take(codes, mode="clip")
