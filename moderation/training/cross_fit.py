"""
Fits whole models, each without a quarter of the articles, and asks it about those.

Joins the fitting modules; keeps no model and works out no number of how well it did.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from joblib import Parallel, delayed, parallel_config
from scipy.sparse import vstack

from moderation.classifiers.articles import EARLIER
from moderation.classifiers.family import no_families
from moderation.classifiers.model import LearnedModel
from moderation.classifiers.reading import DENSE_SIZE, Reader
from moderation.classifiers.reject import Overheard
from moderation.policy import Policy
from moderation.terms import Action, Article, RelevanceKind
from moderation.training.calibrate import calibrate_heads
from moderation.training.encode import Encoded, encode
from moderation.training.fit import HeadFit, assemble, fit_heads, fit_idf
from moderation.training.fit_reject import overhear_rows
from moderation.training.fit_relevance import calibrate_relevance, fit_relevance, remarks_of
from moderation.training.learn import out_of_fold_remarks
from moderation.training.left_out import JOBS
from moderation.training.pairs import (
    Pair,
    Shelf,
    make_fragments,
    make_pairs,
    make_shelf,
    pair_features,
    under_title,
)
from moderation.training.rows import Row, Split, split_of
from moderation.training.serving import answer_rows, score_heard, score_rows

__all__ = [
    "BAD_ANSWERS",
    "FOLDS",
    "THREADS",
    "Said",
    "Thread",
    "article_language",
    "cross_fit",
    "said_or_half",
]

FOLDS = 4
"""Models fitted; each leaves out one of so many parts of the articles and threads."""

THREADS = "semeval2016_cqa_en"
"""The set whose comments people judged as good or bad answers to their thread."""

BAD_ANSWERS = frozenset({"Bad"})
"""Its label of the answers that training leaves out: a bad answer may still be on its topic."""

_OWN = "corpus"

Float64 = npt.NDArray[np.float64]
Int64 = npt.NDArray[np.int64]
Str = npt.NDArray[np.str_]


@dataclass(frozen=True, slots=True)
class Said:
    """
    What a model said of one comment under one article it never saw.

    Attributes:
        row: as it was asked: `kind` is what is true under that article.
        made: whether we put it under another article.
        title_only: whether the article was cut to its title.
        heard: whether comments that others wrote under it were known beside the title.
        values: head -> probability.
        kind: the kind of relevance it said.
        stopped: whether the whole policy holds or rejects it; None where that was not asked.
    """

    row: Row
    made: bool
    title_only: bool
    heard: bool
    values: Mapping[str, float | None]
    kind: str | None
    stopped: bool | None


@dataclass(frozen=True, slots=True)
class Thread:
    """
    What a model said of answers in threads it never saw.

    Attributes:
        bad: float64, shape (n,): 1 where people called an answer bad, else 0.
        said: float64, shape (n,): probability that it is relevant.
        features: float32, shape (n, len(PAIR_NAMES)): how it meets its thread.
        heard: what `likely_to_reject` reads of it.
        groups: shape (n,): its thread.
    """

    bad: Float64
    said: Float64
    features: npt.NDArray[np.float32]
    heard: list[Overheard]
    groups: Str


def cross_fit(
    rows: Sequence[Row],
    encoded: Encoded,
    bad_answers: Sequence[Row],
    reader: Reader,
    policy: Policy,
    *,
    seed: int = 0,
) -> tuple[list[Said], list[Thread]]:
    """
    Let every article of our corpus, and every thread, be judged by a model that never saw it.

    An article's rows are in no head that judges them, nor in the sigmoids, the background or the
    heads whose log-odds relevance reads. The meaning space is the finished model's: it was taught
    by texts of the fitting split, without any label.

    Args:
        rows: to learn from: all splits of all sources.
        encoded: the same rows.
        bad_answers: rows of `THREADS` that people called bad answers; nothing learns from them.
        reader: of the finished model.
        policy: by which is decided.
        seed: of every random choice.

    Returns:
        What was said of our comments, and of each part's answers.
    """
    folds = _folds([*rows, *bad_answers])
    own = folds[: len(rows)]
    done = Parallel(n_jobs=JOBS)(
        delayed(_study)(
            rows,
            encoded,
            [r for r, at in zip(bad_answers, folds[len(rows) :], strict=True) if at == fold],
            reader,
            policy,
            own,
            fold,
            seed,
        )
        for fold in range(FOLDS)
    )
    return [one for said, _ in done for one in said], [thread for _, thread in done]


def _folds(rows: Sequence[Row]) -> Int64:
    """
    Give each row its part: by article or thread, every language alike; -1 of other sources.

    The same article is in the same part in every run, whatever else is there.
    """
    shelves: dict[tuple[str, str], set[str]] = defaultdict(set)
    for row in rows:
        if row.source in (_OWN, THREADS):
            shelves[row.source, article_language(row)].add(row.group)

    def place(group: str) -> bytes:
        return hashlib.blake2b(f"unseen\x00{group}".encode(), digest_size=8).digest()

    part = {
        (source, language, group): number % FOLDS
        for (source, language), groups in shelves.items()
        for number, group in enumerate(sorted(groups, key=place))
    }
    return np.array([part.get((r.source, article_language(r), r.group), -1) for r in rows])


def article_language(row: Row) -> str:
    """Give the language of the article a row stands under, or its own where that is not known."""
    return (row.article.language if row.article else None) or row.language


def _study(
    rows: Sequence[Row],
    encoded: Encoded,
    bad_answers: Sequence[Row],
    reader: Reader,
    policy: Policy,
    folds: Int64,
    fold: int,
    seed: int,
) -> tuple[list[Said], Thread]:
    """Fit a model without one part, and ask it about that part."""
    splits = [split_of(row) for row in rows]
    calibrating = np.array([split is Split.CALIBRATE for split in splits], np.bool_)
    # Of other sources the test split stays out, as it does of the shipped model; of these two, all
    # that is not asked about is needed.
    spare = np.array([split is Split.TEST for split in splits], np.bool_) & (folds < 0)
    known = (folds != fold) & ~spare
    asked = [row for row, at in zip(rows, folds, strict=True) if at == fold]
    # Processes of their own would be too many: this is one of two already.
    with parallel_config(backend="sequential"):
        model, shelf = _fit(
            rows,
            encoded,
            np.flatnonzero(known & ~calibrating),
            np.flatnonzero(known & calibrating),
            reader,
            seed,
        )
        ours = [row for row in asked if row.source == _OWN]
        threads = [row for row in asked if row.source == THREADS and row.kind is not None]
        return _ask(model, policy, ours, seed), _ask_threads(model, shelf, threads, bad_answers)


def _fit(
    rows: Sequence[Row],
    encoded: Encoded,
    fit: Int64,
    calibrate: Int64,
    reader: Reader,
    seed: int,
) -> tuple[LearnedModel, Shelf]:
    """Fit a whole model as training does from nothing, but for names of spam families."""
    fit_rows = [rows[int(place)] for place in fit]
    shelf = make_shelf(fit_rows, reader)
    fragments = make_fragments(fit_rows, seed=seed)
    pieces = encode([row.text for row in fragments], reader)
    whole = encoded.take(fit)
    part = Encoded(
        vstack((whole.buckets, pieces.buckets), format="csr"),
        np.concatenate((whole.dense, pieces.dense)),
    )
    fit_rows += fragments
    idf = fit_idf(part)
    fits: dict[str, HeadFit] = fit_heads(fit_rows, part, idf, None)
    calibrate_rows = [rows[int(place)] for place in calibrate]
    heads = assemble(fits, idf, calibrate_heads(calibrate_rows, encoded.take(calibrate), idf, fits))
    remarks = out_of_fold_remarks(fit_rows, part, idf, fits)
    relevance = fit_relevance(fit_rows, reader, shelf, heads, remarks, seed=seed)
    relevance = calibrate_relevance(relevance, calibrate_rows, reader, shelf, heads)
    families = no_families(DENSE_SIZE)
    return LearnedModel("", reader, heads, relevance, shelf.background, families), shelf


def _ask(model: LearnedModel, policy: Policy, rows: Sequence[Row], seed: int) -> list[Said]:
    said = [
        Said(
            row,
            made=False,
            title_only=False,
            heard=False,
            values=answer.scores.values,
            kind=answer.scores.relevance_kind,
            stopped=answer.decision.action is not Action.APPROVE,
        )
        for row, answer in zip(rows, answer_rows(model, policy, rows), strict=True)
    ]
    on_topic = [row for row in rows if row.kind is RelevanceKind.ON_TOPIC]
    pairs = make_pairs(on_topic, seed=seed)
    english = [pair for pair in pairs if article_language(pair.row) == "en"]
    titles = [under_title(pair) for pair in english]
    others = [(pair, False) for pair in pairs if pair.made]
    others += [(pair, True) for pair in titles]
    scores = score_rows(model, [pair.row for pair, _ in others])
    said += [
        Said(pair.row, pair.made, title_only, False, found.values, found.relevance_kind, None)
        for (pair, title_only), found in zip(others, scores, strict=True)
    ]
    earlier = [_others_said(on_topic, pair.row) for pair in titles]
    return said + [
        Said(pair.row, pair.made, True, True, found.values, found.relevance_kind, None)
        for pair, found in zip(
            titles, score_heard(model, [pair.row for pair in titles], earlier), strict=True
        )
    ]


def _others_said(on_topic: Sequence[Row], row: Row) -> list[str]:
    """Give what others wrote under the article of a row: as many comments as serving reads."""
    article = (row.article or Article()).id
    texts = [other.text for other in on_topic if other.group == article and other.text != row.text]
    return texts[:EARLIER]


def _ask_threads(
    model: LearnedModel, shelf: Shelf, good: Sequence[Row], bad: Sequence[Row]
) -> Thread:
    rows = [*good, *bad]
    scores = score_rows(model, rows)
    pairs = [Pair(row, number, made=False) for number, row in enumerate(rows)]
    remarks = remarks_of(pairs, model.reader, model.heads)
    return Thread(
        bad=np.repeat([0.0, 1.0], [len(good), len(bad)]),
        said=np.array([said_or_half(found.values["relevance"]) for found in scores], np.float64),
        features=pair_features(pairs, model.reader, shelf, np.asarray(model.heads.idf), remarks),
        heard=overhear_rows(rows, model),
        groups=np.array([row.group for row in rows], dtype=np.str_),
    )


def said_or_half(probability: float | None) -> float:
    """Give a probability; a head that failed is taken for one that does not know."""
    return 0.5 if probability is None else probability
