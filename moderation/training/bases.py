"""
Which model a training run is compared with, and which one it learns on top of.

Reads bundles; fits nothing.
"""

from __future__ import annotations

from collections.abc import Callable

from moderation.classifiers.bundle import current_version, read_bundle, read_card
from moderation.classifiers.model import LearnedModel
from moderation.config import Config
from moderation.errors import ModelError
from moderation.training.material import Material

__all__ = ["base_model", "live_model"]


def live_model(config: Config, say: Callable[[str], None]) -> LearnedModel | None:
    """Give the model in use, which a new one must be no worse than; None when there is none."""
    try:
        return read_bundle(config.models_dir, current_version(config.models_dir))
    except ModelError as error:
        say(f"no live model to compare with: {error.message}")
        return None


def base_model(
    config: Config, live: LearnedModel | None, material: Material, teach: bool
) -> LearnedModel | None:
    """Give the model to learn on top of; None when all its data is here: then fit from nothing."""
    if live is None or teach:
        return None
    card = read_card(config.models_dir, live.version)
    # Always the model that was fitted from nothing, not its latest descendant: the same labels
    # give the same model, and a label taken back leaves no trace.
    root = str(card.notes.get("root", live.version))
    try:
        root_card, base = read_card(config.models_dir, root), read_bundle(config.models_dir, root)
    except ModelError:
        root_card, base = card, live
    needed = {str(entry["name"]) for entry in root_card.data if entry["kind"] == "public set"}
    here = {source.name for source in material.sources}
    return None if here and needed <= here else base
