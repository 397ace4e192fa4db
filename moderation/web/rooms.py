"""
What a request needs of the other rooms, in one frozen object kept by the application.

Opens and holds; answers no request and knows no wire format.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial

from flask import current_app

from moderation.classifiers.articles import ArticleMemory
from moderation.classifiers.bundle import read_card
from moderation.classifiers.live import LiveModel
from moderation.config import Config
from moderation.desk.budgets import Budgets
from moderation.desk.check import SIGNAL_NAMES, Desk
from moderation.policy import PolicySet, read_policies
from moderation.store import Store
from moderation.terms import HEADS

__all__ = ["Rooms", "open_rooms", "rooms"]


def utc_now() -> datetime:
    """Read the clock, aware UTC; the only place of the service that does so for its callers."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Rooms:
    """
    The rooms behind one application.

    Attributes:
        now: gives the current time, aware UTC; tests pass a fixed one.
        policies: as read; `budgets` has those in force.
        budgets: error budgets as thresholds, for the model in use.
        desk: the main path, built once from the rest.
    """

    config: Config
    store: Store
    live: LiveModel
    policies: PolicySet
    memory: ArticleMemory
    now: Callable[[], datetime] = utc_now
    budgets: Budgets = field(init=False)
    desk: Desk = field(init=False)

    def __post_init__(self) -> None:
        cards = partial(read_card, self.config.models_dir)
        budgets = Budgets(self.policies, cards=cards, store=self.store)
        # Found out now, so that no reader's comment waits for it.
        budgets.in_force(self.live.model.version)
        object.__setattr__(self, "budgets", budgets)
        desk = Desk(
            live=self.live,
            policies=self.policies,
            memory=self.memory,
            store=self.store,
            budgets=budgets,
            max_text_chars=self.config.max_text_chars,
            max_article_chars=self.config.max_article_chars,
        )
        object.__setattr__(self, "desk", desk)


def open_rooms(config: Config) -> Rooms:
    """
    Open every room as the settings say.

    Raises:
        StoreError: the store cannot be opened, or has another schema version.
        BundleMissing, BundleRefused: the live model cannot be used.
        PolicyError: the policy file is wrong.
    """
    return Rooms(
        config=config,
        policies=read_policies(config.policy, signal_names=SIGNAL_NAMES, score_names=HEADS),
        store=Store.open(config.resolved_database_url),
        live=LiveModel(config.models_dir),
        memory=ArticleMemory(),
    )


def rooms() -> Rooms:
    """Give the rooms of the application that serves this request."""
    kept: Rooms = current_app.extensions["moderation"]
    return kept
