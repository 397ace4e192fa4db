"""
Files of our own writing that hold one text a line, one file a language.

Reads them and names file and line of whatever is wrong; what a text is for is its caller's affair.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import NamedTuple

from moderation.errors import CorpusError
from moderation.text import fingerprint, normalise

__all__ = ["Line", "read_lines"]


class Line(NamedTuple):
    """One text and its language, ISO 639-1."""

    language: str
    text: str


def read_lines(folder: Path, languages: Collection[str], said: dict[int, str]) -> Iterator[Line]:
    """
    Read every ``LANG.txt`` of a folder; a folder that is not there has none.

    Args:
        folder: whose name stands in errors.
        languages: that a file may be of.
        said: fingerprint -> where that was said already: it may not stand here again. Written to.

    Raises:
        CorpusError: a line is blank or says what another one says, or a file is no UTF-8 or of
            another language; `field` is file and line.
    """
    for path in sorted(folder.glob("*.txt")):
        name, language = f"{folder.name}/{path.name}", path.stem
        if language not in languages:
            raise CorpusError(f"{language!r} is none of {', '.join(languages)}", field=name)
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except UnicodeDecodeError as error:
            raise CorpusError("is not UTF-8", field=name) from error
        for number, text in enumerate(lines, start=1):
            where = f"{name}:{number}"
            if not text.strip():
                raise CorpusError("is blank", field=where)
            first = said.setdefault(fingerprint(normalise(text)), where)
            if first != where:
                raise CorpusError(f"says the same as {first}", field=where)
            yield Line(language, text)
