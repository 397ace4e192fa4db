"""
What tests of error budgets share: a model that scores by what is written, rooms, cards, audits.

Builds on `tests/fakes.py`; opens only what it is told to, in a temporary folder.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from moderation.classifiers.bundle import Card, Evidence
from moderation.classifiers.model import Item
from moderation.desk.check import Received
from moderation.terms import Comment, Scores, VerdictAction
from moderation.web.rooms import Rooms
from tests.classifiers.random_model import make_card
from tests.fakes import NOON, FixedModel, make_rooms
from tests.settling import settle

__all__ = [
    "APPROVE",
    "REJECT",
    "ScoredByText",
    "audit",
    "evidence",
    "open_desk",
    "send",
    "write_card",
]

APPROVE, REJECT = VerdictAction.APPROVE, VerdictAction.REJECT


class ScoredByText(FixedModel):
    """Gives a comment the spam score it begins with: "0.97 whatever"."""

    def _scores(self, item: Item) -> Scores:
        scores = super()._scores(item)
        return replace(scores, values={**scores.values, "spam": float(item.text.raw.split()[0])})


def open_desk(folder: Path, policy: str, version: str = "20260301-1") -> Rooms:
    """Open rooms whose model scores by text, with a policy of this content."""
    path = folder / "policy.toml"
    path.write_text(policy, encoding="utf-8")
    return make_rooms(folder, model=ScoredByText(version=version), policy=path)


def evidence(*, good: Iterable[float], bad: Iterable[float]) -> dict[str, Evidence]:
    """Give what a model says of good and bad rows, for its card."""
    good, bad = tuple(good), tuple(bad)
    return {"spam": Evidence((*good, *bad), (0,) * len(good) + (1,) * len(bad))}


def write_card(folder: Path, version: str = "20260301-1", **about: Any) -> Card:
    """Write a model's card, without the model, where rooms opened on this folder look for it."""
    card = make_card(version, **about)
    place = folder / "models" / version
    place.mkdir(parents=True, exist_ok=True)
    rows = {
        head: {"scores": list(found.scores), "bad": list(found.bad)}
        for head, found in card.evidence.items()
    }
    plain = {name: getattr(card, name) for name in Card.__dataclass_fields__}
    (place / "card.json").write_text(
        json.dumps({**plain, "canaries": [], "evidence": rows}), encoding="utf-8"
    )
    return card


def send(rooms: Rooms, score: float, text: str = "", site: str = "default") -> Received:
    """Receive one comment with this spam score."""
    return rooms.desk.receive(Comment(f"{score} {text}", received_at=NOON, site=site))


def audit(
    rooms: Rooms, score: float, action: VerdictAction, *, times: int = 1, site: str = "default"
) -> None:
    """Receive comments with this spam score that are drawn for audit, and judge them."""
    for number in range(times):
        received = send(rooms, score, f"number {number}", site)
        settle(rooms.store, received.stored.id, action, NOON + timedelta(seconds=1), site=site)
