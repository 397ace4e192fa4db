"""
The public data sets: which there are, whether they are here and unchanged, and what they say.

Reads prepared files only; fetching is `datasets`' business. Never writes a row anywhere.
"""

from __future__ import annotations

import csv
import hashlib
import random
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from moderation.errors import SourceError
from moderation.terms import TOXIC_KINDS, Article, RelevanceKind
from moderation.training.rows import Row

__all__ = [
    "EVALUATE",
    "PINS",
    "TRAIN",
    "Source",
    "is_pinnable",
    "present_sources",
    "read_pins",
    "read_source",
    "read_sources",
]

PINS = "datasets.pins.toml"
"""File in the data folder: digests that somebody here accepted in place of the expected ones."""

TRAIN, EVALUATE = "train", "evaluate"
"""What a set is for: to be fitted on, or to be measured with and nothing else."""

_COLUMN_LIMIT = 10_000_000


@dataclass(frozen=True, slots=True)
class Source:
    """
    One public set, as `sources.toml` describes it.

    Attributes:
        name: folder of the prepared set.
        address: where the upstream files are, pinned to a commit.
        licence: as stated there.
        sha256: of the prepared ``data.csv``, hex.
        reader: which of `READERS` understands the upstream files; none of a set for measuring.
        files: upstream paths under `address`.
        head: what its ``y`` column speaks about: ``spam``, ``toxicity``, ``relevance`` (0: the row
            answers its post) or ``text`` (no labels, only language).
        labels: native labels that are clear enough to use; empty: all.
        assume: head -> what all its rows are, by the set's nature.
        kinds: native mark -> kind of toxicity, for sets that tell kinds apart.
        weight: of each row in fitting.
        rows: at most so many rows are used, drawn with a fixed seed; 0 is all.
        thread: whether title and context are the post its rows answer.
        distinct: whether preparing keeps only the first of equal rows.
        checked: whether its reader is known to give `sha256` from the upstream bytes, so that any
            other digest means damage; otherwise another one may be accepted by a pin.
        use: `TRAIN` or `EVALUATE`.
    """

    name: str
    address: str
    licence: str
    sha256: str
    head: str
    reader: str = ""
    files: tuple[str, ...] = ()
    labels: frozenset[str] = frozenset()
    assume: Mapping[str, bool] = field(default_factory=dict)
    kinds: Mapping[str, str] = field(default_factory=dict)
    weight: float = 1.0
    rows: int = 0
    thread: bool = False
    distinct: bool = False
    checked: bool = False
    use: str = TRAIN


def is_pinnable(source: Source) -> bool:
    """Tell whether a digest other than the one expected may be accepted by a pin."""
    return not source.checked


def read_pins(data_dir: Path) -> dict[str, str]:
    """
    Read the digests accepted here, by set; none when there is no such file.

    Raises:
        SourceError: the file cannot be read or says something else.
    """
    path = data_dir / PINS
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SourceError(f"cannot be read: {error}", field=str(path)) from error
    pins = content.get("pins", {})
    if not isinstance(pins, dict) or not all(isinstance(value, str) for value in pins.values()):
        raise SourceError("must be a table [pins] of digests", field=str(path))
    return pins


def read_sources(path: Path) -> list[Source]:
    """
    Read `sources.toml`.

    Raises:
        SourceError: the file cannot be read or an entry is wrong; `field` names it.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SourceError(f"cannot be read: {error}", field=str(path)) from error
    sources = []
    for name, entry in content.get("sources", {}).items():
        values: dict[str, Any] = dict(entry)
        values["labels"] = frozenset(values.get("labels", ()))
        values["files"] = tuple(values.get("files", ()))
        try:
            source = Source(name=name, **values)
        except TypeError as error:
            raise SourceError(str(error), field=f"{path}: sources.{name}") from error
        if source.head not in {"spam", "toxicity", "relevance", "text"}:
            raise SourceError(
                f"{source.head!r} is none of spam, toxicity, relevance, text",
                field=f"{path}: sources.{name}.head",
            )
        if source.use not in {TRAIN, EVALUATE}:
            raise SourceError(
                f"{source.use!r} is neither {TRAIN} nor {EVALUATE}",
                field=f"{path}: sources.{name}.use",
            )
        if source.use == TRAIN and not (source.reader and source.files):
            raise SourceError(
                "a set to train on needs reader and files", field=f"{path}: sources.{name}"
            )
        strange = sorted(set(source.kinds.values()) - set(TOXIC_KINDS))
        if strange:
            raise SourceError(
                f"{strange[0]!r} is none of {', '.join(TOXIC_KINDS)}",
                field=f"{path}: sources.{name}.kinds",
            )
        sources.append(source)
    return sources


def present_sources(
    sources: Sequence[Source], data_dir: Path | None, *, setting: str = "data_dir"
) -> list[Source]:
    """
    Give the sources whose prepared files are in `data_dir`, each verified by its digest.

    A set accepted by a pin comes back with the pinned digest, so that the model's card tells.

    Args:
        sources: to look for.
        data_dir: the folder, or None: then there are none.
        setting: what the folder is called where it is no folder.

    Raises:
        SourceError: `data_dir` is no folder, or a file is not the one expected.
    """
    if data_dir is None:
        return []
    if not data_dir.is_dir():
        raise SourceError("is not a folder", field=f"{setting} {data_dir}")
    pins = read_pins(data_dir)
    present = []
    for source in sources:
        path = data_dir / source.name / "data.csv"
        if not path.exists():
            continue
        with path.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        pinned = is_pinnable(source) and digest == pins.get(source.name)
        if digest != source.sha256 and not pinned:
            raise SourceError(
                f"its SHA-256 is {digest}, sources.toml expects {source.sha256}; "
                "fetch it again with `make datasets` or mend the entry",
                field=source.name,
            )
        present.append(replace(source, sha256=digest))
    return present


def _table(path: Path) -> Iterator[dict[str, str]]:
    csv.field_size_limit(_COLUMN_LIMIT)
    with path.open(encoding="utf-8", newline="") as stream:
        yield from csv.DictReader(stream)


def read_source(source: Source, data_dir: Path, *, seed: int = 0) -> list[Row]:
    """
    Read one prepared set into rows.

    Args:
        source: present and verified.
        data_dir: folder of prepared sets.
        seed: for drawing `source.rows` of them.
    """
    rows = [
        row
        for entry in _table(data_dir / source.name / "data.csv")
        if (row := _row(source, entry)) is not None
    ]
    if source.rows and len(rows) > source.rows:
        rows = random.Random(seed).sample(rows, source.rows)  # noqa: S311 - not a secret.
    return rows


def _row(source: Source, entry: Mapping[str, str]) -> Row | None:
    text, bad = entry["text"], entry["y"]
    if not text.strip() or (source.labels and entry["label"] not in source.labels):
        return None
    known = {**source.assume}
    kinds = None
    kind = None
    if source.head == "relevance":
        # A comment that does not answer its post may still be on its topic: only the good ones
        # say something about relevance.
        kind = RelevanceKind.ON_TOPIC if bad == "0" else None
    elif source.head != "text":
        if bad not in {"0", "1"}:
            return None
        known[source.head] = bad == "1"
        if source.kinds:
            marks = {*entry["label"].split("|"), *(entry.get("extra") or "").split("|")}
            found = frozenset(source.kinds[mark] for mark in marks if mark in source.kinds)
            kinds = found if found or bad == "0" else None
    article = None
    title, context = entry.get("title") or None, entry.get("context") or None
    if source.thread:
        article = Article(
            id=hashlib.sha256(f"{title}\x00{context}".encode()).hexdigest()[:16],
            title=title,
            body=context,
            language=entry["lang"],
        )
    return Row(
        text=text,
        source=source.name,
        group=article.id if article and article.id else text.strip().lower(),
        language=entry["lang"],
        spam=known.get("spam"),
        toxicity=known.get("toxicity"),
        kind=kind,
        kinds=kinds,
        kinds_known=frozenset(source.kinds.values()) if bad == "1" else frozenset(TOXIC_KINDS),
        article=article,
        weight=source.weight,
        assumed=frozenset(source.assume),
    )
