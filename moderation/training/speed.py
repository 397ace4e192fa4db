"""
Times one comment in this process: what a score costs on this machine, right now.

The only measurement that no seed reproduces.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from threadpoolctl import threadpool_limits

from moderation.classifiers.model import Item, Model
from moderation.text import detect_language, normalise
from moderation.training.rows import Row, draw

__all__ = ["Speed", "measure_speed"]

_RUNS, _WARM_UP = 300, 30
_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Speed:
    """
    Milliseconds for one comment of 200 characters, its article known, all heads.

    Attributes:
        article: whether there was one to measure with.
        median_ms: of reading and scoring it; `p99_ms` likewise.
        explained_ms: median when spans and notes are asked for as well.
    """

    runs: int
    article: bool
    median_ms: float
    p99_ms: float
    explained_ms: float


def measure_speed(model: Model, rows: Sequence[Row]) -> Speed:
    """
    Time comments one by one, no two alike, under an article that was analysed beforehand.

    Linear algebra runs on one thread: its products are small here, and where other processes are at
    work, threads that wait for each other took twenty times as long as the whole score.

    Args:
        model: to time.
        rows: whose texts are cut and joined to comments of 200 characters, and of whose articles
            the first one is taken.
    """
    with threadpool_limits(limits=1):
        return _measure(model, rows)


def _measure(model: Model, rows: Sequence[Row]) -> Speed:
    texts = _texts(rows)
    article = next((row.article for row in rows if row.article and row.article.has_text), None)
    analysis = model.analyse(article) if article is not None else None
    taken: dict[bool, list[float]] = {}
    for explain in (False, True):
        spent = []
        for text in texts:
            begun = time.perf_counter()
            read = normalise(text)
            model.score([Item(read, analysis, None, detect_language(read))], explain=explain)
            spent.append((time.perf_counter() - begun) * 1000)
        taken[explain] = spent[_WARM_UP:]
    return Speed(
        runs=len(taken[False]),
        article=article is not None,
        median_ms=_percentile(taken[False], 50),
        p99_ms=_percentile(taken[False], 99),
        explained_ms=_percentile(taken[True], 50),
    )


def _percentile(values: Sequence[float], of: int) -> float:
    return float(np.percentile(values, of)) if values else float("nan")


def _texts(rows: Sequence[Row]) -> list[str]:
    """Give 330 texts of 200 characters; shorter ones are joined with what follows."""
    together = " ".join(row.text.replace("\n", " ") for row in draw(rows, 4 * (_RUNS + _WARM_UP)))
    needed = _LENGTH * (_RUNS + _WARM_UP)
    while together and len(together) < needed:
        together += " " + together
    return [
        together[start : start + _LENGTH] for start in range(0, min(len(together), needed), _LENGTH)
    ]
