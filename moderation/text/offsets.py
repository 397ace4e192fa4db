"""
Edits of a string that remember where every character came from.

Knows nothing of what the edits mean; imports nothing of the project but `Span`.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from moderation.terms import Span

__all__ = ["Edit", "Step", "apply_edits", "source_span", "target_span"]


class Edit(NamedTuple):
    """
    Replace ``text[start:end]`` by `replacement`.

    Attributes:
        start: code point offset, ``start < end``: an edit never inserts into nothing.
        end: exclusive.
        replacement: may be empty.
        kind: the `Change.kind` this is reported as, or None for an ordinary operation.
    """

    start: int
    end: int
    replacement: str
    kind: str | None = None


class Step(NamedTuple):
    """
    The edits of one pass that changed a length, as four parallel sorted columns.

    A pass that keeps all lengths needs no step at all: offsets are the same before and after.
    """

    old_starts: Sequence[int]
    old_ends: Sequence[int]
    new_starts: Sequence[int]
    new_ends: Sequence[int]


def apply_edits(text: str, edits: Iterable[Edit]) -> tuple[str, Step | None]:
    """
    Apply sorted, non-overlapping edits.

    Returns:
        the new text, and the step back to the old one, or None when all offsets stay the same.
    """
    pieces: list[str] = []
    old_starts: list[int] = []
    old_ends: list[int] = []
    new_starts: list[int] = []
    new_ends: list[int] = []
    read = 0
    written = 0
    for start, end, replacement, _ in edits:
        pieces.append(text[read:start])
        pieces.append(replacement)
        written += start - read
        if len(replacement) != end - start:
            old_starts.append(start)
            old_ends.append(end)
            new_starts.append(written)
            new_ends.append(written + len(replacement))
        written += len(replacement)
        read = end
    pieces.append(text[read:])
    step = Step(old_starts, old_ends, new_starts, new_ends) if old_starts else None
    return "".join(pieces), step


def _carry(
    start: int,
    end: int,
    from_starts: Sequence[int],
    from_ends: Sequence[int],
    to_starts: Sequence[int],
    to_ends: Sequence[int],
) -> tuple[int, int]:
    index = bisect_right(from_starts, start) - 1
    if index < 0:
        carried_start = start
    elif start < from_ends[index]:
        carried_start = to_starts[index]
    else:
        carried_start = start - from_ends[index] + to_ends[index]
    if end <= start:
        return carried_start, carried_start
    # The end goes with the last character inside, so that what was deleted right after the
    # stretch does not become part of it.
    index = bisect_right(from_starts, end - 1) - 1
    if index < 0:
        carried_end = end
    elif end - 1 < from_ends[index]:
        carried_end = to_ends[index]
    else:
        carried_end = end - from_ends[index] + to_ends[index]
    return carried_start, max(carried_start, carried_end)


def source_span(steps: Sequence[Step], start: int, end: int) -> Span:
    """Carry a stretch of the text after all `steps` back to the text before the first."""
    for old_starts, old_ends, new_starts, new_ends in reversed(steps):
        start, end = _carry(start, end, new_starts, new_ends, old_starts, old_ends)
    return Span(start, end)


def target_span(steps: Sequence[Step], start: int, end: int) -> tuple[int, int]:
    """Carry a stretch of the text before the first step to the text after all `steps`."""
    for old_starts, old_ends, new_starts, new_ends in steps:
        start, end = _carry(start, end, old_starts, old_ends, new_starts, new_ends)
    return start, end
