"""
Ways to reach somebody outside the comments: e-mail addresses, phone numbers, messenger handles.

Finds them; what they are evidence of is for signals.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from moderation.terms import Span
from moderation.text.normalise import Text
from moderation.text.offsets import Edit, apply_edits, source_span
from moderation.text.phones import find_phones

__all__ = ["Contact", "find_contacts"]


@dataclass(frozen=True, slots=True)
class Contact:
    """
    One way to reach somebody.

    Attributes:
        kind: "email", "phone" or "handle".
        value: e-mail in lower case; phone in E.164 (``+15551234567``); handle as ``@name`` or as
            an address without scheme (``t.me/name``).
        span: in the text as sent.
    """

    kind: str
    value: str
    span: Span


_AT = re.compile(r"@|[\[({]\s?at\s?[\])}]|\sat\s[\w.-]{2,40}\sdot\s", re.I)
# "name at mail dot com" counts only with both words, "name (at) mail.com" by its brackets.
_SPELLED_AT = re.compile(
    r"(?<=[a-z0-9_])\s?[\[({]\s?(?:at|@)\s?[\])}]\s?(?=[a-z0-9])"
    r"|(?<=[a-z0-9_])\sat\s(?!(?:the|this|that|my|our|your|every|some|an?)\b)(?=[a-z0-9-]{2,40}\s?(?:[\[({]\s?dot\s?[\])}]|\sdot\s)\s?[a-z]{2,6}\b)",
    re.I,
)
_SPELLED_DOT = re.compile(
    r"(?<=[a-z0-9])\s?(?:[\[({]\s?(?:dot|\.)\s?[\])}]|\sdot\b)\s?(?=[a-z])|(?<=[a-z0-9])\sdot\s(?=[a-z])",
    re.I,
)
_EMAIL = re.compile(
    r"(?<![a-z0-9._%+@/-])[a-z0-9](?:[a-z0-9._%+-]{0,62}[a-z0-9_+-])?@"
    r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,6}[a-z]{2,24}(?![a-z0-9@-])",
    re.I,
)

_PLACES = (
    r"t\.me|telegram\.(?:me|dog)|wa\.me|api\.whatsapp\.com/send/?\?phone=|chat\.whatsapp\.com"
    r"|m\.me|signal\.me|viber\.me|line\.me|discord\.gg|discord\.com/invite|eitaa\.com|rubika\.ir"
    r"|ble\.ir|splus\.ir|gap\.im"
)
_PLACED = re.compile(rf"(?<![\w.-])(?:{_PLACES})/?([+@a-z0-9_][\w+/~#-]{{1,63}})", re.I)
_PLACE_HINT = re.compile(r"\.(?:me|gg|dog|com/|ir/|im/)", re.I)
_MESSENGER = (
    r"telegram|telegr[ae]m|tele?gram|\btg\b|whats?\s?app|\bwhats\b|viber|we\s?chat|\bkik\b|snap(?:chat)?\b"
    r"|insta(?:gram)?\b|\bsignal\b|discord|skype|\bimo\b|تلگرام|تلجرام|تليجرام|تيليجرام|تلغرام|واتس\s?(?:اپ|آپ|اب|آب)"
    r"|واتس\b|ایتا\b|روبیکا|سروش\b|سناب|انستا|اینستا|إنستا|телегра[мщ]м?|\bтелега|\bтг\b|во?тса?п|ватсап|вайбер"
)
_NAMED = re.compile(
    # A messenger's name, a few words, a handle; or a colon, and then the handle needs no @.
    rf"(?:{_MESSENGER})\w{{0,3}}(?:[^\n@.!?؟]{{0,24}}?(?<![\w.])(@[a-z0-9_][a-z0-9_.]{{2,31}})"
    r"|\s{0,2}(?:id|user(?:name)?|ایدی|آیدی)?\s?[:=：]\s{0,2}@?([a-z][a-z0-9_.]{3,31})(?=\s*(?:\Z|[\n,;.!،])))",
    re.I,
)
_MESSENGER_HINT = re.compile(_MESSENGER, re.I)


def find_contacts(text: Text) -> tuple[Contact, ...]:
    """Find e-mail addresses, phone numbers and messenger handles, in the order of their places."""
    plain = text.plain
    found: list[tuple[str, str, int, int]] = []
    if _AT.search(plain) is not None:
        found += _emails(plain)
    found += (("phone", value, start, end) for value, start, end in find_phones(plain))
    if _PLACE_HINT.search(plain) is not None or "@" in plain or ":" in plain or "=" in plain:
        found += _handles(plain)
    contacts = {
        Contact(kind, value, text.raw_span_of_plain(start, end))
        for kind, value, start, end in found
    }
    return tuple(sorted(contacts, key=lambda contact: (contact.span.start, contact.kind)))


def _emails(plain: str) -> Iterator[tuple[str, str, int, int]]:
    spelled = [Edit(*match.span(), "@") for match in _SPELLED_AT.finditer(plain)]
    if spelled:
        spelled += _dots_after(plain, spelled)
        spelled.sort()
    readable, step = apply_edits(plain, spelled) if spelled else (plain, None)
    steps = () if step is None else (step,)
    for match in _EMAIL.finditer(readable):
        if ".." in match[0]:
            continue
        span = source_span(steps, *match.span())
        yield "email", match[0].lower(), span.start, span.end


def _dots_after(plain: str, ats: list[Edit]) -> Iterator[Edit]:
    for at in ats:
        for match in _SPELLED_DOT.finditer(plain, at.end, at.end + 60):
            yield Edit(*match.span(), ".")
            break


def _handles(plain: str) -> Iterator[tuple[str, str, int, int]]:
    for match in _PLACED.finditer(plain):
        value = re.sub(r"(?i)^api\.whatsapp\.com/send/?\?phone=", "wa.me/", match[0])
        place, _, name = value.partition("/")
        yield "handle", f"{place.lower()}/{name}".rstrip("/-"), match.start(), match.end()
    if _MESSENGER_HINT.search(plain) is None:
        return
    for match in _NAMED.finditer(plain):
        group = 1 if match[1] else 2
        name = match[group].lstrip("@").rstrip(".")
        end = match.start(group) + match[group].startswith("@") + len(name)
        yield "handle", f"@{name.lower()}", match.start(group), end
