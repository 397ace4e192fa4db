"""Hashed n-grams: the vectorised hash says what a plain loop says, at every place."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moderation.classifiers.features import NGRAM_BITS, SHAPE_NAMES, featurise, grams
from moderation.text import normalise

_TEXTS = st.text(alphabet=st.sampled_from("ab ,é۱سلام中文😀-"), max_size=40)


def _plain_ngrams(folded: str, n: int) -> list[tuple[int, str]]:
    padded = f" {folded} "
    found = [(i - 1, padded[i : i + n]) for i in range(len(padded) - n + 1)]
    return [(start, piece) for start, piece in found if " " not in piece[1:-1]]


@settings(max_examples=150, deadline=None)
@given(_TEXTS)
def test_ngrams_are_those_of_a_plain_loop(text: str) -> None:
    """Each n gives one hash for each n-gram within a word, at its place, equal for equal ones."""
    folded = normalise(text).folded
    made = grams(folded)
    starts, lengths = made.places()
    assert made.long.size == np.count_nonzero(lengths >= 4)
    for n in (2, 3, 4, 5):
        plain = _plain_ngrams(folded, n)
        hashes = made.characters[lengths == n]
        assert starts[lengths == n].tolist() == [start for start, _ in plain]
        by_text = dict(zip((piece for _, piece in plain), hashes.tolist(), strict=True))
        assert [by_text[piece] for _, piece in plain] == hashes.tolist()
        assert len(set(by_text.values())) == len(by_text)


@settings(max_examples=150, deadline=None)
@given(_TEXTS)
def test_word_places_cut_out_whole_words(text: str) -> None:
    """Word places cut whole words out of the text; a Chinese character or emoji is a word."""
    folded = normalise(text).folded
    made = grams(folded)
    words = [folded[s:e] for s, e in zip(made.word_starts, made.word_ends, strict=True)]
    assert all(word and " " not in word and "," not in word for word in words)
    assert all(len(word) == 1 for word in words if word[0] in "中文😀")
    assert made.bigrams.size == max(0, len(words) - 1)


def test_a_word_has_one_hash_wherever_it_stands() -> None:
    """A word's hash does not depend on what stands before it."""
    alone = grams("bridge").words[0]
    assert alone in grams("the old bridge, closed").words
    assert alone not in grams("bridges").words


def test_long_texts_hash_like_short_ones() -> None:
    """Beyond the tables' first size the same words keep their hashes."""
    words = grams("tram " * 3000 + "harbour").words
    assert words[-1] == grams("harbour").words[0]
    assert words[0] == words[-2] == grams("tram").words[0]


def test_buckets_are_distinct_sorted_and_in_range() -> None:
    """A text's buckets are a set: repeating a word adds none."""
    buckets = featurise(normalise("noise noise noise")).ngram_indices
    assert (np.diff(buckets) > 0).all()
    assert 0 <= buckets[0] <= buckets[-1] < 2**NGRAM_BITS
    once = featurise(normalise("noise noise")).ngram_indices
    assert set(once) == set(buckets)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=60))
def test_shape_is_finite_for_any_text(text: str) -> None:
    """Shape counts are finite numbers, whatever is sent."""
    shape = featurise(normalise(text)).shape
    assert shape.shape == (len(SHAPE_NAMES),)
    assert np.isfinite(shape).all()


def test_shouting_shows_in_the_shape() -> None:
    """Capitals and exclamation marks move their counts."""
    names = {name: i for i, name in enumerate(SHAPE_NAMES)}
    loud, calm = (featurise(normalise(t)).shape for t in ("BUY NOW!!", "buy now"))
    assert loud[names["upper_share"]] > 0.9 > calm[names["upper_share"]]
    assert loud[names["exclamations"]] > calm[names["exclamations"]]


@pytest.mark.parametrize(
    "disguised",
    ["you 1d10t", "you i.d.i.o.t", "you id\u200biot", "you idi\u043et", "y\u200bou idiot"],
)
def test_a_disguise_seen_through_leaves_no_trace_in_the_shape(disguised: str) -> None:
    """Digits, dots and hidden characters that were read as letters are not counted as such."""
    assert np.array_equal(
        featurise(normalise(disguised)).shape, featurise(normalise("you idiot")).shape
    )
