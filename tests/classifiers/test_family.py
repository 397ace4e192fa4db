"""Tests of the word for what spam looks like."""

from __future__ import annotations

import numpy as np

from moderation.classifiers.family import FAMILY_WORDS, SpamFamilies, no_families
from moderation.classifiers.model import Item
from moderation.text import normalise
from tests.classifiers.random_model import make_model

FAMILIES = SpamFamilies(
    np.array(["crypto", "dating", "gambling"]),
    np.eye(3, dtype=np.float32) * 4,
    np.zeros(3, np.float32),
)


def test_the_family_that_stands_out_is_named() -> None:
    """In the words of a moderator, not of the corpus."""
    said = FAMILIES.likeliest(np.array([0, 1, 0], np.float32))
    assert said == f"Most like {FAMILY_WORDS['dating']}."


def test_where_none_stands_out_none_is_named() -> None:
    """A guess among three is no help to anybody."""
    assert FAMILIES.likeliest(np.zeros(3, np.float32)) is None


def test_a_number_that_is_none_names_nothing() -> None:
    """A broken part abstains."""
    assert FAMILIES.likeliest(np.array([np.nan, 0, 0], np.float32)) is None


def test_a_model_without_families_names_none() -> None:
    """A small corpus teaches none."""
    assert no_families(3).likeliest(np.ones(3, np.float32)) is None


def test_only_what_looks_like_spam_is_given_a_family() -> None:
    """The sentence stands beside the spam score, where it is shown why."""
    model = make_model()
    texts = [normalise(f"word number {n} and the council") for n in range(60)]
    scored = model.score([Item(text) for text in texts])
    named = [scores for scores in scored if "spam" in scores.notes]
    assert named
    assert all((scores.values["spam"] or 0) >= 0.2 for scores in named)
    assert all(scores.notes["spam"].startswith("Most like ") for scores in named)
