"""
The whole service on the store of a review desk, for tests of its pages.

Builds an application; starts no server.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import Flask

from moderation.classifiers.articles import ArticleMemory
from moderation.config import Config
from moderation.desk.check import SIGNAL_NAMES
from moderation.policy import read_policies
from moderation.terms import HEADS
from moderation.web.app import create_app
from moderation.web.rooms import Rooms
from tests.fakes import FixedLive, FixedModel
from tests.reviewing import Desk

__all__ = ["make_app"]


def make_app(desk: Desk, folder: Path, **settings: Any) -> Flask:
    """Build the whole service on a desk's store and clock, with a model of fixed scores."""
    config = Config(var_dir=folder, **settings)
    rooms = Rooms(
        config=config,
        store=desk.store,
        live=FixedLive(FixedModel(scores={"spam": 0.7})),  # type: ignore[arg-type]
        policies=read_policies(None, signal_names=SIGNAL_NAMES, score_names=HEADS),
        memory=ArticleMemory(),
        now=desk.clock,
    )
    return create_app(config, rooms=rooms)
