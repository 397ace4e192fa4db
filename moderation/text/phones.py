"""
Phone numbers: candidates by shape, believed only when a numbering plan has them.

Loads the numbering plans at the first candidate; most comments have none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

__all__ = ["find_phones"]

# Seven digits with nothing but separators between; \d takes the digits of every script.
_HINT = re.compile(r"\d(?:[ \u00a0().\-‐‑–]{0,3}\d){6}")
_CANDIDATE = re.compile(
    r"(?<![\w.,$€£¥₽#=/:%+-])(?P<plus>\+|00(?=[1-9۱-۹١-٩]))?[ ]?(?P<open>\()?"
    r"\d(?:[ \u00a0().\-‐‑–]{0,3}\d){6,16}(?![\d%€₽£])(?!,\d)(?![.:/-]\d)(?![^\W\d_])"
)
_CUE = re.compile(
    r"call|phone|\btel\b|whats?app|mobile|\bcell\b|\btext me|contact|sms|viber|telegram|number"
    r"|تماس|زنگ|شماره|موبایل|تلفن|همراه|واتس|اتصل|للتواصل|هاتف|جوال|رقم|звон|тел\b|телефон|номер"
    r"|llam|tel[ée]fono|anruf|appel|ligue",
    re.I,
)
_DATE = re.compile(
    r"(?:1[0-9]|20)\d\d\D(?:1[0-9]|20)\d\d\Z|(?:19|20)\d\d[-. ]\d{1,2}[-. ]\d{1,2}\b"
    r"|\d{1,2}[-. ]\d{1,2}[-. ](?:1[3-9]|20)\d\d\b|\d{1,3}(?:\.\d{3}){2,}\Z|\d{1,3}(?: \d{3}){2,}\Z"
    r"|\d{1,3}(?:\.\d{1,3}){3}\Z|(?:19|20)\d{6}\Z"
)
_NORTH_AMERICAN = re.compile(r"(?:1[-. ])?\(?\d{3}\)?[-. ]{1,2}\d{3}[-. ]\d{4}\Z")
_PERSIAN_LETTER = re.compile("[پچژگیک]")
_ARABIC_LETTER = re.compile("[\u0620-\u06d3]")
_CYRILLIC_LETTER = re.compile("[а-яА-Я]")

# Where the readers of such a text most likely live; the first plan that has the number counts.
_PERSIAN_REGIONS = ("IR", "AF", "TJ")
_ARABIC_REGIONS = ("EG", "SA", "AE", "IQ", "MA", "DZ", "JO", "SY", "KW", "LB", "YE", "TN", "IR")
_CYRILLIC_REGIONS = ("RU", "UA", "KZ", "BY")
_OTHER_REGIONS = (
    *("US", "GB", "IN", "FR", "DE", "TR", "ES", "IT", "BR", "NL", "AU", "PK", "NG"),
    *("IR", "EG", "SA", "AE"),
)


def find_phones(plain: str) -> Iterator[tuple[str, int, int]]:
    """
    Find phone numbers in readable text.

    A number without a country prefix needs a sign that it is one: a leading zero, the grouping of
    North America, or a word such as "call" nearby. Prices, dates, years and plain ids are none.

    Yields:
        the number in E.164, and its start and end in `plain`.
    """
    if _HINT.search(plain) is None:
        return
    regions: tuple[str, ...] | None = None
    for match in _CANDIDATE.finditer(plain):
        start = match.start() + (len(match[0]) - len(match[0].lstrip(" ")))
        written = _ascii_digits(match[0].strip())
        if match["plus"]:
            value = _valid("+" + re.sub(r"^(?:\+|00)", "", written), None)
        elif _DATE.match(written):
            continue
        else:
            if regions is None:
                regions = _regions(plain)
            value = _local(plain, match.start(), match.end(), written, regions)
        if value is not None:
            yield value, start, match.end()


def _ascii_digits(written: str) -> str:
    if written.isascii():
        return written
    return "".join(str(int(char)) if char.isdecimal() else char for char in written)


def _regions(plain: str) -> tuple[str, ...]:
    if _PERSIAN_LETTER.search(plain):
        return _PERSIAN_REGIONS
    if _ARABIC_LETTER.search(plain):
        return _ARABIC_REGIONS
    if _CYRILLIC_LETTER.search(plain):
        return _CYRILLIC_REGIONS
    return _OTHER_REGIONS


def _local(plain: str, start: int, end: int, written: str, regions: tuple[str, ...]) -> str | None:
    digits = sum(char.isdigit() for char in written)
    if not 8 <= digits <= 12:
        return None
    near = plain[max(0, start - 40) : start]
    shaped = written.startswith(("0", "(0")) and digits >= 9
    if regions is _CYRILLIC_REGIONS:
        shaped = shaped or (written.startswith(("8", "7")) and digits == 11)
    if not (shaped or _NORTH_AMERICAN.match(written) or _CUE.search(near)):
        return None
    # A reader is asked to call a mobile far more often than a landline of some other country that
    # happens to have the same digits.
    landline: str | None = None
    for region in regions:
        value = _valid(written, region, mobile=regions is not _OTHER_REGIONS)
        if value is not None:
            return value
        landline = landline or _valid(written, region)
    return landline


def _valid(written: str, region: str | None, *, mobile: bool = False) -> str | None:
    # Imported here: the numbering plans take a moment and most processes never need them.
    import phonenumbers

    try:
        number = phonenumbers.parse(written, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    kinds = (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE)
    if mobile and phonenumbers.number_type(number) not in kinds:
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
