"""
One labelled example, and which split it belongs to for ever.

Plain data; reads no file and fits nothing.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from moderation.terms import TOXIC_KINDS, Article, RelevanceKind
from moderation.text import fingerprint, normalise

__all__ = ["REPORTS", "Row", "Split", "deduplicate", "draw", "lot_of", "split_of"]


REPORTS = "reports"
"""Source of the rows that come from reports: nobody vouches for them, so nothing is measured on
them."""


class Split(StrEnum):
    """What a row is for; decided once by its group, never by chance."""

    FIT = "fit"
    CALIBRATE = "calibrate"
    TEST = "test"


@dataclass(frozen=True, slots=True)
class Row:
    """
    One comment with what is known of it; None means "not labelled", never "no".

    Attributes:
        text: as written.
        source: ``corpus``, ``labels``, ``reports`` or the name of a public set.
        group: rows of one group stay in one split: the article, the thread, or the text itself.
        language: ISO 639-1, or "unknown".
        weight: how much the row counts in fitting; 1 for a label given by hand for this product.
        assumed: heads whose label is the source's nature ("nobody sells in this set"), not given
            row by row: good enough to fit on, never measured on.
        family: what sort of spam, abuse or remark it is, in the words of the corpus; for reports,
            never a target.
        kinds: the kinds of toxicity it is of, in the words of the corpus; empty for a row that is
            not toxic.
        kinds_known: the kinds that `kinds` speaks of; the others are not labelled.
        fragment: whether it is a piece of a comment, cut by us: nobody wrote or judged it so.
        rejected: whether a moderator of this site rejected it.
        represents: how many comments of the site a verdict speaks for: more than one where it was
            drawn by lot from those that nobody else saw.
    """

    text: str
    source: str
    group: str
    language: str = "unknown"
    spam: bool | None = None
    toxicity: bool | None = None
    substance: bool | None = None
    kind: RelevanceKind | None = None
    article: Article | None = None
    parent: str | None = None
    weight: float = 1.0
    assumed: frozenset[str] = frozenset()
    family: str | None = None
    kinds: frozenset[str] | None = None
    kinds_known: frozenset[str] = frozenset(TOXIC_KINDS)
    fragment: bool = False
    rejected: bool | None = None
    represents: float = 1.0


def split_of(row: Row) -> Split:
    """
    Give the split of a row: 70 % fit, 10 % calibrate, 20 % test, by a hash of its group.

    The same group lands in the same split in every run on every machine, so no model was ever
    fitted on a row that another is measured on, whatever sources were present. Reports are only
    ever fitted on.
    """
    if row.source == REPORTS:
        return Split.FIT
    digest = hashlib.blake2b(f"{row.source}\x00{row.group}".encode("utf-8", "replace")).digest()
    part = int.from_bytes(digest[:8], "big") % 10
    if part < 7:
        return Split.FIT
    return Split.CALIBRATE if part == 7 else Split.TEST


def draw(rows: Sequence[Row], count: int) -> list[Row]:
    """Draw at most `count` rows, of every source alike, the same ones whatever their order."""
    shelves: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        shelves[row.source].append(row)
    ranked: list[tuple[int, str, Row]] = []
    for source, shelf in shelves.items():
        shelf.sort(key=lot_of)
        ranked += [(place, source, row) for place, row in enumerate(shelf)]
    ranked.sort(key=lambda entry: entry[:2])
    return [row for _, _, row in ranked[:count]]


def lot_of(row: Row) -> bytes:
    """Give what decides a row's place wherever some of many are taken: as good as chance."""
    key = f"{row.source}\x00{row.group}\x00{row.text}".encode("utf-8", "replace")
    return hashlib.blake2b(key, digest_size=8).digest()


def deduplicate(rows: Iterable[Row]) -> list[Row]:
    """
    Keep the first row of every text, read as people read it; one under an article counts with it.

    Copies that carry opposite labels teach nothing and are all dropped. Of copies that were
    approved here and rejected there, which may have been for their articles, only that is
    forgotten. Sources that come first win, so pass labels and corpus before public sets.
    """
    kept: dict[tuple[int, str], Row] = {}
    contradicted: set[tuple[int, str]] = set()
    disputed: set[tuple[int, str]] = set()
    for row in rows:
        article = (row.article.id or row.article.title or "") if row.article else ""
        key = (fingerprint(normalise(row.text)), article if row.kind is not None else "")
        first = kept.setdefault(key, row)
        if first is not row and first.source == row.source and _contradict(first, row):
            contradicted.add(key)
        if _opposite(first.rejected, row.rejected):
            disputed.add(key)
    return [
        replace(row, rejected=None) if key in disputed else row
        for key, row in kept.items()
        if key not in contradicted
    ]


def _contradict(one: Row, other: Row) -> bool:
    return _opposite(one.spam, other.spam) or _opposite(one.toxicity, other.toxicity)


def _opposite(one: bool | None, other: bool | None) -> bool:
    return one is not None and other is not None and one != other
