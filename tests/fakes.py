"""
Real second implementations for tests: a model with given scores, and rooms built around it.

Nothing here patches anything; each fake keeps the promise of what it stands for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient

from moderation.classifiers.articles import ArticleMemory, article_digest
from moderation.classifiers.model import Item
from moderation.config import Config
from moderation.desk.check import SIGNAL_NAMES
from moderation.policy import read_policies
from moderation.store import Store
from moderation.terms import HEADS, Article, RelevanceKind, Scope, Scores
from moderation.web.app import create_app
from moderation.web.rooms import Rooms

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)

CHEAP_HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
"""The cheapest there is: no test is about its strength."""


@dataclass
class Clock:
    """A clock that stands still until it is moved."""

    at: datetime = NOON

    def __call__(self) -> datetime:
        """Give the time."""
        return self.at

    def forward(self, **units: float) -> datetime:
        """Move on, in the units of `timedelta`, and give the time then."""
        self.at += timedelta(**units)
        return self.at


@dataclass
class FixedModel:
    """
    Gives the same scores to every comment; `relevance` only where there is an article.

    Attributes:
        broken_by: a comment whose text holds this makes `score` raise; "" is in every text.
        calls: how many items each call of `score` had.
    """

    scores: Mapping[str, float] = field(default_factory=dict)
    version: str = "20260301-1"
    kind: RelevanceKind = RelevanceKind.ON_TOPIC
    broken_by: str | None = None
    breaks_on_articles: bool = False
    calls: list[int] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)

    @property
    def languages(self) -> frozenset[str]:
        """Two languages; a comment in another one is noted."""
        return frozenset({"en", "de"})

    def analyse(self, article: Article, earlier: Sequence[str] = ()) -> Any:
        """Give something that stands for the analysis."""
        if self.breaks_on_articles:
            raise ValueError(f"cannot read {article.title}")
        return SimpleNamespace(digest=article_digest(article), earlier=tuple(earlier))

    def score(self, items: Sequence[Item], *, explain: bool = True) -> list[Scores]:
        """Give the fixed scores, or break on a text as told."""
        self.calls.append(len(items))
        self.items.extend(items)
        for item in items:
            if self.broken_by is not None and self.broken_by in item.text.raw:
                raise ValueError(f"could not convert {item.text.raw!r}")
        return [self._scores(item) for item in items]

    def _scores(self, item: Item) -> Scores:
        low = {"spam": 0.02, "toxicity": 0.02, "relevance": 0.9, "substance": 0.6}
        values: dict[str, float | None] = {**low, **self.scores}
        if item.article is None:
            values["relevance"] = None
        return Scores(
            values={head: values.get(head) for head in HEADS},
            relevance_kind=None if item.article is None else self.kind,
            language=item.language,
            model=self.version,
        )


class FixedLive:
    """A live model that never changes by itself; tests swap `model`."""

    def __init__(self, model: FixedModel, *, refused: str | None = None) -> None:
        self.model = model
        self.refused = refused

    def start(self) -> None:
        """Watch nothing."""

    def stop(self) -> None:
        """Watch nothing."""

    def refresh(self) -> bool:
        """Find nothing new."""
        return False


@dataclass
class Service:
    """One application around a fixed model and a real SQLite store, with a key of every scope."""

    app: Flask
    client: FlaskClient
    rooms: Rooms
    model: FixedModel
    clock: Clock
    key: str
    scores_key: str
    config: Config

    def headers(self, key: str | None = None) -> dict[str, str]:
        """Give the header that shows a key, the all-scope one by default."""
        return {"Authorization": f"Bearer {key or self.key}"}

    def send(self, method: str, path: str, **more: Any) -> Any:
        """Send a request with the all-scope key."""
        headers = {**self.headers(), **more.pop("headers", {})}
        return self.client.open(path, method=method, headers=headers, **more)

    def post(self, path: str, json: Any = None, **more: Any) -> Any:
        """Send JSON with the all-scope key."""
        return self.send("POST", path, json=json, **more)


def make_rooms(
    folder: Path, *, model: FixedModel | None = None, clock: Clock | None = None, **settings: Any
) -> Rooms:
    """Build rooms around a fixed model, the shipped policy and a new SQLite store in `folder`."""
    config = Config(var_dir=folder / "var", models_dir=folder / "models", **settings)
    Store.upgrade(config.resolved_database_url)
    return Rooms(
        config=config,
        store=Store.open(config.resolved_database_url, hasher=CHEAP_HASHER),
        live=FixedLive(model or FixedModel()),  # type: ignore[arg-type]
        policies=read_policies(config.policy, signal_names=SIGNAL_NAMES, score_names=HEADS),
        memory=ArticleMemory(),
        now=clock or Clock(),
    )


def make_service(folder: Path, **settings: Any) -> Service:
    """Build an application as `make_rooms` does, with two keys: all scopes, and `score` only."""
    rooms = make_rooms(folder, **settings)
    accounts = rooms.store.accounts
    _, key = accounts.add_key(name="all", scopes=frozenset(Scope), now=rooms.now())
    _, scores_key = accounts.add_key(name="site", scopes={Scope.SCORE}, now=rooms.now())
    app = create_app(rooms.config, rooms=rooms)
    model: Any = rooms.live.model
    clock: Any = rooms.now
    return Service(app, app.test_client(), rooms, model, clock, key, scores_key, rooms.config)
