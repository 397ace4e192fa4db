"""
Makes ids: 32 hex digits, unique, sorting by the time they are made for.

Laid out as UUID version 7 (RFC 9562); Python 3.11 makes none itself. Draws lots by them. Touches no
table.
"""

from __future__ import annotations

import os
from datetime import datetime
from hashlib import blake2b

from moderation.store.columns import microseconds

__all__ = ["lot", "new_id"]

_VERSION_7 = 0x7 << 76
_VARIANT = 0b10 << 62
_RANDOM_BITS = (0xFFF << 64) | ((1 << 62) - 1)
_LAST_MILLISECOND = (1 << 48) - 1


def new_id(moment: datetime) -> str:
    """Make an id for an aware moment; times before 1970 count as 1970."""
    milliseconds = min(max(microseconds(moment) // 1000, 0), _LAST_MILLISECOND)
    noise = int.from_bytes(os.urandom(10), "big") & _RANDOM_BITS
    return f"{(milliseconds << 80) | _VERSION_7 | _VARIANT | noise:032x}"


def lot(id: str) -> float:
    """
    Give the lot of an id: a number from 0 to just under 1, evenly spread and always the same.

    Drawing by it needs no second source of chance, and knows nothing of what the id stands for.
    """
    digest = blake2b(id.encode("ascii"), digest_size=6).digest()
    return int.from_bytes(digest, "big") / (1 << 48)
