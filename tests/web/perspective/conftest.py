"""The scores that the model gives in all tests of Perspective."""

from __future__ import annotations

import pytest

from tests.fakes import Service
from tests.web.perspective.asking import (
    SCORES,
)


@pytest.fixture(autouse=True)
def scores(service: Service) -> None:
    """Let the model give every score but identity attack, which it was not measured for."""
    service.model.scores = dict(SCORES)
