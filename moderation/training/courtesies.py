"""
Thanks, praise and assent that people write under any article: harmless, and about nothing.

Reads `training_data/courtesies/`; what is learned of it is the fitting modules' business.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from moderation.errors import CorpusError
from moderation.terms import RelevanceKind
from moderation.text import fingerprint, normalise
from moderation.training.rows import Row
from moderation.training.slices import LANGUAGES

__all__ = ["COURTESIES", "read_courtesies"]

COURTESIES = "courtesies"
"""Of the corpus folder: one file a language, ``LANG.txt``, one comment a line; also the source of
their rows."""


def read_courtesies(folder: Path, corpus: Iterable[Row] = ()) -> list[Row]:
    """
    Read all courtesies of a corpus folder; none when it has no folder of them.

    Args:
        folder: of the corpus.
        corpus: rows whose texts may not stand here again, since models are measured on some.

    Raises:
        CorpusError: a line is blank, says what another one or a row says, or is of a language that
            the corpus does not have; `field` is file and line.
    """
    said = {fingerprint(normalise(row.text)): "a comment of the corpus" for row in corpus}
    rows = []
    for path in sorted((folder / COURTESIES).glob("*.txt")):
        name, language = f"{COURTESIES}/{path.name}", path.stem
        if language not in LANGUAGES:
            raise CorpusError(f"{language!r} is none of {', '.join(LANGUAGES)}", field=name)
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
            rows.append(_row(text, language))
    return rows


def _row(text: str, language: str) -> Row:
    return Row(
        text=text,
        source=COURTESIES,
        group=text,
        language=language,
        spam=False,
        toxicity=False,
        kinds=frozenset(),
        substance=False,
        kind=RelevanceKind.GENERIC,
    )
