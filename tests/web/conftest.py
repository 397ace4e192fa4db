"""The service under test: a fixed model, the shipped policy, a real SQLite store."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes import Service, make_service


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    """Give an application with an all-scope key and a `score` key."""
    made = make_service(tmp_path)
    yield made
    made.rooms.store.close()
    made.app.extensions["moderation.limits"].close()
