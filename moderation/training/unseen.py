"""
How well our own corpus, and SemEval's threads, are judged by models that never saw their articles.

Works out numbers of what `cross_fit` was told; fits nothing but what bad answers teach.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from moderation.classifiers.reading import Reader
from moderation.classifiers.reject import REJECT
from moderation.policy import Policy
from moderation.terms import HEADS, RelevanceKind
from moderation.training.budgets import REJECTING, as_outcome, try_head
from moderation.training.cross_fit import (
    FOLDS,
    THREADS,
    Said,
    Thread,
    article_language,
    cross_fit,
    said_or_half,
)
from moderation.training.curves import calibration
from moderation.training.encode import Encoded
from moderation.training.evaluate import Judged
from moderation.training.examine import BAD_SHARE
from moderation.training.fit import targets
from moderation.training.fit_reject import judge_in_parts
from moderation.training.intervals import Estimate, estimate, share
from moderation.training.outcomes import LEAST, METRICS, Outcome, outcome
from moderation.training.rows import Row

__all__ = ["measure_unseen"]

_JUDGED = "relevance, what people labelled"
_SWAPPED = "relevance, own article against another"
_ANSWERS = "relevance, good answers against bad ones"

Float64 = npt.NDArray[np.float64]
Int64 = npt.NDArray[np.int64]
Str = npt.NDArray[np.str_]


def measure_unseen(
    rows: Sequence[Row],
    encoded: Encoded,
    bad_answers: Sequence[Row],
    reader: Reader,
    policy: Policy,
    *,
    offered: Collection[str],
    seed: int = 0,
    say: Callable[[str], None] = lambda line: None,
) -> list[Outcome]:
    """
    Cross-fit whole models by article, and measure each on the articles it never saw.

    Args:
        rows: as for `cross_fit`, like `encoded`, `reader` and `policy`.
        bad_answers: likewise; the last numbers are fitted on those of the other threads.
        offered: heads whose calibration counts.
        seed: of every random choice.
        say: told about progress.
    """
    if not any(row.source == "corpus" for row in rows):
        return []
    say(f"fitting {FOLDS} whole models, each without a part of the articles …")
    said, threads = cross_fit(rows, encoded, bad_answers, reader, policy, seed=seed)
    return [
        *_by_language(said, seed),
        *_swapped(said, seed),
        *_kinds(said, seed),
        *_praise(said),
        *_calibrations(said, offered, seed),
        *_budgets(said, offered, seed),
        *_answers(threads, seed),
    ]


def _relevance(said: Sequence[Said]) -> tuple[Float64, Float64, Str]:
    """Give whether each is on topic, the probability of it, and its article."""
    on_topic = [float(one.row.kind is RelevanceKind.ON_TOPIC) for one in said]
    probabilities = [said_or_half(one.values["relevance"]) for one in said]
    groups = np.array([one.row.group for one in said], dtype=np.str_)
    return np.array(on_topic, np.float64), np.array(probabilities, np.float64), groups


def _labelled(said: Sequence[Said]) -> list[Said]:
    """Give the comments under their own articles whose kind people labelled."""
    return [one for one in said if not one.made and not one.title_only and one.row.kind is not None]


def _by_language(said: Sequence[Said], seed: int) -> list[Outcome]:
    chosen = [one for one in _labelled(said) if one.row.kind is not RelevanceKind.GENERIC]
    wanted, probabilities, groups = _relevance(chosen)
    languages = np.array([article_language(one.row) for one in chosen], dtype=np.str_)
    found = []
    for language in np.unique(languages):
        here = languages == language
        name, told = f"our corpus, {language}", (wanted[here], probabilities[here])
        goal = "relevance_each"
        found.append(outcome(_JUDGED, name, "ROC-AUC", *told, groups[here], seed=seed, goal=goal))
    measured = [str(one.place).rpartition(" ")[2] for one in found if np.isfinite(one.found.value)]

    def mean(rows: Int64) -> float:
        # Over the same languages in every draw; one that a draw leaves without a class is unlucky.
        numbers = [
            METRICS["ROC-AUC"](wanted[part], probabilities[part])
            for language in measured
            for part in [rows[languages[rows] == language]]
        ]
        return float(np.mean(numbers)) if numbers else float("nan")

    name = f"our corpus, mean of {len(measured)} languages"
    bad = int(wanted.sum())
    average = estimate(mean, groups, seed)
    every = Outcome(_JUDGED, name, "ROC-AUC", len(wanted), bad, average, "relevance_mean")
    return [every, *found] if found else []


def _swapped(said: Sequence[Said], seed: int) -> list[Outcome]:
    def among(one: Said, title_only: bool, heard: bool = False) -> bool:
        on_topic = one.row.kind is RelevanceKind.ON_TOPIC
        return (one.title_only, one.heard) == (title_only, heard) and (one.made or on_topic)

    found = []
    whole = [one for one in said if among(one, False)]
    for language in sorted({article_language(one.row) for one in whole}):
        part = [one for one in whole if article_language(one.row) == language]
        goal = "own_article_auc" if language == "en" else None
        name = f"our corpus, {language}"
        found.append(outcome(_SWAPPED, name, "ROC-AUC", *_relevance(part), seed=seed, goal=goal))
    for heard, what in ((False, "titles alone"), (True, "titles and what others said")):
        titles = [one for one in said if among(one, True, heard)]
        if titles:
            told = _relevance(titles)
            # A goal for sources never fitted on: one of them has no comments but its titles.
            goal = None if heard else "own_article_auc"
            name = f"our corpus, en, {what}"
            found.append(outcome(_SWAPPED, name, "ROC-AUC", *told, seed=seed, goal=goal))
    return found


def _kinds(said: Sequence[Said], seed: int) -> list[Outcome]:
    chosen = [one for one in _labelled(said) if one.kind is not None]
    if not chosen:
        return []
    wanted = np.array([str(one.row.kind) for one in chosen], dtype=np.str_)
    told = np.array([str(one.kind) for one in chosen], dtype=np.str_)
    groups = np.array([one.row.group for one in chosen], dtype=np.str_)

    def macro_f1(rows: Int64) -> float:
        return float(f1_score(wanted[rows], told[rows], average="macro"))

    off = int((wanted == RelevanceKind.OFF_TOPIC.value).sum())
    found = estimate(macro_f1, groups, seed)
    work = "kinds of relevance"
    return [Outcome(work, "our corpus", "macro F1", len(chosen), off, found, "kinds_f1")]


def _praise(said: Sequence[Said]) -> list[Outcome]:
    praise = [
        one
        for one in _labelled(said)
        if one.row.kind is RelevanceKind.GENERIC and not one.row.spam and not one.row.toxicity
    ]
    stopped = share(sum(bool(one.stopped) for one in praise), len(praise))
    found = Estimate(stopped.rate, stopped.low, stopped.high)
    name, metric = "our corpus, shipped policy", "held or rejected"
    return [Outcome("thin praise", name, metric, stopped.of, stopped.hits, found, "praise")]


def _calibrations(said: Sequence[Said], offered: Collection[str], seed: int) -> list[Outcome]:
    found = []
    for head in HEADS:
        # What moderators would do, nobody has done in our corpus.
        if head not in offered or head == REJECT:
            continue
        judged = _judged(said, head)
        error = calibration(judged, seed=seed)
        numbers = Estimate(error.error, error.low, error.high)
        bad = int(judged.wanted.sum())
        metric = "calibration error"
        found.append(
            Outcome("calibration", f"our corpus, {head}", metric, error.rows, bad, numbers, "ece")
        )
    return found


def _budgets(said: Sequence[Said], offered: Collection[str], seed: int) -> list[Outcome]:
    return [
        as_outcome(tried)
        for head in REJECTING
        if head in offered
        for tried in try_head(head, _judged(said, head), BAD_SHARE, corpus=True, seed=seed)
    ]


def _judged(said: Sequence[Said], head: str) -> Judged:
    """Give what was said of our comments under their own articles, where a head is labelled."""
    own = [one for one in said if not one.made and not one.title_only]
    rows = [one.row for one in own]
    if head == "relevance":
        wanted = np.array(
            [
                np.nan if row.kind is None else float(row.kind is not RelevanceKind.OFF_TOPIC)
                for row in rows
            ],
            np.float64,
        )
    else:
        wanted = targets(rows, head).astype(np.float64)
    here = np.flatnonzero(~np.isnan(wanted))
    return Judged(
        wanted=wanted[here],
        said=np.array([said_or_half(own[int(i)].values[head]) for i in here], np.float64),
        sources=np.array([rows[int(i)].source for i in here], dtype=np.str_),
        groups=np.array([rows[int(i)].group for i in here], dtype=np.str_),
    )


def _answers(threads: Sequence[Thread], seed: int) -> list[Outcome]:
    bad = np.concatenate([thread.bad for thread in threads])
    if min(bad.sum(), len(bad) - bad.sum()) < LEAST:
        return []
    good = 1 - bad
    groups = np.concatenate([thread.groups for thread in threads])
    said = np.concatenate([thread.said for thread in threads])
    # Each thread is judged by what the labels of the other parts teach, read through models that
    # saw neither: once as a site's verdicts teach `likely_to_reject`, and once about how an answer
    # meets its thread alone, whatever its wording.
    taught = []
    for number, thread in enumerate(threads):
        others = [other for place, other in enumerate(threads) if place != number]
        if len(np.unique(np.concatenate([other.bad for other in others]))) < 2:
            return []
        learner = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
        learner.fit(
            np.concatenate([other.features for other in others]),
            np.concatenate([1 - other.bad for other in others]),
        )
        taught.append(learner.predict_proba(thread.features)[:, 1])
    verdicts = -judge_in_parts([thread.heard for thread in threads], [t.bad for t in threads])
    found = [
        ("taught by the other threads' labels as by a site's verdicts", verdicts, "answers_auc"),
        ("the same, by how they meet their thread alone", np.concatenate(taught), None),
        ("as shipped: never told of a bad answer", said, None),
    ]
    return [
        outcome(_ANSWERS, f"{THREADS}, {how}", "ROC-AUC", good, told, groups, seed=seed, goal=goal)
        for how, told, goal in found
    ]
