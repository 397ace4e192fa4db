"""Tests of what is ordinary in a language, and of taking it away."""

from __future__ import annotations

import numpy as np

from moderation.classifiers.background import Background, centred, empty_background

SIZE = 8


def make(english: int, french: int) -> Background:
    """Make a background of so many articles a language, with a mean for English alone."""
    chance = np.random.default_rng(1)
    count = english + french
    return Background(
        chance.normal(size=(count, SIZE)).astype(np.float32),
        np.array(["en"] * english + ["fr"] * french),
        np.array(["", "en"]),
        np.stack([np.full(SIZE, 0.1), np.full(SIZE, 0.2)]).astype(np.float32),
        np.stack([np.full(SIZE, 0.3), np.full(SIZE, 0.4)]).astype(np.float32),
    )


def test_a_language_is_compared_with_its_own_articles_when_there_are_enough() -> None:
    """Two French articles say little of what is ordinary in French: then all are asked."""
    background = make(english=9, french=2)
    assert len(background.vectors[background.of("en")]) == 9
    assert len(background.vectors[background.of("fr")]) == 11
    assert len(background.vectors[background.of("unknown")]) == 11


def test_a_language_without_a_mean_has_that_of_all() -> None:
    """Also one that nobody named."""
    background = make(english=9, french=2)
    assert background.sentence_mean("en")[0] == np.float32(0.2)
    assert background.sentence_mean("fr")[0] == background.sentence_mean("")[0] == np.float32(0.1)
    assert background.comment_mean("en")[0] == np.float32(0.4)
    assert background.comment_mean("unknown")[0] == np.float32(0.3)


def test_what_all_have_in_common_is_no_nearness() -> None:
    """Two texts that share only what all texts share are no longer alike once it is gone."""
    common = np.zeros(SIZE, np.float32)
    common[0] = 0.9
    pair = np.zeros((2, SIZE), np.float32)
    pair[:, 0] = 0.9
    pair[0, 1] = pair[1, 2] = np.sqrt(1 - 0.81)
    assert pair[0] @ pair[1] > 0.8
    moved = centred(pair, common)
    assert abs(moved[0] @ moved[1]) < 1e-6
    assert np.allclose(np.linalg.norm(moved, axis=1), 1)


def test_a_text_that_says_nothing_still_says_nothing() -> None:
    """An empty sentence must not become the opposite of the mean."""
    moved = centred(np.zeros((1, SIZE), np.float32), np.full(SIZE, 0.5, np.float32))
    assert not moved.any()


def test_the_empty_background_takes_nothing_away() -> None:
    """It compares with no article, in any language."""
    background = empty_background(SIZE)
    assert background.vectors[background.of("en")].shape == (0, SIZE)
    assert not background.comment_mean("en").any()
