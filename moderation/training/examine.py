"""
Measures everything a full report shows of one model, step by step.

Joins the modules that measure; formats nothing and writes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.metrics import f1_score

from moderation.classifiers.model import Model
from moderation.policy import Policy
from moderation.training.alarms import Alarms, count_alarms
from moderation.training.attack_table import Attacked, ReadOtherwise, attack_table, read_otherwise
from moderation.training.budgets import Tried, try_budgets
from moderation.training.curves import Calibration, calibration, of_sources
from moderation.training.evaluate import Judged, Measured, judge, measure
from moderation.training.faithful import Faithful, measure_explanations
from moderation.training.families import Families, measure_families
from moderation.training.intervals import bootstrap, resample_groups
from moderation.training.rows import Row
from moderation.training.serving import hold_thresholds
from moderation.training.slices import Sentence, Slices, judge_sentences
from moderation.training.speed import Speed, measure_speed

__all__ = ["BAD_SHARE", "CORPUS", "ELSEWHERE", "Examined", "Kinds", "Part", "examine"]

CORPUS, ELSEWHERE = "our corpus", "other sources"
"""The two kinds of places that curves are drawn for."""

BAD_SHARE = 0.05
"""Of a site's comments, as the shipped policy guesses it: what budgets are tried with."""


@dataclass(frozen=True, slots=True)
class Part:
    """Quality on part of the rows, and how many articles and threads an interval rests on."""

    measured: Measured
    groups: int


@dataclass(frozen=True, slots=True)
class Kinds:
    """
    Relevance kinds, wanted and said; the interval is 95 %, by bootstrap over articles.

    Attributes:
        pairs: (wanted, said).
        macro_f1: of the kinds that occur; nan of no pair.
    """

    pairs: tuple[tuple[str, str], ...]
    macro_f1: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Examined:
    """
    All that was measured of a model on held-back rows.

    Attributes:
        judged: head -> what was true and what it said; of every score that is given, and measured.
        measured: head -> its quality.
        by_source: head -> source -> quality there; `by_language` likewise.
        calibrations: head -> `CORPUS`, `ELSEWHERE` or a source -> how well calibrated it is.
        kinds: of our own corpus and labels.
        slices: of harmless sentences.
        alarms: one entry a head, of ordinary sentences.
        attacks: one entry a head and attack.
        otherwise: what undoing disguise does to good comments that are not in disguise.
        faithful: one entry a head.
        families: of our own corpus.
        budgets: kept or not, over random splits of the rows.
        speed: on this machine.
    """

    judged: dict[str, Judged]
    measured: dict[str, Measured]
    by_source: dict[str, dict[str, Part]]
    by_language: dict[str, dict[str, Part]]
    calibrations: dict[str, dict[str, Calibration]]
    kinds: Kinds
    slices: Slices
    alarms: list[Alarms]
    attacks: list[Attacked]
    otherwise: list[ReadOtherwise]
    faithful: list[Faithful]
    families: Families
    budgets: list[Tried]
    speed: Speed


def examine(
    model: Model,
    policy: Policy,
    rows: Sequence[Row],
    sentences: Sequence[Sentence],
    *,
    seed: int = 0,
    say: Callable[[str], None] = lambda line: None,
) -> Examined:
    """
    Measure a model: about two minutes with all public sets on two cores.

    Args:
        model: to measure.
        policy: whose thresholds and decisions count.
        rows: held back from every model.
        sentences: harmless ones, held back as well.
        seed: of every random choice.
        say: told about progress.
    """
    say(f"scoring {len(rows):,} held-back rows …")
    every = judge(model, rows)
    # A table of a score that is not given, or of which no row is known, would only hide the others.
    judged = {head: j for head, j in every.items() if j.offered and len(j.said)}
    say("quality and calibration …")
    by_source = {head: _parts(j, j.sources, seed) for head, j in judged.items()}
    by_language = {head: _parts(j, j.languages, seed) for head, j in judged.items()}
    calibrations = {head: _calibrations(j, seed) for head, j in judged.items()}
    say("sentences that name groups, families of our corpus …")
    slices = judge_sentences(model, sentences, hold_thresholds(policy))
    families = measure_families(model, policy, rows)
    say("attacks …")
    attacks = attack_table(model, policy, rows, seed=seed)
    otherwise = read_otherwise(model, policy, rows)
    say("explanations …")
    faithful = [one for one in measure_explanations(model, rows, seed=seed) if one.rows]
    say("error budgets …")
    budgets = try_budgets(judged, BAD_SHARE, seed=seed)
    return Examined(
        judged=judged,
        measured={head: measure(j, seed=seed) for head, j in every.items()},
        by_source=by_source,
        by_language=by_language,
        calibrations=calibrations,
        kinds=_kinds(every["relevance"], seed),
        slices=slices,
        alarms=count_alarms(judged, hold_thresholds(policy)),
        attacks=attacks,
        otherwise=otherwise,
        faithful=faithful,
        families=families,
        budgets=budgets,
        # Last, when nothing else of ours runs.
        speed=measure_speed(model, rows),
    )


def _parts(judged: Judged, names: np.ndarray, seed: int) -> dict[str, Part]:
    found = {}
    for name in np.unique(names):
        part = judged.where(names == name)
        found[str(name)] = Part(measure(part, seed=seed), len(np.unique(part.groups)))
    return found


def _calibrations(judged: Judged, seed: int) -> dict[str, Calibration]:
    found = {
        CORPUS: calibration(of_sources(judged, corpus=True), seed=seed),
        ELSEWHERE: calibration(of_sources(judged, corpus=False), seed=seed),
    }
    for source in np.unique(judged.sources):
        if source != "corpus":
            part = judged.where(judged.sources == source)
            found[str(source)] = calibration(part, seed=seed)
    return found


def _kinds(judged: Judged, seed: int) -> Kinds:
    nan = float("nan")
    if not judged.kinds:
        return Kinds((), nan, nan, nan)
    pairs = np.array(judged.kinds, dtype=np.str_)

    def macro_f1(rows: np.ndarray) -> float:
        return float(f1_score(pairs[rows, 0], pairs[rows, 1], average="macro"))

    low, high = bootstrap(macro_f1, resample_groups(judged.kind_groups, seed))
    return Kinds(judged.kinds, macro_f1(np.arange(len(pairs))), low, high)
