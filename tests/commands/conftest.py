"""Runs commands in this process, in a folder of their own, with copies of the shipped model."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from moderation.__main__ import main
from tests.bundles import copy_bundle

FIRST, SECOND = "20260101-1", "20260102-1"


@dataclass(frozen=True, slots=True)
class Ran:
    """How a command ended."""

    code: int
    out: str
    err: str


Run = Callable[..., Ran]


@pytest.fixture(scope="session")
def plain_models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two bundles, the newer one live; for tests that only read them."""
    models_dir = tmp_path_factory.mktemp("models")
    for version in (FIRST, SECOND):
        copy_bundle(models_dir, version)
    return models_dir


@pytest.fixture
def home(tmp_path: Path, plain_models: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder that commands work in; no setting of the environment reaches them."""
    for name in os.environ:
        if name.startswith("MODERATION_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("MODERATION_MODELS_DIR", str(plain_models))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def run(home: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command and give its exit code and what it printed."""

    def run_command(*arguments: str) -> Ran:
        capsys.readouterr()
        code = main(arguments)
        out, err = capsys.readouterr()
        return Ran(code, out, err)

    return run_command


@pytest.fixture
def made(run: Run) -> None:
    """Make the store."""
    assert run("db", "upgrade").code == 0
