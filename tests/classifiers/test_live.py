"""The live model changes hands whole, and a bad bundle never takes over."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from moderation.classifiers.bundle import activate, write_bundle
from moderation.classifiers.live import LiveModel
from moderation.errors import BundleMissing
from tests.classifiers.random_model import make_card, make_model


@pytest.fixture
def models_dir(tmp_path: Path) -> Path:
    """Give a folder with two good bundles, the first live."""
    for version in ("20260301-1", "20260301-2"):
        write_bundle(tmp_path, make_model(version), make_card(version))
    activate(tmp_path, "20260301-1")
    return tmp_path


def test_nothing_live_refuses_to_start(tmp_path: Path) -> None:
    """Without a live bundle there is no live model."""
    with pytest.raises(BundleMissing):
        LiveModel(tmp_path)


def test_a_newly_activated_model_takes_over(models_dir: Path) -> None:
    """A look at ``current`` swaps the whole object; who holds the old one keeps it."""
    live = LiveModel(models_dir)
    held = live.model
    assert not live.refresh()
    activate(models_dir, "20260301-2")
    assert live.refresh()
    assert (held.version, live.model.version) == ("20260301-1", "20260301-2")


def test_a_bad_bundle_is_refused_and_the_old_one_stays(models_dir: Path) -> None:
    """The reason is kept for health checks, and goes once a good model is live again."""
    live = LiveModel(models_dir)
    (models_dir / "20260301-2" / "model.joblib").write_bytes(b"broken")
    (models_dir / "current").write_text("20260301-2\n")
    assert not live.refresh()
    assert not live.refresh()
    assert live.model.version == "20260301-1"
    assert live.refused is not None
    assert "SHA-256" in live.refused
    (models_dir / "current").write_text("20260301-1\n")
    assert not live.refresh()
    assert live.refused is None


def test_watching_picks_up_a_change_by_itself(models_dir: Path) -> None:
    """The watching thread swaps without being asked, and stops when told."""
    live = LiveModel(models_dir, interval_seconds=0.02)
    live.start()
    try:
        activate(models_dir, "20260301-2")
        until = time.monotonic() + 20
        while live.model.version != "20260301-2" and time.monotonic() < until:
            time.sleep(0.02)
        assert live.model.version == "20260301-2"
    finally:
        live.stop()
        live.stop()
