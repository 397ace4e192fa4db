"""
What the shipped policy does with our own corpus, family by family: what is missed, what is wronged.

Scores through the serving path; counts only.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from moderation.classifiers.model import Model
from moderation.policy import Policy
from moderation.terms import Action, RelevanceKind
from moderation.training.intervals import Share, share
from moderation.training.rows import Row
from moderation.training.serving import Answer, answer_rows, hold_thresholds

__all__ = ["Families", "Family", "measure_families"]

_NAMELESS = "other"


@dataclass(frozen=True, slots=True)
class Family:
    """
    One family of comments.

    Attributes:
        side: ``spam``, ``toxic`` or ``good``.
        by_score: share that its head's hold threshold catches; of good ones, that any head's does.
        stopped: share that the whole policy holds or rejects.
    """

    side: str
    name: str
    by_score: Share
    stopped: Share


@dataclass(frozen=True, slots=True)
class Families:
    """
    What is done with held-back comments of our corpus.

    Attributes:
        families: by side and name; a toxic comment counts with each of its kinds.
        praise: share of thin praise that is held or rejected.
        praise_reasons: (code, comments) of what it was stopped for.
    """

    families: tuple[Family, ...]
    praise: Share
    praise_reasons: tuple[tuple[str, int], ...]


def measure_families(model: Model, policy: Policy, rows: Sequence[Row]) -> Families:
    """
    Decide on the rows of our own corpus as the service would, and count by family.

    Args:
        model: to try.
        policy: to decide by.
        rows: held back; those of other sources are left out.
    """
    own = [row for row in rows if row.source == "corpus"]
    thresholds = hold_thresholds(policy)
    shelves: dict[tuple[str, str], list[tuple[bool, bool]]] = defaultdict(list)
    praise: list[Answer] = []
    for row, answer in zip(own, answer_rows(model, policy, own), strict=True):
        stopped = answer.decision.action is not Action.APPROVE
        for side, name, heads in _places(row, tuple(thresholds)):
            said = answer.scores.values
            caught = any((said.get(head) or 0.0) >= thresholds[head] for head in heads)
            shelves[side, name].append((caught, stopped))
        if row.kind is RelevanceKind.GENERIC and not row.spam and not row.toxicity:
            praise.append(answer)
    return Families(
        families=tuple(
            Family(
                side=side,
                name=name,
                by_score=share(sum(caught for caught, _ in found), len(found)),
                stopped=share(sum(stopped for _, stopped in found), len(found)),
            )
            for (side, name), found in sorted(shelves.items())
        ),
        praise=share(sum(map(_is_stopped, praise)), len(praise)),
        praise_reasons=tuple(
            Counter(
                answer.decision.reasons[0].code for answer in praise if _is_stopped(answer)
            ).most_common()
        ),
    )


def _is_stopped(answer: Answer) -> bool:
    return answer.decision.action is not Action.APPROVE


def _places(row: Row, heads: tuple[str, ...]) -> list[tuple[str, str, tuple[str, ...]]]:
    """Give every side and name a row counts under, with the heads that should or may not speak."""
    if row.spam:
        return [("spam", row.family or _NAMELESS, tuple(h for h in heads if h == "spam"))]
    if row.toxicity:
        kinds = sorted(row.kinds or ()) or (row.family or _NAMELESS,)
        abuse = tuple(head for head in heads if head != "spam")
        return [("toxic", kind, abuse) for kind in dict.fromkeys(kinds)]
    return [("good", row.family or _NAMELESS, heads)]
