"""
Runs of the whole recipe, and what they leave on disk.

Trains in the folders it is given; asserts nothing.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from moderation.classifiers.bundle import Card, read_bundle, read_card
from moderation.classifiers.model import LearnedModel
from moderation.config import Config
from moderation.training.recipe import TrainResult, train

__all__ = ["NOON", "Run", "run", "tree"]

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Run:
    """A run that ended, and what is on disk after it."""

    config: Config
    result: TrainResult
    said: list[str]

    @property
    def card(self) -> Card:
        """The new bundle's card."""
        return read_card(self.config.models_dir, self.result.version)

    def model(self, version: str | None = None) -> LearnedModel:
        """Load a bundle, the new one unless told otherwise."""
        return read_bundle(self.config.models_dir, version or self.result.version)


def run(config: Config) -> Run:
    """Train."""
    said: list[str] = []
    return Run(config, train(config, say=said.append, now=NOON), said)


def tree(folder: Path) -> dict[str, str]:
    """Give every file but the lock with the digest of what is in it."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and path.name != ".training.lock"
    }
