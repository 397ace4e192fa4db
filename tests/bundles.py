"""
Copies of the shipped model under other versions, for tests that need bundles on disk.

Knows of a bundle only that its card names its version, so a new kind of model changes nothing here.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from moderation.classifiers.bundle import activate, current_version

__all__ = ["SHIPPED", "copy_bundle"]

SHIPPED = Path(__file__).parents[1] / "models"


def copy_bundle(models_dir: Path, version: str = "20260301-1", **card: object) -> None:
    """
    Copy the shipped bundle to `models_dir` under another version, and make it live there.

    Args:
        card: entries of the card to change.
    """
    folder = models_dir / version
    shutil.copytree(SHIPPED / current_version(SHIPPED), folder)
    path = folder / "card.json"
    shipped = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**shipped, **card, "version": version}), encoding="utf-8")
    activate(models_dir, version)
