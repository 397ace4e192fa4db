"""What tests of the training room share."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from joblib import parallel_config

from moderation.config import Config
from moderation.training import fit_relevance
from moderation.training.corpus import read_corpus
from moderation.training.rows import Row
from moderation.training.sources import Source, read_sources
from tests.bundles import copy_bundle
from tests.corpora import CORPUS, write_small_corpus
from tests.training.fake_web import Make

BASE = "20260101-1"


@pytest.fixture
def sources() -> list[Source]:
    """The public sets as shipped."""
    return read_sources(CORPUS / "sources.toml")


@pytest.fixture(scope="session")
def corpus() -> list[Row]:
    """The shipped corpus."""
    return read_corpus(CORPUS)


@pytest.fixture(scope="module")
def in_threads() -> Iterator[None]:
    """Use threads where training uses processes: these jobs are too small to start any for."""
    with parallel_config(backend="threading", n_jobs=2):
        yield


@pytest.fixture
def models_dir(tmp_path: Path) -> Path:
    """A copy of the shipped model, live."""
    copy_bundle(tmp_path / "models", BASE)
    return tmp_path / "models"


@pytest.fixture(scope="session")
def small_corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """About 200 rows of the shipped corpus: whole articles of every split and language."""
    folder = tmp_path_factory.mktemp("small_corpus")
    write_small_corpus(folder)
    return folder


@pytest.fixture
def few_rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fit relevance in a fifth of the time: what is tested here is the recipe, not the model."""
    monkeypatch.setattr(fit_relevance, "_ROUNDS", 30)


@pytest.fixture
def small(tmp_path: Path, models_dir: Path, small_corpus: Path) -> Config:
    """Settings for a run on 200 rows, without any store."""
    return Config(var_dir=tmp_path / "var", models_dir=models_dir, corpus_dir=small_corpus)


@pytest.fixture
def tiny(small: Config, small_corpus: Path, tmp_path: Path) -> Config:
    """The same with two languages only, and sentences that name groups in one."""
    folder = tmp_path / "tiny"
    (folder / "identity").mkdir(parents=True)
    shutil.copy(CORPUS / "identity" / "en.jsonl", folder / "identity")
    for language in ("en", "ar"):
        for path in small_corpus.glob(f"*.{language}.jsonl"):
            shutil.copy(path, folder)
    return replace(small, corpus_dir=folder)


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Write a sources.toml of one-file Telegram sets and give the settings for it."""

    def write(*entries: str, data_dir: Path | None = tmp_path / "data") -> Config:
        corpus = tmp_path / "training_data"
        corpus.mkdir(exist_ok=True)
        (corpus / "sources.toml").write_text("\n".join(entries), encoding="utf-8")
        if data_dir is not None:
            data_dir.mkdir(exist_ok=True)
        return Config(corpus_dir=corpus, data_dir=data_dir, var_dir=tmp_path / "var")

    return write
