"""
The one normalisation that training and serving share: raw -> plain -> folded, with offsets.

Orders the passes and keeps their offsets; what each pass undoes is its own module's business.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from unicodedata import is_normalized

from moderation.terms import Span
from moderation.text.arabic import fold_letters, mark_edits
from moderation.text.compatibility import compatibility_edits
from moderation.text.intrusions import emoji_edits
from moderation.text.invisible import invisible_edits
from moderation.text.leetspeak import leet_edits
from moderation.text.lookalikes import lookalike_edits
from moderation.text.markup import markup_edits
from moderation.text.offsets import Edit, Step, apply_edits, source_span, target_span
from moderation.text.spacing import repeated_edits, spaced_edits, whitespace_edits

__all__ = ["MAX_CHANGES", "Change", "Text", "normalise"]

MAX_CHANGES = 1000
"""Changes kept for one text; a text that hides more than that has made its point."""

# One round undoes what it finds, and what that uncovers (a tag written in full-width letters, an
# entity escaped twice) the next round undoes. Ordinary texts need one round, disguised ones two.
_MAX_ROUNDS = 8


@dataclass(frozen=True, slots=True)
class Change:
    """
    Something that was undone while normalising.

    Attributes:
        kind: "html", "invisible", "bidi", "lookalike", "leet", "spaced" or "repeated".
        span: where it stands in the text as sent.
        read_as: what stands there in `folded` now; "" for removed characters.
    """

    kind: str
    span: Span
    read_as: str


@dataclass(frozen=True, slots=True)
class Text:
    """
    One text in three layers. All offsets are code points.

    Attributes:
        raw: as sent.
        plain: readable: entities decoded, tags removed, NFKC, nothing invisible but spelling and
            emoji joiners; case, spelling and white space kept.
        folded: what features and word lists see: lower case, disguises undone, Arabic-script
            variants folded, white space runs one space, no white space at the ends.
        changes: what was undone, by place in `raw`; at most `MAX_CHANGES`.
    """

    raw: str
    plain: str
    folded: str
    changes: tuple[Change, ...] = ()
    plain_steps: tuple[Step, ...] = field(default=(), repr=False, compare=False)
    folded_steps: tuple[Step, ...] = field(default=(), repr=False, compare=False)

    def raw_span(self, start: int, end: int) -> Span:
        """Give the stretch of `raw` that ``folded[start:end]`` was read from."""
        start, end = _clipped(start, end, len(self.folded))
        return source_span(self.plain_steps + self.folded_steps, start, end)

    def raw_span_of_plain(self, start: int, end: int) -> Span:
        """Give the stretch of `raw` that ``plain[start:end]`` was read from."""
        start, end = _clipped(start, end, len(self.plain))
        return source_span(self.plain_steps, start, end)


def _clipped(start: int, end: int, length: int) -> tuple[int, int]:
    start = min(max(start, 0), length)
    return start, min(max(end, start), length)


class _Trail:
    """The text on its way, the steps back to `raw`, and the edits worth reporting."""

    __slots__ = ("disturbed", "reported", "steps", "text")

    def __init__(self, raw: str) -> None:
        self.text = raw
        self.steps: list[Step] = []
        self.reported: list[tuple[Span, str]] = []
        self.disturbed = False

    def apply(self, edits: list[Edit], *, disturbs: bool = True) -> None:
        """Apply the edits of one pass; `disturbs` when they may uncover work for an earlier one."""
        if not edits:
            return
        room = MAX_CHANGES - len(self.reported)
        for edit in edits:
            if edit.kind is not None and room > 0:
                room -= 1
                self.reported.append((source_span(self.steps, edit.start, edit.end), edit.kind))
        self.text, step = apply_edits(self.text, edits)
        if step is not None:
            self.steps.append(step)
        self.disturbed = self.disturbed or disturbs


def normalise(raw: str) -> Text:
    """
    Normalise a text for everything that reads it.

    Total: takes any ``str``, lone surrogates and NUL included. Idempotent on `folded`, except for
    texts built to need more than eight rounds, such as entities escaped in ever new ways.
    """
    trail = _Trail(raw)
    _make_plain(trail)
    plain = trail.text
    plain_step_count = len(trail.steps)
    for _ in range(_MAX_ROUNDS):
        before = trail.text
        trail.disturbed = False
        _fold(trail)
        if not trail.disturbed:
            break
        _make_plain(trail)
        if trail.text == before:
            break
    steps = tuple(trail.steps)
    return Text(
        raw=raw,
        plain=plain,
        folded=trail.text,
        changes=_changes(trail, steps) if trail.reported else (),
        plain_steps=steps[:plain_step_count],
        folded_steps=steps[plain_step_count:],
    )


def _make_plain(trail: _Trail) -> None:
    for _ in range(_MAX_ROUNDS):
        trail.disturbed = False
        text = trail.text
        if "&" in text or "<" in text:
            trail.apply(markup_edits(text))
        trail.apply(invisible_edits(trail.text))
        # Composing an accent uncovers nothing, but a compatibility letter may be a "<" or "&".
        trail.apply(compatibility_edits(trail.text))
        if not trail.disturbed:
            return


def _fold(trail: _Trail) -> None:
    trail.apply(spaced_edits(trail.text))
    ascii_only = trail.text.isascii()
    joiners: list[Edit] = []
    if not ascii_only:
        trail.apply(lookalike_edits(trail.text))
    _lower(trail)
    if not ascii_only:
        trail.apply(mark_edits(trail.text))
        trail.text = fold_letters(trail.text)
        joiners = _joiner_edits(trail.text)
        trail.apply(joiners, disturbs=False)
        trail.apply(emoji_edits(trail.text))
    trail.apply(leet_edits(trail.text))
    trail.apply(repeated_edits(trail.text))
    blanks = whitespace_edits(trail.text)
    trail.apply(blanks, disturbs=False)
    # New single spaces may set letters apart, and a lower-case letter may compose with a mark
    # that its capital does not compose with.
    if (blanks or joiners) and spaced_edits(trail.text):
        trail.disturbed = True
    if not ascii_only and not is_normalized("NFKC", trail.text):
        trail.disturbed = True


_LOWERED_BY_HAND = re.compile("[İßẞς]")
_HAND = {"İ": "i", "ß": "ss", "ẞ": "ss", "ς": "σ"}


def _lower(trail: _Trail) -> None:
    text = trail.text
    if not text.isascii():
        # str.lower gives İ a loose dot and a final sigma its own form. German writes ß and ss for
        # the same word.
        edits = [
            Edit(match.start(), match.end(), _HAND[match[0]])
            for match in _LOWERED_BY_HAND.finditer(text)
        ]
        trail.apply(edits)
        text = trail.text
    trail.text = text.lower()


_JOINERS = re.compile("[\u200c\u200d\ufe0e\ufe0f]")
_ARABIC_LETTERS = re.compile("[\u0600-\u08ff]{2}")


def _joiner_edits(text: str) -> list[Edit]:
    """
    Fold the joiners and selectors that `plain` keeps.

    Persian writers use the zero-width non-joiner, a space or nothing for the same thing. It
    becomes a space: the stem then is a word of its own, as it is in the spaced spelling, and word
    lists find it. Indic joiners only choose a ligature and emoji selectors a colour: both go.
    Inside emoji sequences the joiner stays, so that a family is not three strangers.
    """
    edits = []
    for match in _JOINERS.finditer(text):
        at = match.start()
        around = text[at - 1 : at] + text[at + 1 : at + 2]
        if match[0] == "\u200c" and _ARABIC_LETTERS.match(around):
            edits.append(Edit(at, at + 1, " "))
        elif match[0] != "\u200d" or around[:1] < "\u2000":
            edits.append(Edit(at, at + 1, ""))
    return edits


def _changes(trail: _Trail, steps: tuple[Step, ...]) -> tuple[Change, ...]:
    trail.reported.sort(key=lambda item: (item[0].start, item[0].end, item[1]))
    changes = []
    for span, kind in trail.reported:
        start, end = target_span(steps, span.start, span.end)
        changes.append(Change(kind, span, trail.text[start:end]))
    return tuple(changes)
