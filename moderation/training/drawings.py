"""
The figures of a full report: which curves stand in which chart.

Chooses and names; `curves` works them out and `figures` draws them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from moderation.training.curves import coverage_error, of_sources, precision_recall
from moderation.training.examine import CORPUS, ELSEWHERE, Examined
from moderation.training.figures import Line, Panel, figure
from moderation.training.refit import Refitted

__all__ = ["draw_curves", "draw_learning_curve"]


def draw_curves(examined: Examined) -> dict[str, str]:
    """Give one figure a head: file name -> SVG."""
    return {f"{head}.svg": _head(examined, head) for head in examined.judged}


def _head(examined: Examined, head: str) -> str:
    judged = examined.judged[head]
    parts = {
        CORPUS: of_sources(judged, corpus=True),
        ELSEWHERE: of_sources(judged, corpus=False),
    }
    risks = {name: coverage_error(part) for name, part in parts.items()}
    most = max((y for curve in risks.values() for _, y in curve), default=0.0)
    return figure(
        f"{head}: precision and recall, reliability, error by coverage",
        [
            Panel(
                f"{head}: precision",
                "recall",
                "precision",
                [Line(name, precision_recall(part)) for name, part in parts.items()],
            ),
            Panel(
                f"{head}: reliability",
                "probability said",
                "share that was true",
                [Line(name, examined.calibrations[head][name].points, dots=True) for name in parts],
                diagonal=True,
            ),
            Panel(
                f"{head}: error",
                "share of comments settled, surest first",
                "share of wrong answers",
                [Line(name, curve) for name, curve in risks.items()],
                # The next fifth above, so that a small error is not a line on the floor.
                y_range=(0.0, max(0.2, math.ceil(most * 5) / 5)),
            ),
        ],
    )


def draw_learning_curve(curve: Sequence[Refitted]) -> str:
    """Draw ROC-AUC of every head over the rows fitted on, which double from tick to tick."""
    places = [math.log2(max(found.rows, 1)) for found in curve]
    heads = list(curve[-1].measured) if curve else []
    lines = [
        Line(
            head,
            tuple(
                (place, found.measured[head].auc)
                for place, found in zip(places, curve, strict=True)
                if not math.isnan(found.measured[head].auc)
            ),
            dots=True,
        )
        for head in heads
    ]
    limits = (min(places), max(places)) if len(set(places)) > 1 else (0.0, 1.0)
    return figure(
        "ROC-AUC by the number of rows fitted on",
        [
            Panel(
                "learning curve",
                "rows fitted on",
                "ROC-AUC, mean over sources",
                lines,
                x_range=limits,
                y_range=(0.5, 1.0),
                x_ticks=[
                    (place, f"{found.rows:,}") for place, found in zip(places, curve, strict=True)
                ],
            )
        ],
    )
