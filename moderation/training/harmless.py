"""
Harmless texts of our own beside the corpus: courtesies, ordinary sentences, and strays.

Reads their folders; what is learned of them is the fitting modules' business.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from moderation.terms import RelevanceKind
from moderation.text import fingerprint, normalise
from moderation.training.lines import read_lines
from moderation.training.rows import Row
from moderation.training.slices import KNOWN_LANGUAGES

__all__ = ["COURTESIES", "HARMLESS", "ORDINARY", "STRAYS", "read_harmless"]

COURTESIES = "courtesies"
"""Thanks, praise and assent that people write under any article: about nothing."""

ORDINARY = "ordinary"
"""What people and papers write all day: about something, and there is no telling under what."""

STRAYS = "strays"
"""What people write who speak of something of their own, or of nothing: off topic anywhere."""

_ROW = Row("", "", "", "", spam=False, toxicity=False, kinds=frozenset())

HARMLESS: Mapping[str, Row] = MappingProxyType(
    {
        COURTESIES: replace(_ROW, substance=False, kind=RelevanceKind.GENERIC),
        ORDINARY: _ROW,
        STRAYS: replace(_ROW, kind=RelevanceKind.OFF_TOPIC),
    }
)
"""Folders of the corpus folder, which are also the sources of their rows, with what is known of
each row: one file a language, ``LANG.txt``, one text a line."""


def read_harmless(folder: Path, corpus: Iterable[Row] = ()) -> list[Row]:
    """
    Read all harmless texts of a corpus folder; none when it has none of their folders.

    Args:
        folder: of the corpus.
        corpus: rows whose texts may not stand here again, since models are measured on some.

    Raises:
        CorpusError: as `read_lines`.
    """
    said = {fingerprint(normalise(row.text)): "a comment of the corpus" for row in corpus}
    rows: list[Row] = []
    for name, known in HARMLESS.items():
        rows += [
            replace(known, text=text, source=name, group=text, language=language)
            for language, text in read_lines(folder / name, KNOWN_LANGUAGES, said)
        ]
    return rows
