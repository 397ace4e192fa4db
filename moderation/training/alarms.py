"""
False alarms among harmless sentences: ordinary ones, by language, and those that name groups.

Counts what a model said of the first, the only measure where nobody labelled a comment.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from moderation.training.evaluate import Judged
from moderation.training.harmless import ORDINARY
from moderation.training.intervals import Share, share
from moderation.training.markdown import NOTHING, number, percent, table, wrapped
from moderation.training.slices import (
    KNOWN_LANGUAGES,
    LANGUAGES,
    NAMED_GROUPS,
    NO_GROUP,
    Slices,
)

__all__ = ["Alarms", "alarms_section", "count_alarms", "groups_section"]


@dataclass(frozen=True, slots=True)
class Alarms:
    """
    How often ordinary sentences would be held for one score.

    Attributes:
        head: the score.
        threshold: from which the policy holds for it.
        by_language: ISO 639-1 -> share of the held-back sentences in it.
    """

    head: str
    threshold: float
    by_language: Mapping[str, Share]

    def among(self, languages: tuple[str, ...]) -> Share:
        """Give the share in some languages together."""
        parts = [self.by_language[one] for one in languages if one in self.by_language]
        return share(sum(part.hits for part in parts), sum(part.of for part in parts))


def count_alarms(judged: Mapping[str, Judged], thresholds: Mapping[str, float]) -> list[Alarms]:
    """
    Count the false alarms of every score that a policy holds for.

    Args:
        judged: head -> what a model said of held-back rows.
        thresholds: head -> probability from which the policy holds.
    """
    found = []
    for head, threshold in thresholds.items():
        if head not in judged:
            continue
        rows = judged[head].where(judged[head].sources == ORDINARY)
        alarms = rows.said >= threshold
        by_language = {
            str(language): share(int(alarms[here].sum()), int(here.sum()))
            for language in np.unique(rows.languages)
            for here in [rows.languages == language]
        }
        found.append(Alarms(head, threshold, by_language))
    return found


def alarms_section(alarms: list[Alarms]) -> list[str]:
    """Give the table as lines: all languages together, then each."""
    heading = "## Ordinary sentences"
    told = [one for one in alarms if one.by_language]
    if not told:
        return [heading, "", "Not measured: there are none."]
    others = tuple(one for one in KNOWN_LANGUAGES if one not in LANGUAGES)
    parts = [
        ("all languages", KNOWN_LANGUAGES),
        ("the twelve of our corpus", LANGUAGES),
        ("the others", others),
        *((language, (language,)) for language in KNOWN_LANGUAGES),
    ]
    rows = []
    for name, languages in parts:
        shares = [one.among(languages) for one in told]
        if shares[0].of:
            rows.append([name, f"{shares[0].of:,}", *map(_shown, shares)])
    titles = [f"{one.head} ≥ {one.threshold:g}" for one in told]
    return [
        heading,
        "",
        *wrapped(
            "Sentences that are neither spam nor abuse and would be held as such, with exact 95 % "
            "intervals. In most languages there are too few to tell one from the next."
        ),
        "",
        *table(["language", "rows", *titles], rows),
    ]


def groups_section(slices: Slices) -> list[str]:
    """Give what was measured on sentences that name groups, as lines."""
    if not slices.sentences:
        return ["## Names of groups", "", "Not measured: there are no sentences to measure with."]
    none = slices.rate(group=NO_GROUP)
    rows = [
        ["all that name a group", *_slice(slices.rate(), slices.mean())],
        ["the same kind, naming none", *_slice(none, slices.mean(group=NO_GROUP))],
    ]
    rows += [
        [group, *_slice(slices.rate(group=group), slices.mean(group=group))]
        for group in NAMED_GROUPS
    ]
    rows += [
        [
            f"in {language}",
            *_slice(slices.rate(language=language), slices.mean(language=language)),
        ]
        for language in LANGUAGES
        if slices.rate(language=language).of
    ]
    return [
        "## Names of groups",
        "",
        *wrapped(
            "Harmless sentences that would be held for toxicity; intervals are exact. See decision "
            "record 0012."
        ),
        "",
        *table(["sentences", "rows", "held", "95 %", "mean toxicity"], rows),
    ]


def _slice(rate: Share, mean: float) -> list[str]:
    ends = f"{percent(rate.low)}–{percent(rate.high)}" if rate.of else NOTHING
    return [str(rate.of), percent(rate.rate), ends, number(mean)]


def _shown(rate: Share) -> str:
    return f"{percent(rate.rate)} ({percent(rate.low)}–{percent(rate.high)})"
