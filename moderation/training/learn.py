"""
Fits one model, part by part: meaning, linear heads, relevance, families, what moderators do.

Joins the fitting modules of this room; writes nothing, and judges nothing but what it was given.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from moderation.classifiers.bundle import read_card
from moderation.classifiers.heads import LINEAR_HEADS, REMARKS
from moderation.classifiers.model import LearnedModel
from moderation.classifiers.reading import Reader
from moderation.classifiers.reject import REJECT
from moderation.classifiers.relevance import Remarks
from moderation.config import Config
from moderation.errors import TrainingError
from moderation.training.calibrate import calibrate_heads
from moderation.training.encode import Encoded, encode
from moderation.training.fit import (
    HeadFit,
    assemble,
    fit_heads,
    fit_idf,
    heads_to_learn,
    out_of_fold_logits,
)
from moderation.training.fit_family import fit_families
from moderation.training.fit_reject import Tried, fit_reject, is_enough
from moderation.training.fit_relevance import (
    blend,
    calibrate_relevance,
    fit_relevance,
    fresh_share,
)
from moderation.training.lexicon import compile_lexicon
from moderation.training.material import Material
from moderation.training.meaning import teach as teach_space
from moderation.training.pairs import make_fragments, make_shelf
from moderation.training.rows import REPORTS, Row, Split

__all__ = ["learn_model", "out_of_fold_remarks", "try_reject"]

Say = Callable[[str], None]


def learn_model(
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
    """
    Fit a model on two splits, on top of a base or from nothing.

    Args:
        config: where corpus and teacher's answers are.
        material: rows of every split; the test split is not looked at.
        version: the model's name.
        base: to learn on top of, or None to start from nothing.
        live: whose meaning space is read where there is neither a base nor a teacher.
        teach: also learn the meaning space anew.
        seed: of every random choice.
        say: told about progress.
        without: groups of features to leave out.

    Raises:
        TrainingError: there is nothing to start from, or a kind of relevance has no rows.
    """
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
    families = fit_families(fit_rows, fit_part.dense) if base is None else base.families
    if base is not None:
        # What the base could not be measured for, a few labels do not prove.
        heads = replace(heads, offered=base.heads.offered)

    if base is not None and not share:
        say("relevance stays as it is: too few verdicts have said what is on topic here")
        return LearnedModel(version, reader, heads, base.relevance, base.background, families)
    say("fitting relevance …")
    # Of the fitting split alone, also on top of a base: it is what the base was fitted with.
    shelf = make_shelf(material.split(Split.FIT), reader)
    remarks = out_of_fold_remarks(fit_rows, fit_part, idf, fits)
    relevance = fit_relevance(fit_rows, reader, shelf, heads, remarks, seed=seed)
    relevance = calibrate_relevance(relevance, calibrate_rows, reader, shelf, heads)
    if base is not None:
        relevance = blend(base.relevance, relevance, share)
    return LearnedModel(version, reader, heads, relevance, shelf.background, families)


def out_of_fold_remarks(
    rows: Sequence[Row], encoded: Encoded, idf: npt.NDArray[np.float32], fits: dict[str, HeadFit]
) -> list[Remarks]:
    """
    Give what relevance reads of other heads, for each row by heads that never saw its group.

    Args:
        rows: of the fitting split.
        encoded: the same rows.
        idf: float32, shape (2**NGRAM_BITS,).
        fits: the heads fitted on all of them.
    """
    read = [out_of_fold_logits(rows, encoded, idf, head, fits) for head in REMARKS]
    return [Remarks(*found) for found in np.stack(read, axis=1).tolist()]


def try_reject(
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
        told = learn_model(
            config, part, model.version, None, model, teach=False, seed=seed, say=say
        )
    return fit_reject(material.rows, told)


def _fresh(config: Config, material: Material, base: LearnedModel | None) -> frozenset[str]:
    """Name the sources the base was not fitted on: labels and reports, else what changed."""
    if base is None:
        return frozenset()
    known = {
        entry["name"]: entry["sha256"] for entry in read_card(config.models_dir, base.version).data
    }
    entries = material.data_entries()
    changed = {str(e["name"]) for e in entries if known.get(e["name"]) != e["sha256"]}
    return frozenset(changed | {"labels", REPORTS})
