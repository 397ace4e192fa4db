"""
Tables, paragraphs and numbers as a report writes them.

Knows text and numbers only; what is not known is a dash, never "nan".
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from textwrap import wrap

from moderation.training.intervals import Share

__all__ = ["NOTHING", "interval", "number", "percent", "share_of", "table", "wrapped"]

NOTHING = "–"
"""Stands where there is no number."""

_WIDTH = 100


def table(titles: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Give a table as lines, its titles first."""
    lines = [f"| {' | '.join(titles)} |", f"|{'---|' * len(titles)}"]
    return lines + [f"| {' | '.join(row)} |" for row in rows]


def wrapped(text: str) -> list[str]:
    """Break a paragraph into lines."""
    return wrap(text, _WIDTH, break_long_words=False, break_on_hyphens=False)


def number(value: float) -> str:
    """Give three decimals."""
    return NOTHING if math.isnan(value) else f"{value:.3f}"


def interval(low: float, high: float) -> str:
    """Give both ends of an interval with three decimals."""
    return NOTHING if math.isnan(low) or math.isnan(high) else f"{low:.3f}–{high:.3f}"


def percent(value: float) -> str:
    """Give a share 0..1 in hundredths."""
    return NOTHING if math.isnan(value) else f"{100 * value:.1f} %"


def share_of(found: Share) -> str:
    """Give a share with its interval."""
    if not found.of:
        return NOTHING
    return f"{percent(found.rate)} ({percent(found.low)}–{percent(found.high)})"
