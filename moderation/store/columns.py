"""
Column types that make SQLite and PostgreSQL keep exactly the same values.

Knows no table and opens no connection.
"""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import BigInteger, Dialect, Integer, Text
from sqlalchemy.types import TypeDecorator

__all__ = ["BIG_SERIAL", "EPOCH", "Document", "Moment", "StorableText", "microseconds", "storable"]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
"""What `Moment` counts from."""

_MICROSECOND = timedelta(microseconds=1)
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_NUL_IN_JSON = "\\u0000"

BIG_SERIAL = BigInteger().with_variant(Integer, "sqlite")
"""A counter the database assigns; SQLite counts only in columns declared plain INTEGER."""


def storable(text: str) -> str:
    """
    Give the text as both databases can keep it, with the same length in code points.

    U+0000 becomes U+2400 (its visible symbol) and lone surrogates become U+FFFD, so spans that
    point into the text stay right.
    """
    if "\x00" in text:
        text = text.replace("\x00", "\u2400")
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:
            text = _LONE_SURROGATE.sub("\ufffd", text)
    return text


def microseconds(moment: datetime) -> int:
    """
    Give the microseconds from 1970 to an aware moment; negative before it.

    Raises:
        ValueError: the moment has no time zone.
    """
    if moment.tzinfo is None:
        raise ValueError("the store takes aware datetimes only")
    return (moment - EPOCH) // _MICROSECOND


class StorableText(TypeDecorator[str]):
    """Text of any content; see `storable` for the two characters that are replaced."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Replace what PostgreSQL cannot keep."""
        return None if value is None else storable(value)


class Moment(TypeDecorator[datetime]):
    """
    An aware UTC datetime, kept as whole microseconds from 1970.

    An integer means the same on both databases, sorts and compares as time, and loses nothing.
    """

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """Turn a moment into microseconds."""
        return None if value is None else microseconds(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        """Turn microseconds into a moment."""
        return None if value is None else EPOCH + timedelta(microseconds=value)


class Document(TypeDecorator[Any]):
    """
    Dataclasses, mappings and lists as JSON text; read back as plain dicts and lists.

    Text and not the databases' own JSON types: nothing queries inside, and both keep it the same.
    """

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: object, dialect: Dialect) -> str | None:
        """Write JSON."""
        return None if value is None else _to_json(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        """Read JSON."""
        return None if value is None else orjson.loads(value)


def _to_json(value: object) -> str:
    try:
        text = orjson.dumps(value, default=_plain, option=orjson.OPT_SERIALIZE_NUMPY).decode()
    except TypeError:
        # orjson refuses lone surrogates; the standard library escapes them.
        text = json.dumps(value, default=_plain)
        return orjson.dumps(_storable_inside(json.loads(text))).decode()
    if _NUL_IN_JSON in text:
        return orjson.dumps(_storable_inside(orjson.loads(text))).decode()
    return text


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return dict(value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    if isinstance(value, set | frozenset):
        return sorted(value)
    raise TypeError(f"{type(value).__name__} cannot be kept as JSON")


def _storable_inside(value: object) -> object:
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, list):
        return [_storable_inside(item) for item in value]
    if isinstance(value, dict):
        return {storable(key): _storable_inside(item) for key, item in value.items()}
    return value
