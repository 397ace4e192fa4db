"""
Measures what disguise costs: recall before and after each attack, and the false alarms it raises.

Scores through the serving path; writes no text but by `attacks`.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from moderation.classifiers.model import Item, Model
from moderation.policy import Policy
from moderation.terms import Action
from moderation.text import Text, normalise
from moderation.text.arabic import fold_letters
from moderation.training.attacks import ATTACKS, Attack
from moderation.training.fit import targets
from moderation.training.intervals import Share, bootstrap, resample_groups, share
from moderation.training.rows import Row, draw, lot_of
from moderation.training.serving import Answer, answer_rows, hold_thresholds

__all__ = ["Attacked", "ReadOtherwise", "attack_table", "read_otherwise"]

_DISGUISES = frozenset({"lookalike", "leet", "spaced", "repeated", "invisible", "bidi"})
_BAD_ROWS, _GOOD_ROWS = 500, 300
# Of each head. Eleven attacks on 800 rows of two heads are 18,000 comments to score.


@dataclass(frozen=True, slots=True)
class Attacked:
    """
    One attack against one head, over the rows that the attack changes; intervals are 95 %.

    Attributes:
        head: whose hold threshold decides.
        attack: its name.
        clean: share of the bad rows that the score catches as they were written.
        attacked: the same in disguise.
        lost: recall lost to the attack; below zero when disguise gives a comment away.
        lost_low: end of its interval, by paired bootstrap over groups; `lost_high` likewise.
        held_clean: share of the bad rows that the whole policy does not approve; `held_attacked`.
        alarms_clean: share of the good rows that the score holds; `alarms_attacked` likewise.
    """

    head: str
    attack: str
    clean: Share
    attacked: Share
    lost: float
    lost_low: float
    lost_high: float
    held_clean: Share
    held_attacked: Share
    alarms_clean: Share
    alarms_attacked: Share


@dataclass(frozen=True, slots=True)
class ReadOtherwise:
    """
    What undoing disguise does to good comments as they were written.

    Attributes:
        head: whose hold threshold decides.
        good: good rows looked at.
        changed: of them, those in which something was read otherwise than it was written.
        added: share of all good rows that are held only as they are read.
        spared: share of all good rows that would be held as they are written, and are not.
    """

    head: str
    good: int
    changed: int
    added: Share
    spared: Share


def attack_table(
    model: Model,
    policy: Policy,
    rows: Sequence[Row],
    *,
    seed: int = 0,
    attacks: Mapping[str, Attack] = ATTACKS,
) -> list[Attacked]:
    """
    Play every attack on held-back rows of every head that the policy holds for.

    Args:
        model: to try.
        policy: whose hold thresholds count.
        rows: held back.
        seed: of the attacks.
        attacks: by name.
    """
    table = []
    for head, threshold in hold_thresholds(policy).items():
        bad, good = _labelled(rows, head)
        clean = answer_rows(model, policy, [*bad, *good])
        for name, attack in attacks.items():
            changed = [
                (place, replace(row, text=text))
                for place, row in enumerate([*bad, *good])
                if (text := _played(attack, name, row, seed)) != row.text
            ]
            attacked = answer_rows(model, policy, [row for _, row in changed])
            before = [clean[place] for place, _ in changed]
            split = sum(place < len(bad) for place, _ in changed)
            groups = [f"{row.source}/{row.group}" for _, row in changed[:split]]
            table.append(_compared(head, name, threshold, before, attacked, split, groups, seed))
    return table


def _played(attack: Attack, name: str, row: Row, seed: int) -> str:
    # Seeded by the row, so that the rows around it make no difference.
    chance = random.Random(f"{seed} {name} ".encode() + lot_of(row))  # noqa: S311 - not a secret.
    return attack(row.text, chance)


def _labelled(rows: Sequence[Row], head: str) -> tuple[list[Row], list[Row]]:
    wanted = targets(rows, head)
    known = [
        (row, value) for row, value in zip(rows, wanted, strict=True) if head not in row.assumed
    ]
    bad = [row for row, value in known if value == 1]
    good = [row for row, value in known if value == 0]
    return draw(bad, _BAD_ROWS), draw(good, _GOOD_ROWS)


def _caught(answers: Sequence[Answer], head: str, threshold: float) -> npt.NDArray[np.bool_]:
    return np.array([(a.scores.values.get(head) or 0.0) >= threshold for a in answers], bool)


def _stopped(answers: Sequence[Answer]) -> npt.NDArray[np.bool_]:
    return np.array([a.decision.action is not Action.APPROVE for a in answers], bool)


def _share(found: npt.NDArray[np.bool_]) -> Share:
    return share(int(found.sum()), len(found))


def _compared(
    head: str,
    name: str,
    threshold: float,
    before: Sequence[Answer],
    after: Sequence[Answer],
    split: int,
    groups: Sequence[str],
    seed: int,
) -> Attacked:
    was, now = _caught(before, head, threshold), _caught(after, head, threshold)
    held_was, held_now = _stopped(before[:split]), _stopped(after[:split])
    change = was[:split].astype(float) - now[:split].astype(float)
    samples = resample_groups(np.array(groups, dtype=np.str_), seed)
    low, high = bootstrap(lambda sample: float(change[sample].mean()), samples)
    return Attacked(
        head=head,
        attack=name,
        clean=_share(was[:split]),
        attacked=_share(now[:split]),
        lost=float(change.mean()) if len(change) else float("nan"),
        lost_low=low,
        lost_high=high,
        held_clean=_share(held_was),
        held_attacked=_share(held_now),
        alarms_clean=_share(was[split:]),
        alarms_attacked=_share(now[split:]),
    )


def read_otherwise(model: Model, policy: Policy, rows: Sequence[Row]) -> list[ReadOtherwise]:
    """
    Count the false alarms that undoing disguise adds to good comments as they were written.

    Args:
        model: to try.
        policy: whose hold thresholds count.
        rows: held back.
    """
    texts = {row.text: normalise(row.text) for row in rows}
    found = []
    for head, threshold in hold_thresholds(policy).items():
        wanted = targets(rows, head)
        good = [
            row.text
            for row, value in zip(rows, wanted, strict=True)
            if value == 0 and head not in row.assumed
        ]
        changed = [text for text in good if _is_disguised(texts[text])]
        as_read = model.score([Item(texts[text]) for text in changed], explain=False)
        as_written = model.score(
            [Item(_as_written(texts[text])) for text in changed], explain=False
        )
        pairs = [
            ((r.values.get(head) or 0.0) >= threshold, (w.values.get(head) or 0.0) >= threshold)
            for r, w in zip(as_read, as_written, strict=True)
        ]
        found.append(
            ReadOtherwise(
                head=head,
                good=len(good),
                changed=len(changed),
                added=share(sum(read and not written for read, written in pairs), len(good)),
                spared=share(sum(written and not read for read, written in pairs), len(good)),
            )
        )
    return found


def _is_disguised(text: Text) -> bool:
    return any(change.kind in _DISGUISES for change in text.changes)


def _as_written(text: Text) -> Text:
    """Give a text with nothing folded but case, white space and Arabic-script variants."""
    folded = fold_letters(" ".join(text.plain.lower().split()))
    return Text(raw=text.raw, plain=text.plain, folded=folded)
