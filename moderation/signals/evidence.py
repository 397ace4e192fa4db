"""
Everything a signal may look at, put together once per comment.

Reads no clock, no store and no network; signals get it and nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from moderation.signals.tokens import split_words
from moderation.terms import AuthorHistory, Comment, Lists, Repeats, Span
from moderation.text import Contact, Link, Text
from moderation.text import detect_language as _detect_language
from moderation.text import find_contacts as _find_contacts
from moderation.text import find_links as _find_links
from moderation.text import fingerprint as _fingerprint
from moderation.text import normalise as _normalise
from moderation.text import simhash as _simhash

__all__ = ["MAX_SPANS", "Evidence", "listed", "primary_language", "spans_of"]

MAX_SPANS = 20
"""A signal points to at most this many places: more would not help a moderator."""

_MAX_QUOTED = 3
_MAX_QUOTE_CHARS = 40


@dataclass(frozen=True, slots=True)
class Evidence:
    """
    One comment with all that was found out about it before any signal looks.

    Attributes:
        language: ISO 639-1 code of the comment, or ``"unknown"``.
        history: what the store knows of its author; empty when nothing was asked.
        repeats: how often the same text came from anyone.
        lists: the site's own lists, from its policy.
        fingerprint: of `text`, signed 64 bit.
        simhash: of `text`, signed 64 bit.
        token_uses: how many comments came with the same form token before.
        words: words of ``text.folded`` in order, cut once here for every word signal.
    """

    comment: Comment
    text: Text
    links: tuple[Link, ...]
    contacts: tuple[Contact, ...]
    language: str
    history: AuthorHistory
    repeats: Repeats
    lists: Lists
    fingerprint: int
    simhash: int
    token_uses: int = 0
    words: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "words", split_words(self.text.folded))

    @classmethod
    def build(
        cls,
        comment: Comment,
        *,
        text: Text | None = None,
        language: str | None = None,
        history: AuthorHistory | None = None,
        repeats: Repeats | None = None,
        lists: Lists | None = None,
        token_uses: int = 0,
    ) -> Evidence:
        """
        Find out what the text alone can tell, and join it with what the caller knows.

        Args:
            comment: as the site sent it.
            text: `normalise(comment.text)` when the caller has it already.
            language: language tag or ``"unknown"``; the comment's own, or detected, when not given.
            history: of the author; nothing known when not given.
            repeats: of the text; none when not given.
            lists: of the site; empty when not given.
            token_uses: of the form's token, before.
        """
        text = _normalise(comment.text) if text is None else text
        return cls(
            comment=comment,
            text=text,
            links=_find_links(text),
            contacts=_find_contacts(text),
            language=primary_language(language or comment.language) or _detect_language(text),
            history=AuthorHistory() if history is None else history,
            repeats=Repeats() if repeats is None else repeats,
            lists=Lists() if lists is None else lists,
            fingerprint=_fingerprint(text),
            simhash=_simhash(text),
            token_uses=token_uses,
        )


def primary_language(tag: str | None) -> str:
    """Give the language of a tag such as ``en-GB`` or ``pt_BR``; empty when it names none."""
    primary = (tag or "").replace("_", "-").partition("-")[0].strip().lower()
    return "" if primary == "und" else primary


def listed(things: Sequence[str]) -> str:
    """Quote the first few different things for a message, each cut to a readable length."""
    different = list(dict.fromkeys(things))
    quoted = [
        f"“{thing if len(thing) <= _MAX_QUOTE_CHARS else thing[: _MAX_QUOTE_CHARS - 1] + '…'}”"
        for thing in different[:_MAX_QUOTED]
    ]
    more = len(different) - len(quoted)
    return ", ".join(quoted) + (f" and {more} more" if more else "")


def spans_of(spans: Sequence[Span]) -> tuple[Span, ...]:
    """Give the first `MAX_SPANS` different spans in text order."""
    return tuple(sorted(set(spans[: 4 * MAX_SPANS]), key=lambda s: (s.start, s.end))[:MAX_SPANS])
