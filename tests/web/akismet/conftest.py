"""A service with keys in the form that clients of Akismet ask for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from moderation.terms import Scope
from tests.fakes import NOON, Service, make_service
from tests.web.akismet.asking import KEY, SCORES_KEY


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Service]:
    """Give a service with a `moderate` key and a `score` key in the form that clients ask for."""
    made = make_service(tmp_path)
    for secret, scopes in ((KEY, {Scope.SCORE, Scope.MODERATE}), (SCORES_KEY, {Scope.SCORE})):
        made.rooms.store.accounts.add_key(
            name=f"blog {secret[0]}", scopes=scopes, secret=secret, now=NOON
        )
    yield made
    made.rooms.store.close()
    made.app.extensions["moderation.limits"].close()
