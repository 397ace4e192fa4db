"""The gate: what parks a model, what does not; slices, versions, canaries and the lock."""

from __future__ import annotations

import multiprocessing
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from moderation.classifiers.bundle import read_bundle, write_bundle
from moderation.errors import TrainingBusy, TrainingError
from moderation.training.evaluate import Judged
from moderation.training.publish import (
    compare,
    compare_slices,
    make_canaries,
    next_version,
    training_lock,
)
from moderation.training.slices import NO_GROUP, Sentence, Slices
from tests.classifiers.random_model import make_card, make_model

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
CHANCE = np.random.default_rng(0)
WANTED = np.tile([0.0, 1.0], 150)
LATENT = WANTED * 2 - 1 + CHANCE.normal(size=300)


def said(*, noise: float = 0.0, seed: int = 0, shift: float = 0.0) -> np.ndarray:
    """Give probabilities of a fair model, blurred or shifted."""
    blur = np.random.default_rng(seed).normal(scale=noise, size=300) if noise else 0.0
    return 1 / (1 + np.exp(-(LATENT + blur + shift)))


def judged(probabilities: Sequence[float] | np.ndarray) -> Judged:
    """Make a result on the held-back rows; three rows are a group."""
    return Judged(
        wanted=WANTED,
        said=np.asarray(probabilities, float),
        sources=np.full(300, "corpus", dtype="U9"),
        groups=(np.arange(300) // 3).astype(np.str_),
    )


def test_a_model_is_no_worse_than_itself() -> None:
    """Equal is not worse, and every difference is nothing."""
    (change,) = compare({"spam": judged(said())}, {"spam": judged(said())}).values()
    assert not change.worse
    assert change.auc_change == change.brier_change == 0


def test_probabilities_of_pairs_of_our_making_do_not_count_and_their_order_does() -> None:
    """How often a comment stands under a wrong article is our doing, not the model's to know."""
    made = np.arange(300) % 2 == 0
    live = replace(judged(said()), made=made)
    shifted = replace(judged(np.where(made, said(shift=4), said())), made=made)
    (change,) = compare({"relevance": shifted}, {"relevance": live}).values()
    assert change.brier_change == 0
    upside_down = replace(judged(np.where(made, 1 - said(), said())), made=made)
    (change,) = compare({"relevance": upside_down}, {"relevance": live}).values()
    assert change.worse
    assert change.auc_change < -0.1


def test_a_head_that_got_worse_is_named() -> None:
    """Only the head that tells good from bad less well is parked for, with its numbers."""
    live = {"spam": judged(said()), "toxicity": judged(said())}
    new = {"spam": judged(said()), "toxicity": judged(said(noise=3))}
    found = compare(new, live)
    assert not found["spam"].worse
    assert found["toxicity"].worse
    assert found["toxicity"].auc_change < 0
    text = found["toxicity"].describe("toxicity")
    assert "toxicity" in text
    assert "ROC-AUC" in text


def test_probabilities_that_drifted_are_worse_even_in_the_same_order() -> None:
    """Thresholds are set on probabilities: ranking alone is not enough."""
    (change,) = compare({"spam": judged(said(shift=2))}, {"spam": judged(said())}).values()
    assert change.auc_change == 0
    assert change.worse
    assert "Brier" in change.describe("spam")


def test_a_better_model_is_not_worse() -> None:
    """What is worse one way round is better the other."""
    (change,) = compare({"spam": judged(said())}, {"spam": judged(said(noise=3))}).values()
    assert not change.worse
    assert change.auc_low > 0


def test_labels_that_agree_with_each_other_do_not_hide_a_loss() -> None:
    """Better on a site's labels and worse on all else is worse, and the sentence says where."""

    def both(on_corpus: np.ndarray, on_labels: np.ndarray) -> Judged:
        return Judged(
            wanted=np.concatenate((WANTED, 1 - WANTED)),
            said=np.concatenate((on_corpus, on_labels)),
            sources=np.repeat(["corpus", "labels"], 300),
            groups=np.concatenate((np.arange(300), np.arange(300) + 1000)).astype(np.str_),
        )

    live = {"spam": both(said(), said())}
    (change,) = compare({"spam": both(said(noise=1.5), 1 - said())}, live).values()
    assert change.worse
    assert "not this site's labels" in change.describe("spam")
    (change,) = compare({"spam": both(said(), 1 - said())}, live).values()
    assert not change.worse


@pytest.mark.parametrize("new_offers", [True, False])
def test_a_score_that_only_one_model_offers_is_not_compared(new_offers: bool) -> None:
    """Taking a score back parks nothing, and a first one has nothing to be worse than."""
    good, bad = judged(said()), judged(np.full(300, 0.5))
    silent = replace(good if new_offers else bad, offered=False)
    pair = (bad, silent) if new_offers else (silent, good)
    (change,) = compare({"likely_to_reject": pair[0]}, {"likely_to_reject": pair[1]}).values()
    assert not change.worse
    assert change.as_numbers() == {}
    # Were both offered, the same numbers would be a loss.
    (change,) = compare({"likely_to_reject": bad}, {"likely_to_reject": good}).values()
    assert change.worse


def test_noise_hardly_ever_parks() -> None:
    """Of two models that are equally good, the new one is seldom called worse."""
    worse = sum(
        compare(
            {"spam": judged(said(noise=0.5, seed=2 * number + 1))},
            {"spam": judged(said(noise=0.5, seed=2 * number + 2))},
        )["spam"].worse
        for number in range(20)
    )
    assert worse <= 3


def test_where_nothing_can_be_measured_nothing_is_worse() -> None:
    """A head without enough rows neither parks nor promotes; the card says nothing of it."""
    few = Judged(WANTED[:8], said()[:8], np.full(8, "corpus"), np.arange(8).astype(np.str_))
    none = Judged(*(np.empty(0),) * 2, *(np.empty(0, np.str_),) * 2)
    for result in (few, none):
        (change,) = compare({"spam": result}, {"spam": result}).values()
        assert not change.worse
        assert change.as_numbers() == {}


def test_comparing_twice_gives_the_same() -> None:
    """The bootstrap is seeded."""
    pair = {"spam": judged(said(noise=1))}, {"spam": judged(said())}
    assert compare(*pair, seed=5) == compare(*pair, seed=5)


def test_versions_count_up_within_a_day(tmp_path: Path) -> None:
    """The first free number of the day; other days do not count, nor do drafts."""
    assert next_version(tmp_path, NOON) == "20260301-1"
    for name in ("20260301-1", "20260301-2", "20260228-9", ".draft-x"):
        (tmp_path / name).mkdir()
    assert next_version(tmp_path, NOON) == "20260301-3"
    # Versions are read in their order: a later model may not stand before an earlier one.
    (tmp_path / "20260301-1").rmdir()
    assert next_version(tmp_path, NOON) == "20260301-3"


def test_canaries_hold_for_the_model_they_were_made_with(tmp_path: Path) -> None:
    """A bundle written with them loads; their scores cover every head."""
    model = make_model()
    canaries = make_canaries(model)
    assert len(canaries) >= 5
    assert any(canary.title for canary in canaries)
    assert any(canary.scores["relevance"] is None for canary in canaries)
    write_bundle(tmp_path, model, make_card(canaries=canaries))
    assert read_bundle(tmp_path, model.version).version == model.version


def _hold(folder: Path, pipe: Connection) -> None:
    with training_lock(folder):
        pipe.send("held")
        pipe.recv()


def test_a_second_run_is_told_that_it_is_the_second(tmp_path: Path) -> None:
    """While another process trains, the folder is busy; when it ends, or dies, it is free."""
    context: Any = multiprocessing.get_context("spawn")
    for stop in ("let go", "die"):
        ours, theirs = context.Pipe()
        process = context.Process(target=_hold, args=(tmp_path, theirs))
        process.start()
        theirs.close()
        try:
            assert ours.recv() == "held"
            with pytest.raises(TrainingBusy), training_lock(tmp_path):
                pass
        finally:
            process.kill() if stop == "die" else ours.send("end")
            process.join(timeout=20)
        with training_lock(tmp_path):
            pass


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    """A file where the folder should be is an error in one sentence, not a traceback."""
    (tmp_path / "models").write_text("", encoding="utf-8")
    for folder in (tmp_path / "models", tmp_path / "models" / "deeper"):
        with pytest.raises(TrainingError, match="models"), training_lock(folder):
            pass


def slices(alarms: Sequence[bool]) -> Slices:
    """Make a result on sentences that name a group, and on one that names none and is held."""
    sentences = [
        Sentence(f"en-g{number}", "en", "religion", f"Sentence {number}.")
        for number in range(len(alarms))
    ]
    sentences.append(Sentence("en-n1", "en", NO_GROUP, "It rains."))
    held = np.array([*alarms, True])
    return Slices(tuple(sentences), held, held.astype(float))


def held(count: int, *, of: int = 200, first: int = 0) -> Slices:
    """Make a result with so many false alarms, from a given place on."""
    return slices([first <= number < first + count for number in range(of)])


def test_names_of_groups_that_raise_toxicity_park_a_model() -> None:
    """Ten sentences in two hundred that were fine before are no accident; the sentence says so."""
    change = compare_slices(held(10), held(0))
    assert change.worse
    assert change.as_numbers()["false_alarms"] == 10
    text = change.describe()
    assert "10 of 200" in text
    assert "name a group" in text


def test_the_same_false_alarms_are_not_worse() -> None:
    """A live model's own faults do not park the next one."""
    assert not compare_slices(held(30), held(30)).worse
    assert not compare_slices(held(10), held(30)).worse


def test_false_alarms_that_only_moved_are_noise() -> None:
    """As many gone as new is chance."""
    change = compare_slices(held(12), held(11, first=12))
    assert (change.worse_pairs, change.better_pairs) == (12, 11)
    assert not change.worse


def test_few_false_alarms_are_borne() -> None:
    """Below two in a hundred even a sure change is not worth parking for."""
    change = compare_slices(held(8, of=1000), held(0, of=1000))
    assert change.chance < 0.01
    assert not change.worse


def test_sentences_without_a_group_do_not_count_in_the_gate() -> None:
    """They are there to compare with in the report; and without sentences nothing blocks."""
    change = compare_slices(slices([]), slices([]))
    assert not change.worse
    assert change.as_numbers() == {}
