"""
Reads JSON lines of our own writing: what is wrong with one is told by file, line and key.

Knows no kind of line; what a line may hold says its model.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from moderation.errors import CorpusError

__all__ = ["StrictLine", "numbered_lines", "parse_line"]


class StrictLine(BaseModel):
    """A line with exact types and no key that nobody knows."""

    model_config = ConfigDict(strict=True, extra="forbid")


Line = TypeVar("Line", bound=StrictLine)


def numbered_lines(path: Path, shown: str) -> list[tuple[str, bytes]]:
    """
    Give the lines of a file that are not blank, each with the place to name when it is wrong.

    Args:
        shown: the file's name in that place: ``comments.en.jsonl`` gives ``comments.en.jsonl:12``.

    Raises:
        CorpusError: it cannot be read; `field` is the path.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise CorpusError(f"cannot be read: {error.strerror}", field=str(path)) from error
    return [
        (f"{shown}:{number}", line)
        for number, line in enumerate(content.split(b"\n"), start=1)
        if line.strip()
    ]


def parse_line(where: str, line: bytes, kind: type[Line]) -> Line:
    """
    Read one line.

    Args:
        where: the file's name and the line's number, for the error.

    Raises:
        CorpusError: it is not JSON in UTF-8, names a key twice, or has not just the keys and types
            of its kind.
    """
    try:
        content = json.loads(line.decode("utf-8"), object_pairs_hook=_once)
    except UnicodeDecodeError as error:
        raise CorpusError(f"is not UTF-8: {error}", field=where) from error
    except _Twice as error:
        raise CorpusError("stands twice in one object", field=f"{where}: {error}") from error
    except (ValueError, RecursionError) as error:
        # Not only what its own error says: a number of more than 4,300 digits is a plain one.
        raise CorpusError(f"is not JSON: {error}", field=where) from error
    try:
        return kind.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise CorpusError(first["msg"], field=f"{where}: {key}" if key else where) from error


class _Twice(ValueError):
    """A key that stands twice, of which Python would silently take the second."""


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    made: dict[str, object] = {}
    for key, value in pairs:
        if key in made:
            raise _Twice(key)
        made[key] = value
    return made
