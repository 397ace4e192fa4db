"""
Reads one table of a policy strictly: every error names the dotted key and what would be right.

Knows TOML values only; what a key means is `read.py`'s.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from enum import StrEnum
from typing import TypeVar

from moderation.errors import PolicyError

__all__ = ["Table", "dotted"]

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_MISSING = object()
_E = TypeVar("_E", bound=StrEnum)


def dotted(*keys: str) -> str:
    """Join keys as TOML writes them, quoting those that hold more than letters and digits."""
    return ".".join(
        key if _BARE.fullmatch(key.partition("[")[0]) else f'"{key}"' for key in keys if key
    )


class Table:
    """
    One table and where it stands. Every method raises `PolicyError` for a value of the wrong kind.

    Args:
        content: the parsed TOML value, which must be a table.
        path: keys from the top of the file.
        valid: the keys it may have, or None when `read.py` checks them as names.

    Attributes:
        content: as given.
        path: as given.
    """

    def __init__(
        self, content: object, path: tuple[str, ...], valid: Collection[str] | None
    ) -> None:
        self.path = path
        if not isinstance(content, dict):
            raise PolicyError("must be a table", field=dotted(*path) or "the policy")
        self.content: dict[str, object] = content
        if valid is not None:
            for key in content:
                # A key that starts with add_ is left over only when it names no list.
                if key not in valid:
                    raise self.error(key, f"is not known here; valid are {_names(valid)}")

    def __iter__(self) -> Iterator[str]:
        return iter(self.content)

    def __contains__(self, key: str) -> bool:
        return key in self.content

    def error(self, key: str, message: str) -> PolicyError:
        """Make an error about one key of this table."""
        return PolicyError(message, field=dotted(*self.path, key))

    def table(self, key: str, valid: Collection[str] | None) -> Table:
        """Give a table within this one; an empty one when it is not there."""
        return Table(self.content.get(key, {}), (*self.path, key), valid)

    def tables(self, key: str, valid: Collection[str]) -> list[Table]:
        """Give a list of tables; empty when it is not there."""
        return [
            Table(item, (*self.path, f"{key}[{index}]"), valid)
            for index, item in enumerate(self._list(key))
        ]

    def number(self, key: str, low: float, high: float, default: float | None = None) -> float:
        """Give a number of low..high; it must be there unless it has a default."""
        value = self.content.get(key, default)
        if value is None:
            raise self.error(key, "is missing")
        # The comparison is false for not-a-number too.
        if (
            isinstance(value, bool)
            or not isinstance(value, int | float)
            or not low <= value <= high
        ):
            raise self.error(key, f"must be a number from {low:g} to {high:g}")
        return float(value)

    def number_or_off(self, key: str, low: float, high: float) -> float | None:
        """Give a number of low..high, or None when it is ``false`` or not there."""
        if self.content.get(key, False) is False:
            return None
        value = self.content[key]
        if (
            isinstance(value, bool)
            or not isinstance(value, int | float)
            or not low <= value <= high
        ):
            raise self.error(key, f"must be a number from {low:g} to {high:g}, or false for off")
        return float(value)

    def flag(self, key: str) -> bool:
        """Give true or false."""
        value = self.content.get(key, _MISSING)
        if not isinstance(value, bool):
            raise self.error(key, "must be true or false")
        return value

    def text(self, key: str, default: str | None = None) -> str:
        """Give text that is not blank."""
        value = self.content.get(key, default)
        if not isinstance(value, str) or not value.strip():
            raise self.error(key, "must be text that is not empty")
        return value

    def choice(self, key: str, valid: Iterable[_E]) -> _E:
        """Give one of a few words."""
        options = {option.value: option for option in valid}
        value = self.content.get(key, _MISSING)
        if not isinstance(value, str) or value not in options:
            raise self.error(key, f"must be one of {_names(options)}")
        return options[value]

    def name(self, key: str, valid: Collection[str], what: str) -> str:
        """Give a name out of many: a signal, a score."""
        value = self.text(key)
        if value not in valid:
            raise self.error(key, f"there is no {what} {value!r}; valid are {_names(valid)}")
        return value

    def check_names(self, valid: Collection[str], what: str) -> None:
        """See that the keys of this table are names out of many."""
        for key in self.content:
            if key not in valid:
                raise self.error(key, f"there is no such {what}; valid are {_names(valid)}")

    def texts(self, key: str) -> list[str]:
        """Give a list of texts, none of them blank."""
        values = self._list(key)
        for index, value in enumerate(values):
            if not isinstance(value, str) or not value.strip():
                raise self.error(f"{key}[{index}]", "must be text that is not empty")
        return [str(value).strip() for value in values]

    def _list(self, key: str) -> list[object]:
        value = self.content.get(key, [])
        if not isinstance(value, list):
            raise self.error(key, "must be a list")
        return value


def _names(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)) or "none"
