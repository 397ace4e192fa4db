"""
What more rows would bring, and what each kind of feature brings: models fitted anew to find out.

Fits through a function it is given; knows no recipe. Every fit costs what training costs.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from moderation.classifiers.model import Model
from moderation.training.encode import FEATURE_GROUPS
from moderation.training.evaluate import Measured, judge, measure
from moderation.training.rows import Row, Split, draw, split_of

__all__ = ["SHARES", "Fit", "Refitted", "ablation", "learning_curve"]

Fit = Callable[[Sequence[Row], Collection[str]], Model]
"""From rows to fit and calibrate on, and `FEATURE_GROUPS` to leave out, to a finished model."""

SHARES = (0.125, 0.25, 0.5, 1.0)
"""Of the fitting split: points of the learning curve."""

_MEASURED = 6000
# Held-back rows that each model is measured on, of every source alike.


@dataclass(frozen=True, slots=True)
class Refitted:
    """
    One model that was fitted to be measured and thrown away.

    Attributes:
        name: the share of the rows, or what was left out; "all" for the model with everything.
        rows: fitted on.
        measured: every head on the same held-back rows.
    """

    name: str
    rows: int
    measured: dict[str, Measured]


def learning_curve(
    fit: Fit, rows: Sequence[Row], *, shares: Sequence[float] = SHARES, seed: int = 0
) -> list[Refitted]:
    """
    Fit on growing shares of the fitting split, each within the next, by whole groups.

    Args:
        fit: makes a model.
        rows: of every split; calibrating rows are used whole, held-back ones are measured on.
        shares: above 0, up to 1.
        seed: of the bootstrap.
    """
    calibrating, held_back = _of(rows, Split.CALIBRATE), draw(_of(rows, Split.TEST), _MEASURED)
    found = []
    for part in shares:
        fitting = [row for row in _of(rows, Split.FIT) if _place(row) < part]
        model = fit([*fitting, *calibrating], ())
        found.append(Refitted(f"{part:.0%}", len(fitting), _measured(model, held_back, seed)))
    return found


def ablation(
    fit: Fit, rows: Sequence[Row], *, groups: Sequence[str] = FEATURE_GROUPS, seed: int = 0
) -> list[Refitted]:
    """
    Fit without each group of features in turn.

    Args:
        fit: makes a model.
        rows: as for `learning_curve`, whose last point is the model with everything.
        groups: of `FEATURE_GROUPS`.
        seed: of the bootstrap.
    """
    held_back = draw(_of(rows, Split.TEST), _MEASURED)
    rest = [row for row in rows if split_of(row) is not Split.TEST]
    fitting = len(_of(rows, Split.FIT))
    return [
        Refitted(f"without {group}", fitting, _measured(fit(rest, (group,)), held_back, seed))
        for group in groups
    ]


def _of(rows: Sequence[Row], split: Split) -> list[Row]:
    return [row for row in rows if split_of(row) is split]


def _place(row: Row) -> float:
    """Give a group's place in the order in which groups join: 0 up to 1."""
    name = f"curve\x00{row.source}\x00{row.group}".encode("utf-8", "replace")
    return int.from_bytes(hashlib.blake2b(name, digest_size=8).digest(), "big") / 2**64


def _measured(model: Model, rows: Sequence[Row], seed: int) -> dict[str, Measured]:
    return {head: measure(judged, seed=seed) for head, judged in judge(model, rows).items()}
