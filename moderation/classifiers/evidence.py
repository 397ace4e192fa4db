"""
What a model said of labelled rows it never saw: the part of its card that error budgets rest on.

Holds and formats numbers; scores nothing and knows no policy.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

__all__ = ["Evidence", "read_evidence", "with_short_lists"]

_NUMBERS = re.compile(r"\[\n([\d.,\s]+)\]")


@dataclass(frozen=True, slots=True)
class Evidence:
    """
    The rows of one head.

    Attributes:
        scores: 0..1, cut off after four digits: a row then reaches a threshold of no more digits
            exactly when its comment would.
        bad: for each row, 1 when the head should have said yes, else 0.
    """

    scores: tuple[float, ...]
    bad: tuple[int, ...]

    def __post_init__(self) -> None:
        if len(self.scores) != len(self.bad):
            raise ValueError(f"evidence has {len(self.scores)} scores for {len(self.bad)} labels")


def read_evidence(content: Mapping[str, Mapping[str, Sequence[float]]]) -> dict[str, Evidence]:
    """
    Read the evidence of all heads, as a card's JSON has it.

    Raises:
        KeyError, TypeError, ValueError: it is not of that form.
    """
    return {
        head: Evidence(tuple(map(float, rows["scores"])), tuple(map(int, rows["bad"])))
        for head, rows in content.items()
    }


def with_short_lists(card: str) -> str:
    """Put each list of bare numbers in indented JSON on one line: thousands would hide a diff."""
    # No text can be meant by this: within one, JSON writes a line break as two letters.
    return _NUMBERS.sub(lambda found: f"[{' '.join(found[1].split())}]", card)
