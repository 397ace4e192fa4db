"""
The whole training recipe, step by step; `make train` is this and nothing else.

Joins the other modules of this room; leaves the live model alone unless the new one is proven.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import numpy as np

from moderation.classifiers.bundle import (
    Card,
    activate,
    current_version,
    fitted_libraries,
    read_bundle,
    read_card,
    write_bundle,
)
from moderation.classifiers.heads import LINEAR_HEADS
from moderation.classifiers.model import LearnedModel
from moderation.classifiers.reject import REJECT
from moderation.config import Config
from moderation.terms import TOXIC_KINDS
from moderation.training.bases import base_model, live_model
from moderation.training.budgets import evidence_of
from moderation.training.cross_fit import BAD_ANSWERS, THREADS
from moderation.training.drawings import draw_curves, draw_learning_curve
from moderation.training.elsewhere import SPAM_LANGUAGES, measure_elsewhere
from moderation.training.encode import encode
from moderation.training.evaluate import Measured, judge, languages_measured, measure, table
from moderation.training.examine import examine
from moderation.training.fit_reject import Tried, is_enough, judge_offer
from moderation.training.goals import from_examined, goals_section, judge_goals
from moderation.training.learn import learn_model, try_reject
from moderation.training.left_out import JOBS
from moderation.training.material import Material, gather
from moderation.training.measuring import measure_sets, read_sets
from moderation.training.outcomes import Outcome
from moderation.training.place_sections import elsewhere_section, sets_section
from moderation.training.publish import (
    SliceChange,
    compare,
    compare_slices,
    make_canaries,
    next_version,
    training_lock,
)
from moderation.training.refit import Refitted, ablation, learning_curve
from moderation.training.report import prepare_folder, report, write_report
from moderation.training.rows import Row, Split, deduplicate
from moderation.training.sections import full_sections, refit_section
from moderation.training.serving import hold_thresholds, shipped_policy
from moderation.training.slices import Sentence, judge_sentences, sentences_to_measure
from moderation.training.sources import read_source
from moderation.training.unseen import measure_unseen

__all__ = ["TrainResult", "evaluate", "train"]

Say = Callable[[str], None]

_LEAST_AUC = 0.75
# A kind of toxicity is offered when its ROC-AUC on held-back rows is surely above this; where too
# few rows are there to say, it is not.


@dataclass(frozen=True, slots=True)
class TrainResult:
    """
    How a run ended.

    Attributes:
        version: of the bundle written.
        promoted: whether it is live now.
        why: one sentence.
        table: the quality of every head, for a terminal.
    """

    version: str
    promoted: bool
    why: str
    table: str


def train(
    config: Config,
    *,
    teach: bool = False,
    seed: int = 0,
    say: Say = lambda line: None,
    now: datetime | None = None,
) -> TrainResult:
    """
    Train, evaluate, compare and publish.

    Args:
        config: where everything is.
        teach: also learn the meaning space anew; needs the `teacher` extra.
        seed: of every random choice: same data and seed give the same metrics.
        say: told about progress, line by line.
        now: names the version, aware UTC; defaults to the clock.

    Raises:
        TrainingBusy: another run is under way.
        CorpusError: a row of the corpus is wrong.
        SourceError: a public set is not the one expected.
        TrainingError: there is nothing to learn from, or nothing to start from.
    """
    with training_lock(config.models_dir):
        # 1. Read labels, corpus and public sets; the first copy of a text wins.
        material = gather(config, seed=seed, say=say)
        sentences = sentences_to_measure(config.corpus_dir)
        live = live_model(config, say)
        base = base_model(config, live, material, teach)
        # 2. Learn from two splits, on top of the base model or from nothing.
        version = next_version(config.models_dir, now or datetime.now(UTC))
        model = learn_model(config, material, version, base, live, teach=teach, seed=seed, say=say)
        tried = try_reject(config, material, model, base, seed=seed, say=say)
        if tried is not None:
            model = replace(model, reject=tried.head)
        # 3. Prove it on the third split, and publish.
        return _publish(
            config,
            material,
            sentences,
            model,
            tried,
            base,
            live,
            seed,
            say,
            now or datetime.now(UTC),
        )


def evaluate(
    config: Config,
    *,
    version: str | None = None,
    seed: int = 0,
    refit: bool = False,
    elsewhere: bool = False,
    say: Say,
) -> str:
    """
    Measure a model on the rows that none was ever fitted on, and write its full report.

    Args:
        config: where everything is.
        version: of the model; the live one when not given.
        seed: of every random choice.
        refit: also fit models anew for the learning curve and the ablation: seven trainings.
        elsewhere: also fit heads anew without the places that they are measured in.
        say: told about progress, line by line.

    Returns:
        The quality of every head, for a terminal.

    Raises:
        BundleMissing: there is no such version.
        BundleRefused: it does not verify.
        CorpusError: a row of the corpus, or a sentence that names a group, is wrong.
        SourceError: a set to train on, or to measure with, is not the one expected.
        TrainingError: the report cannot be written.
    """
    chosen = version or current_version(config.models_dir)
    model = read_bundle(config.models_dir, chosen)
    folder = config.models_dir / chosen
    prepare_folder(folder)
    material = gather(config, seed=seed, say=say)
    away = read_sets(config, material.rows, say=say)
    sentences = sentences_to_measure(config.corpus_dir)
    rows = material.split(Split.TEST)
    say(f"evaluating {chosen} on {len(rows):,} held-back rows …")
    examined = examine(model, shipped_policy(), rows, sentences, seed=seed, say=say)
    sections, figures = full_sections(examined), draw_curves(examined)
    outcomes = measure_sets(model, away, seed=seed)
    if outcomes:
        sections += sets_section(outcomes)
    if elsewhere:
        unseen = _elsewhere(config, material, model, away, seed=seed, say=say)
        sections += elsewhere_section(unseen)
        outcomes += unseen
    if refit:
        curve, ablated = _refit(config, material, model, seed=seed, say=say)
        sections += refit_section(curve, ablated)
        figures["learning-curve.svg"] = draw_learning_curve(curve)
    shown = table(examined.measured)
    judged = judge_goals([*outcomes, *from_examined(examined, unseen=elsewhere)])
    card = read_card(config.models_dir, chosen)
    text = report(card, shown, sections, goals=goals_section(judged))
    write_report(folder, text, figures)
    say(f"written: {folder / 'report.md'}")
    return shown


def _refit(
    config: Config, material: Material, model: LearnedModel, *, seed: int, say: Say
) -> tuple[list[Refitted], list[Refitted]]:
    """Fit models from nothing but the meaning space of a finished one, and measure them."""

    def fit(rows: Sequence[Row], without: Collection[str]) -> LearnedModel:
        say(f"fitting anew on {len(rows):,} rows{''.join(f', without {w}' for w in without)}")
        part = replace(material, rows=tuple(rows))
        return learn_model(
            config, part, "", None, model, teach=False, seed=seed, say=say, without=without
        )

    rows = material.rows
    return learning_curve(fit, rows, seed=seed), ablation(fit, rows, seed=seed)


def _elsewhere(
    config: Config,
    material: Material,
    model: LearnedModel,
    away: Sequence[Row],
    *,
    seed: int,
    say: Say,
) -> list[Outcome]:
    """Measure heads in places that they were fitted without; every row is encoded once."""
    strange = [row for row in away if row.spam is not None and row.language in SPAM_LANGUAGES]
    rows = [*material.rows, *strange]
    say(f"features of {len(rows):,} texts …")
    encoded = encode([row.text for row in rows], model.reader, jobs=JOBS)
    learned = len(material.rows)
    found = measure_elsewhere(rows, encoded, learned=learned, seed=seed, say=say)
    bad: list[Row] = []
    for source in material.sources:
        if source.name == THREADS and config.data_dir is not None:
            # Training takes no bad answer for off topic, and neither do the models fitted here.
            bad = deduplicate(read_source(replace(source, labels=BAD_ANSWERS), config.data_dir))
    heads = zip(LINEAR_HEADS, model.heads.offered, strict=True)
    return found + measure_unseen(
        material.rows,
        encoded.take(np.arange(learned)),
        bad,
        model.reader,
        shipped_policy(),
        offered=[*(head for head, offered in heads if offered), "relevance"],
        seed=seed,
        say=say,
    )


def _offer(model: LearnedModel, measured: dict[str, Measured]) -> LearnedModel:
    """Silence the kinds of toxicity that held-back rows do not show to be told apart."""
    proven = [
        head not in TOXIC_KINDS or measured[head].auc_low > _LEAST_AUC for head in LINEAR_HEADS
    ]
    heads = replace(model.heads, offered=np.array(proven, np.bool_))
    return replace(model, heads=heads)


def _publish(
    config: Config,
    material: Material,
    sentences: Sequence[Sentence],
    model: LearnedModel,
    tried: Tried | None,
    base: LearnedModel | None,
    live: LearnedModel | None,
    seed: int,
    say: Say,
    now: datetime,
) -> TrainResult:
    rows = material.split(Split.TEST)
    say(f"evaluating on {len(rows):,} held-back rows …")
    judged = judge(model, rows)
    offer = judge_offer(is_enough(material.rows), tried, judged[REJECT], seed=seed)
    if offer.why is not None:
        model = replace(model, reject=None)
        judged[REJECT] = replace(judged[REJECT], offered=False)
    if offer.verdicts:
        say(offer.describe())
    measured = {head: measure(result, seed=seed) for head, result in judged.items()}
    if base is None:
        model = _offer(model, measured)
    comparison = compare(judged, judge(live, rows), seed=seed) if live else {}
    worse = [change.describe(head) for head, change in comparison.items() if change.worse]
    named = _compare_slices(sentences, model, live) if live else None
    if named is not None and named.worse:
        worse.append(named.describe())
    card = Card(
        version=model.version,
        created_at=now.isoformat(timespec="seconds"),
        sha256="",
        libraries=fitted_libraries(),
        parent=live.version if live else None,
        seed=seed,
        data=material.data_entries(),
        metrics={head: m.as_numbers() for head, m in measured.items()},
        comparison={head: c.as_numbers() for head, c in comparison.items()},
        parked_because="; ".join(worse) or None,
        canaries=make_canaries(model),
        notes={
            "root": base.version if base else model.version,
            "slices": named.as_numbers() if named else {},
            REJECT: offer.as_numbers(),
        },
        evidence=evidence_of(judged),
        languages=languages_measured(rows),
    )
    shown = table(measured)
    text = report(card, shown)
    folder = write_bundle(config.models_dir, model, card)
    (folder / "report.md").write_text(text, encoding="utf-8")
    if worse:
        return TrainResult(model.version, False, "; ".join(worse), shown)
    activate(config.models_dir, model.version)
    why = "no head is worse beyond noise" if live else "there was no live model"
    return TrainResult(model.version, True, why, shown)


def _compare_slices(
    sentences: Sequence[Sentence], model: LearnedModel, live: LearnedModel
) -> SliceChange:
    thresholds = hold_thresholds(shipped_policy())
    return compare_slices(
        judge_sentences(model, sentences, thresholds), judge_sentences(live, sentences, thresholds)
    )
