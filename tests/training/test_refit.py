"""Learning curve and ablation: what is fitted on what, and measured on what."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import pytest

from moderation.classifiers.model import Model
from moderation.training.encode import FEATURE_GROUPS, encode
from moderation.training.refit import ablation, learning_curve
from moderation.training.rows import Row, Split, split_of
from tests.classifiers.random_model import make_model
from tests.training.word_model import WordModel

pytestmark = pytest.mark.usefixtures("in_threads")

ROWS = [
    Row(f"{'buy' if n % 2 else 'see'} {n}", "corpus", str(n // 2), spam=bool(n % 2))
    for n in range(800)
]


class Fitter:
    """Remembers what it was given to fit on; its models see what they were not denied."""

    def __init__(self) -> None:
        self.calls: list[tuple[list[Row], tuple[str, ...]]] = []

    def __call__(self, rows: Sequence[Row], without: Collection[str]) -> Model:
        """Fit, as it were."""
        self.calls.append((list(rows), tuple(without)))
        return WordModel({"spam": "nothing" if "n-grams" in without else "buy"})


def test_each_share_is_within_the_next() -> None:
    """By whole groups, with all rows to calibrate on and none that is held back."""
    fit = Fitter()
    found = learning_curve(fit, ROWS, shares=(0.25, 0.5, 1.0))
    texts = [{row.text for row in rows} for rows, _ in fit.calls]
    assert texts[0] < texts[1] < texts[2]
    assert [point.name for point in found] == ["25%", "50%", "100%"]
    for rows, without in fit.calls:
        assert not without
        assert all(split_of(row) is not Split.TEST for row in rows)
        calibrating = [row for row in rows if split_of(row) is Split.CALIBRATE]
        assert len(calibrating) == sum(split_of(row) is Split.CALIBRATE for row in ROWS)
        groups = {row.group for row in rows}
        assert len(rows) == 2 * len(groups)
    assert 0.15 < found[0].rows / found[2].rows < 0.35
    assert found[2].measured["spam"].auc == 1


def test_every_group_of_features_is_left_out_once() -> None:
    """What is lost without one is measured on the same rows."""
    fit = Fitter()
    found = ablation(fit, ROWS)
    assert [without for _, without in fit.calls] == [(group,) for group in FEATURE_GROUPS]
    aucs = {point.name: point.measured["spam"].auc for point in found}
    assert aucs["without n-grams"] == 0.5
    assert aucs["without shape"] == 1


def test_features_left_out_say_nothing() -> None:
    """Encoded texts look alike in what was left out, and as before in the rest."""
    texts = ["The harbour council!", "tram tram tram"]
    every = encode(texts, make_model().reader)
    assert every.without(()).dense.tolist() == every.dense.tolist()
    assert every.without({"n-grams"}).buckets.nnz == 0
    bare = every.without({"shape", "lists", "meaning"})
    assert not bare.dense.any()
    assert bare.buckets.nnz == every.buckets.nnz
    shapeless = every.without({"shape"}).dense
    assert shapeless.any()
    assert (shapeless != every.dense).any()
