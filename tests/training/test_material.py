"""What training learns from, and what it says of where that came from."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from moderation.config import Config
from moderation.errors import CorpusError, SourceError, TrainingError
from moderation.terms import VerdictAction, VerdictLabel
from moderation.training.material import Material, gather
from moderation.training.rows import Split
from tests.corpora import CORPUS
from tests.training.verdicts import NOON, add, opened, settle


def collect(config: Config) -> tuple[Material, list[str]]:
    """Gather; give what was said, too."""
    said: list[str] = []
    return gather(config, seed=0, say=said.append), said


def test_without_a_store_there_are_no_labels(tmp_path: Path) -> None:
    """Training before the first start makes no store and learns from the corpus."""
    config = Config(var_dir=tmp_path / "var", corpus_dir=CORPUS)
    material, said = collect(config)
    assert {row.source for row in material.rows} == {"corpus", "courtesies", "ordinary", "strays"}
    assert not config.var_dir.exists()
    assert "0 labels" in said[-1]


def test_a_moderators_word_outranks_the_corpus(tmp_path: Path) -> None:
    """Of a text in both, the label's row is kept."""
    config = Config(var_dir=tmp_path / "var", corpus_dir=CORPUS)
    before, _ = collect(config)
    spam = next(row for row in before.rows if row.spam and row.kind is None)
    with opened(config) as store:
        settle(store, spam.text, VerdictAction.APPROVE)
        settle(store, "A text that is nowhere else", VerdictAction.REJECT, VerdictLabel.SPAM)
    after, _ = collect(config)
    assert len(after.rows) == len(before.rows) + 1
    (kept,) = [row for row in after.rows if row.text == spam.text]
    assert (kept.source, kept.spam) == ("labels", False)


def test_a_report_teaches_what_nobody_judged(tmp_path: Path) -> None:
    """Where it contradicts a moderator or the corpus it is dropped; else it counts, but less."""
    config = Config(var_dir=tmp_path / "var", corpus_dir=CORPUS)
    before, _ = collect(config)
    spam = next(row for row in before.rows if row.spam and row.kind is None)
    judged = "A text that a moderator approved"
    with opened(config) as store:
        for text in (spam.text, judged, "A text that was only reported"):
            action = VerdictAction.APPROVE if text == spam.text else VerdictAction.REJECT
            label = VerdictLabel.NOT_SPAM if text == spam.text else VerdictLabel.SPAM
            store.reports.add(
                add(store, text), site=None, actor="key:1", action=action, labels=(label,), now=NOON
            )
        settle(store, judged, VerdictAction.APPROVE)
    after, said = collect(config)
    rows = {row.text: row for row in after.rows if row.text in {spam.text, judged}}
    assert (rows[spam.text].source, rows[spam.text].spam) == ("corpus", True)
    assert (rows[judged].source, rows[judged].spam) == ("labels", False)
    (reported,) = [row for row in after.rows if row.source == "reports"]
    assert (reported.text, reported.spam) == ("A text that was only reported", True)
    assert reported.weight < 1
    assert "1 labels, 3 reports" in said[-1]


def test_the_card_tells_every_source_with_its_rows(tmp_path: Path) -> None:
    """Names, licences, digests and rows by split, which add up to all rows."""
    config = Config(var_dir=tmp_path / "var", corpus_dir=CORPUS)
    with opened(config) as store:
        settle(store, "Some words", VerdictAction.APPROVE)
    material, _ = collect(config)
    entries = {entry["name"]: entry for entry in material.data_entries()}
    assert set(entries) == {"corpus", "courtesies", "ordinary", "strays", "labels"}
    assert sum(sum(entry["rows"].values()) for entry in entries.values()) == len(material.rows)
    assert entries["corpus"]["sha256"] == material.corpus_sha256
    for name, digest in material.harmless_sha256.items():
        assert entries[name]["sha256"] == digest
    assert entries["corpus"]["licence"]
    json.dumps(list(entries.values()))


def test_no_row_is_in_two_splits(tmp_path: Path) -> None:
    """Fitting, calibrating and measuring share nothing and leave nothing out."""
    material, _ = collect(Config(var_dir=tmp_path / "var", corpus_dir=CORPUS))
    parts = [material.split(split) for split in Split]
    assert sum(map(len, parts)) == len(material.rows)
    groups = [{(row.source, row.group) for row in part} for part in parts]
    assert not groups[0] & groups[1]
    assert not groups[0] & groups[2]
    assert not groups[1] & groups[2]


def test_a_changed_corpus_has_another_digest(tmp_path: Path) -> None:
    """The digest in the card tells two corpora apart."""
    before, _ = collect(Config(var_dir=tmp_path / "var", corpus_dir=CORPUS))
    folder = tmp_path / "corpus"
    folder.mkdir()
    for path in CORPUS.glob("*.en.jsonl"):
        (folder / path.name).write_bytes(path.read_bytes())
    after, _ = collect(Config(var_dir=tmp_path / "var", corpus_dir=folder))
    assert before.corpus_sha256 != after.corpus_sha256


def test_nothing_to_learn_from_is_said_so(tmp_path: Path) -> None:
    """An empty folder and no store leave nothing to do."""
    with pytest.raises(TrainingError, match="nothing to learn from"):
        collect(Config(var_dir=tmp_path / "var", corpus_dir=tmp_path))


def test_what_is_wrong_is_not_skipped(tmp_path: Path) -> None:
    """A bad corpus row or a missing data folder stops the run."""
    (tmp_path / "comments.en.jsonl").write_text("{}\n", encoding="utf-8")
    with pytest.raises(CorpusError):
        collect(Config(var_dir=tmp_path / "var", corpus_dir=tmp_path))
    with pytest.raises(SourceError):
        collect(Config(var_dir=tmp_path / "v", corpus_dir=CORPUS, data_dir=tmp_path / "none"))
