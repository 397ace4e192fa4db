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
from moderation.classifiers.reading import Reader
from moderation.classifiers.reject import REJECT
from moderation.config import Config
from moderation.errors import TrainingError
from moderation.terms import TOXIC_KINDS
from moderation.training.bases import base_model, live_model
from moderation.training.budgets import evidence_of
from moderation.training.calibrate import calibrate_heads
from moderation.training.drawings import draw_curves, draw_learning_curve
from moderation.training.encode import encode
from moderation.training.evaluate import Measured, judge, measure, table
from moderation.training.examine import examine
from moderation.training.fit import (
    assemble,
    fit_heads,
    fit_idf,
    heads_to_learn,
    out_of_fold_logits,
)
from moderation.training.fit_reject import Tried, fit_reject, is_enough, judge_offer
from moderation.training.fit_relevance import (
    ReadHeads,
    blend,
    calibrate_relevance,
    fit_relevance,
    fresh_share,
)
from moderation.training.lexicon import compile_lexicon
from moderation.training.material import Material, gather
from moderation.training.meaning import teach as teach_space
from moderation.training.pairs import make_fragments, make_shelf
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
from moderation.training.rows import Row, Split
from moderation.training.sections import full_sections, refit_section
from moderation.training.serving import hold_thresholds, shipped_policy
from moderation.training.slices import Sentence, judge_sentences, sentences_to_measure

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
        model = _learn(config, material, version, base, live, teach=teach, seed=seed, say=say)
        tried = _try_reject(config, material, model, base, seed=seed, say=say)
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
    say: Say,
) -> str:
    """
    Measure a model on the rows that none was ever fitted on, and write its full report.

    Args:
        config: where everything is.
        version: of the model; the live one when not given.
        seed: of every random choice.
        refit: also fit models anew for the learning curve and the ablation: seven trainings.
        say: told about progress, line by line.

    Returns:
        The quality of every head, for a terminal.

    Raises:
        BundleMissing: there is no such version.
        BundleRefused: it does not verify.
        CorpusError: a row of the corpus, or a sentence that names a group, is wrong.
        TrainingError: the report cannot be written.
    """
    chosen = version or current_version(config.models_dir)
    model = read_bundle(config.models_dir, chosen)
    folder = config.models_dir / chosen
    prepare_folder(folder)
    material = gather(config, seed=seed, say=say)
    sentences = sentences_to_measure(config.corpus_dir)
    rows = material.split(Split.TEST)
    say(f"evaluating {chosen} on {len(rows):,} held-back rows …")
    examined = examine(model, shipped_policy(), rows, sentences, seed=seed, say=say)
    sections, figures = full_sections(examined), draw_curves(examined)
    if refit:
        curve, ablated = _refit(config, material, model, seed=seed, say=say)
        sections += refit_section(curve, ablated)
        figures["learning-curve.svg"] = draw_learning_curve(curve)
    shown = table(examined.measured)
    text = report(read_card(config.models_dir, chosen), shown, sections)
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
        return _learn(
            config, part, "", None, model, teach=False, seed=seed, say=say, without=without
        )

    rows = material.rows
    return learning_curve(fit, rows, seed=seed), ablation(fit, rows, seed=seed)


def _fresh(config: Config, material: Material, base: LearnedModel | None) -> frozenset[str]:
    """Name the sources that the base was not fitted on: always the labels, else what changed."""
    if base is None:
        return frozenset()
    known = {
        entry["name"]: entry["sha256"] for entry in read_card(config.models_dir, base.version).data
    }
    entries = material.data_entries()
    changed = {str(e["name"]) for e in entries if known.get(e["name"]) != e["sha256"]}
    return frozenset(changed | {"labels"})


def _learn(
    config: Config,
    material: Material,
    version: str,
    base: LearnedModel | None,
    live: LearnedModel | None,
    *,
    teach: bool,
    seed: int,
    say: Say,
    without: Collection[str] = (),
) -> LearnedModel:
    fit_rows, calibrate_rows = material.split(Split.FIT), material.split(Split.CALIBRATE)
    if base is not None:
        # The base's calibration stays, so the rows that were kept for it can teach: the base knows
        # the others by heart, and only rows it never saw show what a change would cost.
        fit_rows, calibrate_rows = [*fit_rows, *calibrate_rows], []
    fresh = _fresh(config, material, base)
    # Counted before fragments are made of the same rows, which nobody labelled.
    share = 1.0 if base is None else fresh_share(fit_rows, fresh)
    fit_rows += make_fragments(fit_rows, seed=seed)
    # Meaning first: the space every other part reads.
    if teach:
        space = teach_space(fit_rows, cache=config.var_dir / "teacher", seed=seed, say=say)
        reader = Reader(space, compile_lexicon(config.corpus_dir / "lexicon"))
    elif base is not None:
        reader = base.reader
    elif live is not None:
        reader = Reader(live.reader.space, compile_lexicon(config.corpus_dir / "lexicon"))
    else:
        raise TrainingError(
            "there is no model to start from; restore models/ from the repository, or install "
            "the teacher extra and train with --teach"
        )
    say(f"features of {len(fit_rows) + len(calibrate_rows):,} texts …")
    encoded = encode([row.text for row in (*fit_rows, *calibrate_rows)], reader).without(without)
    fit_part = encoded.take(np.arange(len(fit_rows)))
    idf = fit_idf(fit_part) if base is None else np.asarray(base.heads.idf)

    learn = LINEAR_HEADS if base is None else heads_to_learn(fit_rows, fresh)
    on_top = f" on top of {base.version}" if base else ""
    say(f"fitting {', '.join(learn)}{on_top} …" if learn else f"nothing new{on_top}")
    fits = fit_heads(fit_rows, fit_part, idf, base.heads if base else None, learn=learn)
    if base is None:
        # On rows that no head was fitted on.
        rest = np.arange(len(fit_rows), len(fit_rows) + len(calibrate_rows))
        calibration = calibrate_heads(calibrate_rows, encoded.take(rest), idf, fits)
    else:
        calibration = np.asarray(base.heads.calibration)
    heads = assemble(fits, idf, calibration)
    if base is not None:
        # What the base could not be measured for, a few labels do not prove.
        heads = replace(heads, offered=base.heads.offered)

    if base is not None and not share:
        say("relevance stays as it is: no verdict has said yet what is on topic here")
        return LearnedModel(version, reader, heads, base.relevance, base.background)
    say("fitting relevance …")
    # Of the fitting split alone, also on top of a base: it is what the base was fitted with.
    shelf = make_shelf(material.split(Split.FIT), reader)
    read = ReadHeads(
        generic=out_of_fold_logits(fit_rows, fit_part, idf, "generic", fits),
        substance=out_of_fold_logits(fit_rows, fit_part, idf, "substance", fits),
    )
    relevance = fit_relevance(fit_rows, reader, shelf, heads, read, seed=seed)
    relevance = calibrate_relevance(relevance, calibrate_rows, reader, shelf, heads, seed=seed)
    if base is not None:
        relevance = blend(base.relevance, relevance, share)
    return LearnedModel(version, reader, heads, relevance, shelf.background)


def _try_reject(
    config: Config,
    material: Material,
    model: LearnedModel,
    base: LearnedModel | None,
    *,
    seed: int,
    say: Say,
) -> Tried | None:
    """Fit `likely_to_reject` on what moderators did, when they did enough."""
    if is_enough(material.rows).why is not None:
        return None
    say(f"fitting {REJECT} …")
    told = base
    if told is None:
        # Fitted once more without them, so that no verdict is read by heads that know it.
        others = tuple(row for row in material.rows if row.rejected is None)
        part = replace(material, rows=others)
        told = _learn(config, part, model.version, None, model, teach=False, seed=seed, say=say)
    return fit_reject(material.rows, told)


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
