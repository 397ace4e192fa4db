"""
The prepared form of a public set: one CSV file whose bytes depend on its rows alone.

Pure: takes rows, gives bytes; knows no set, opens no file.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence

__all__ = ["COLUMNS", "PreparedRow", "distinct", "to_csv"]

PreparedRow = dict[str, str]
"""Column -> value; the first five columns of `COLUMNS` always, the others where a set has them."""

_ALWAYS = ("id", "text", "label", "y", "lang")
COLUMNS = (*_ALWAYS, "title", "context", "split", "extra")
"""
In this order: upstream's identifier; the comment; its label in upstream's words; ``y`` = 1 bad
(spam, toxic, irrelevant), 0 acceptable, empty when the set does not say; language; what the
comment stands under (title and body); upstream's own split; whatever else is worth keeping.
"""

_SPACES = re.compile(r"\s+")


def distinct(rows: Iterable[PreparedRow]) -> Iterator[PreparedRow]:
    """Keep the first of the rows equal in text, title and label, but for case, width and space."""
    seen = set()
    for row in rows:
        key = tuple(_folded(row.get(name, "")) for name in ("text", "title", "label"))
        if key not in seen:
            seen.add(key)
            yield row


def _folded(value: str) -> str:
    return _SPACES.sub(" ", unicodedata.normalize("NFKC", value).lower()).strip()


def to_csv(rows: Sequence[PreparedRow]) -> bytes:
    r"""Give the rows as UTF-8 CSV (RFC 4180 quoting, header, lines ended by ``\n``)."""
    carried = set().union(*rows)
    columns = [name for name in COLUMNS if name in _ALWAYS or name in carried]
    stream = io.StringIO()
    writer = csv.DictWriter(stream, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue().encode("utf-8", "replace")
