"""
The signals: an ordered list of small pure functions, each naming one piece of evidence.

A signal reports; it never decides. What a signal is worth stands in the policy alone.

Strength is 0 < s <= 1 and says how much of the thing is there, not how bad it is: 1 is as clear as
this kind gets (every plain fact, such as a filled honeypot, is 1), .5 is what a person would remark
on, below .3 is a hint. To add one: write ``name(evidence) -> Signal | None`` in the module of its
subject, first docstring sentence as a moderator shall read it, then a hit and a near miss; list it
here; add its `hit` and `miss` lines to `examples.toml`; give it points in `policy/default.toml`.
The function's name in capitals is the signal's name, for ever.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

from moderation.errors import describe
from moderation.signals import (
    author,
    contacts,
    disguise,
    form,
    language,
    links,
    listed,
    repeats,
    style,
)
from moderation.signals.evidence import Evidence
from moderation.signals.form import TEST_STRING
from moderation.terms import Signal

__all__ = ["NAMES", "SIGNALS", "TEST_STRING", "Evidence", "Gathered", "gather", "name_of"]

_log = logging.getLogger(__name__)

SIGNALS: tuple[Callable[[Evidence], Signal | None], ...] = (
    # The self-test comes first: it must work whatever else is broken.
    form.test_reject,
    # What the site's form observed: cheap, and certain when it speaks.
    form.honeypot_filled,
    form.form_token_invalid,
    form.form_token_reused,
    form.form_too_fast,
    # The site's own lists, before anything we ship.
    listed.blocked_word,
    listed.watched_word,
    links.blocked_link,
    # Where a comment wants to lead its readers.
    links.link_one,
    links.links_few,
    links.links_many,
    links.links_same_site,
    links.link_shortener,
    links.link_disguised,
    contacts.contact_email,
    contacts.contact_phone,
    contacts.contact_handle,
    # Shipped word lists, in the comment's own language.
    listed.profanity,
    listed.spam_phrase,
    # How it is written.
    style.shouting,
    style.repetition,
    # What it tries to hide.
    disguise.mixed_scripts,
    disguise.hidden_characters,
    disguise.disguised_words,
    # Whether it was said before.
    repeats.exact_repeat,
    repeats.near_repeat,
    repeats.repeat_rejected,
    # Who says it, and how fast.
    author.posting_fast,
    author.author_rejected_before,
    author.author_first_comment,
    author.author_trusted,
    # Only informs: people do answer in their own language.
    language.foreign_language,
)


@dataclass(frozen=True, slots=True)
class Gathered:
    """
    What the signals had to say of one comment.

    Attributes:
        signals: in the order of `SIGNALS`.
        failed: names of signals that broke; they abstained, and the policy says what that means.
    """

    signals: tuple[Signal, ...]
    failed: tuple[str, ...]


def name_of(signal: Callable[[Evidence], Signal | None]) -> str:
    """Give the name of the signal a function finds."""
    return signal.__name__.upper()


NAMES: frozenset[str] = frozenset(map(name_of, SIGNALS))


def gather(evidence: Evidence) -> Gathered:
    """
    Ask every signal in order; one that breaks abstains and is named in `failed`.

    The log gets the signal's name, the kind of error and the place in our code, but not the error's
    own words: they may quote the comment.
    """
    found: list[Signal] = []
    failed: list[str] = []
    for signal in SIGNALS:
        try:
            result = signal(evidence)
        except Exception as error:
            failed.append(name_of(signal))
            why = describe(error)
            _log.error("signal %s failed: %s at %s", name_of(signal), why["error"], why["where"])
        else:
            if result is not None:
                found.append(result)
    return Gathered(tuple(found), tuple(failed))
