"""
The sections of a full report on places that nothing was fitted on, as Markdown.

Formats outcomes; measures nothing.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from moderation.training.markdown import interval, number, table, wrapped
from moderation.training.outcomes import Outcome

__all__ = ["elsewhere_section", "sets_section"]


def elsewhere_section(outcomes: Sequence[Outcome]) -> list[str]:
    """Give the section of places that heads were fitted without, as lines."""
    return [
        "",
        "## Places it never saw",
        "",
        *wrapped(
            "Heads fitted anew without the place that they are measured in, with the recipe, the "
            "meaning space and the word lists of this model. “In parts” is fitted on the other "
            "parts of that set as well. Our corpus and threads: whole models, each judging the "
            "quarter of all articles that it never saw. F1 and MCC are at the calibrated "
            "probability .5; caught is the share of spam above the score that .5 % of the good "
            "comments reach, with fewer than 200 of them none. Intervals are 95 %, by bootstrap "
            "over articles, threads and comments."
        ),
        "",
        *_outcomes(outcomes),
    ]


def sets_section(outcomes: Sequence[Outcome]) -> list[str]:
    """Give the section of sets that are only measured with, as lines."""
    return [
        "",
        "## Sets for measuring only",
        "",
        *wrapped(
            "Research sets whose licences let nobody ship what is learned from them: this model "
            "never saw a row of them. At most 2,000 rows of each, without copies of rows of other "
            "sources."
        ),
        "",
        *_outcomes(outcomes),
    ]


def _outcomes(outcomes: Sequence[Outcome]) -> list[str]:
    rows = []
    for one in outcomes:
        known = not math.isnan(one.found.value)
        found = [number(one.found.value) if known else "too few rows of a class"]
        counts = [f"{one.rows:,}", f"{one.bad:,}"]
        ends = interval(one.found.low, one.found.high)
        rows.append([one.work, one.place, *counts, one.metric, *found, ends])
    return table(["what", "measured on", "rows", "of class 1", "number", "found", "95 %"], rows)
