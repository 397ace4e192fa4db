"""`models` lists bundles, puts one live and goes back."""

from __future__ import annotations

import json

import pytest

from tests.bundles import copy_bundle
from tests.commands.conftest import FIRST, SECOND


@pytest.fixture
def own_models(run, home, monkeypatch):
    """Three bundles of this test's own: two good ones, the newer live, and a parked one."""
    folder = home / "models"
    monkeypatch.setenv("MODERATION_MODELS_DIR", str(folder))
    for version, parked in ((FIRST, None), ("20260101-2", "spam is worse"), (SECOND, None)):
        copy_bundle(folder, version, parked_because=parked)
    assert run("models", "activate", SECOND).code == 0
    return folder


def test_the_list_says_which_is_live_and_why_one_is_parked(run, own_models) -> None:
    """One line for each bundle, and for programs one JSON object."""
    lines = run("models").out.splitlines()
    assert len(lines) == 4
    assert "parked: spam is worse" in lines[2]
    assert " live " in lines[3]
    rows = [json.loads(line) for line in run("models", "list", "--json").out.splitlines()]
    assert [row["live"] for row in rows] == [False, False, True]


def test_rollback_passes_over_parked_models(run, own_models) -> None:
    """The newest older model that was good enough goes live; before the first there is none."""
    assert run("models", "rollback").out == f"model {FIRST} is live\n"
    assert (own_models / "current").read_text() == f"{FIRST}\n"
    assert run("models", "rollback").code == 2


def test_a_damaged_model_is_refused_and_the_live_one_stays(run, own_models) -> None:
    """A bundle with a wrong digest cannot be put live."""
    with (own_models / FIRST / "model.joblib").open("ab") as stream:
        stream.write(b"x")
    ran = run("models", "activate", FIRST)
    assert ran.code == 1
    assert "SHA-256" in ran.err
    assert (own_models / "current").read_text() == f"{SECOND}\n"
