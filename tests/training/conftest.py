"""What tests of the training room share."""

from __future__ import annotations

from pathlib import Path

import pytest

from moderation.training.sources import Source, read_sources

ROOT = Path(__file__).parents[2]


@pytest.fixture
def sources() -> list[Source]:
    """The public sets as shipped."""
    return read_sources(ROOT / "training_data" / "sources.toml")
