"""
Gathers everything there is to learn from, and says where it came from.

Reads the store, the corpus and the public sets; fits nothing.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from moderation.config import Config
from moderation.errors import TrainingError
from moderation.store import Store
from moderation.training.corpus import read_corpus
from moderation.training.harmless import HARMLESS, read_harmless
from moderation.training.labels import rows_from_labels
from moderation.training.rows import REPORTS, Row, Split, deduplicate, split_of
from moderation.training.sources import (
    TRAIN,
    Source,
    present_sources,
    read_source,
    read_sources,
)

__all__ = ["Material", "gather"]


@dataclass(frozen=True, slots=True)
class Material:
    """
    All rows, each text once.

    Attributes:
        rows: labels first, then corpus, harmless texts, reports, public sets.
        sources: the public sets that are here.
        corpus_sha256: of all corpus files, hex.
        harmless_sha256: of those of each folder of harmless texts, hex.
    """

    rows: tuple[Row, ...]
    sources: tuple[Source, ...]
    corpus_sha256: str
    harmless_sha256: Mapping[str, str]

    def split(self, wanted: Split) -> list[Row]:
        """Give the rows of one split."""
        return [row for row in self.rows if split_of(row) is wanted]

    def data_entries(self) -> tuple[dict[str, Any], ...]:
        """Describe every source for a model's card: licence, digest, rows by split."""
        counts = Counter((row.source, split_of(row).value) for row in self.rows)
        own = "this site's own"
        ours = "CC BY 4.0"
        licences = {"corpus": ours, **dict.fromkeys(HARMLESS, ours), "labels": own, REPORTS: own}
        digests = {"corpus": self.corpus_sha256, **self.harmless_sha256}
        for source in self.sources:
            licences[source.name], digests[source.name] = source.licence, source.sha256
        public = {source.name for source in self.sources}
        return tuple(
            {
                "name": name,
                "kind": "public set" if name in public else name,
                "licence": licence,
                "sha256": digests.get(name),
                "rows": {split.value: counts[name, split.value] for split in Split},
            }
            for name, licence in licences.items()
            if any(counts[name, split.value] for split in Split)
        )


def gather(config: Config, *, seed: int, say: Callable[[str], None]) -> Material:
    """
    Read labels, corpus and public sets, and drop copies.

    Raises:
        CorpusError: a row of the corpus is wrong.
        SourceError: a set is not the one expected.
        TrainingError: there is nothing to learn from.
        StoreError: the store is there but cannot be read.
    """
    corpus = read_corpus(config.corpus_dir)
    labels, reports = _labels(config)
    listed = config.corpus_dir / "sources.toml"
    known = read_sources(listed) if listed.exists() else []
    # A set for measuring may lie in the same folder, and is not even looked at.
    sources = present_sources([s for s in known if s.use == TRAIN], config.data_dir)
    public: list[Row] = []
    for source in sources:
        rows = read_source(source, config.data_dir or Path(), seed=seed)
        say(f"  {source.name}: {len(rows):,} rows")
        public += rows
    # What was judged, or written for this work, wins over what somebody merely reported.
    harmless = read_harmless(config.corpus_dir, corpus)
    every = [*labels, *corpus, *harmless, *reports, *public]
    rows = deduplicate(every)
    say(
        f"read {len(labels):,} labels, {len(reports):,} reports, {len(corpus):,} corpus rows, "
        f"{len(harmless):,} harmless texts, "
        f"{len(public):,} rows of {len(sources)} public sets; "
        f"dropped {len(every) - len(rows):,} copies"
    )
    if not rows:
        raise TrainingError("there is nothing to learn from: no label, no corpus, no public set")
    folder = config.corpus_dir
    return Material(
        tuple(rows),
        tuple(sources),
        _digest(folder.glob("*.jsonl")),
        {name: _digest((folder / name).glob("*.txt")) for name in HARMLESS},
    )


def _labels(config: Config) -> tuple[list[Row], list[Row]]:
    """Give the rows of verdicts, and those of reports."""
    if not config.database_url and not (config.var_dir / "moderation.sqlite").exists():
        # The service never ran here: there is no store yet, hence no label.
        return [], []
    store = Store.open(config.resolved_database_url)
    try:
        return rows_from_labels(store.verdicts.labels()), rows_from_labels(store.reports.labels())
    finally:
        store.close()


def _digest(files: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in sorted(files):
        digest.update(path.read_bytes())
    return digest.hexdigest()
