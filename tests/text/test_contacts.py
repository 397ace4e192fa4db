"""Tests of e-mail addresses, phone numbers and messenger handles."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from moderation.text import find_contacts, normalise
from tests.text.texts import any_text, mixed


@pytest.mark.parametrize(
    ("raw", "kind", "value", "shown"),
    [
        ("to John.Doe+x@Mail.Example.com.", "email", "john.doe+x@mail.example.com", None),
        ("name at mail dot com please", "email", "name@mail.com", "name at mail dot com"),
        ("name[at]mail[dot]com", "email", "name@mail.com", "name[at]mail[dot]com"),
        ("call +1 650-253-0000 now", "phone", "+16502530000", "+1 650-253-0000"),
        ("0098 912 345 6789", "phone", "+989123456789", "0098 912 345 6789"),
        ("تماس: ۰۹۱۲۳۴۵۶۷۸۹", "phone", "+989123456789", "۰۹۱۲۳۴۵۶۷۸۹"),
        ("اتصل ٠١٠٠١٢٣٤٥٦٧", "phone", "+201001234567", "٠١٠٠١٢٣٤٥٦٧"),
        ("واتساب 0501234567", "phone", "+966501234567", "0501234567"),
        ("(650) 253-0000", "phone", "+16502530000", "(650) 253-0000"),
        ("позвони 8 (912) 345-67-89", "phone", "+79123456789", "8 (912) 345-67-89"),
        ("join t.me/+abcdef", "handle", "t.me/+abcdef", "t.me/+abcdef"),
        ("https://wa.me/16502530000", "handle", "wa.me/16502530000", "wa.me/16502530000"),
        ("telegram: @spam_bot", "handle", "@spam_bot", "@spam_bot"),
        ("کانال تلگرام ما: @kanal_ma", "handle", "@kanal_ma", "@kanal_ma"),
        ("my telegram id: fooBar", "handle", "@foobar", "fooBar"),
    ],
)
def test_a_contact_is_found_where_it_stands(
    raw: str, kind: str, value: str, shown: str | None
) -> None:
    """Each kind of contact gives its normal value and its own span."""
    (contact,) = find_contacts(normalise(raw))
    assert (contact.kind, contact.value) == (kind, value)
    if shown is not None:
        assert raw[contact.span.start : contact.span.end] == shown


@pytest.mark.parametrize(
    "raw",
    [
        "It cost $1234567 in 1999-2000, on 2024-05-06, id 1234567890",
        "1,000,000 or 10.000.000 or 192.168.100.200",
        "order no. 20240506123456",
        "look at this dot com thing",
        "@alice hello @bob",
        "Telegram is great. @bob said so",
        "signal: strong words",
        "I work at mail and dot my i",
    ],
)
def test_what_only_looks_like_a_contact_is_none(raw: str) -> None:
    """Prices, dates, ids, mentions and ordinary words are no contacts."""
    assert find_contacts(normalise(raw)) == ()


_PIECES = (
    "telegram",
    "@",
    "abc",
    ":",
    " ",
    "+",
    "0",
    "9123",
    "٣٤٥",
    "-",
    "(",
    ")",
    ".com",
    " at ",
    " dot ",
    "[at]",
    "t.me/",
    "\u200b",
    "²",
)


@settings(max_examples=300, deadline=None)
@given(any_text(50) | mixed(*_PIECES))
def test_any_text_gives_valid_contacts(raw: str) -> None:
    """Finding contacts never fails, and spans stay inside the text."""
    for contact in find_contacts(normalise(raw)):
        assert 0 <= contact.span.start < contact.span.end <= len(raw)
        assert contact.value
