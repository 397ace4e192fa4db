"""A model that is there already, measured anew: `evaluate`, with and without what takes long."""

from __future__ import annotations

import pytest
from joblib import parallel_config

from moderation.config import Config
from moderation.errors import BundleMissing
from moderation.terms import HEADS
from moderation.training.recipe import evaluate
from tests.training.conftest import BASE
from tests.training.runs import run, tree

pytestmark = pytest.mark.usefixtures("in_threads", "few_rounds")


def test_a_model_can_be_measured_again(tiny: Config) -> None:
    """`evaluate` gives the table that training gave, and writes the full report in its place."""
    done = run(tiny)
    folder = tiny.models_dir / done.result.version
    short = (folder / "report.md").read_text(encoding="utf-8")
    said: list[str] = []
    assert evaluate(tiny, version=done.result.version, say=said.append) == done.result.table
    full = (folder / "report.md").read_text(encoding="utf-8")
    for part in (done.result.table, "## Attacks", "## Names of groups", "## Speed"):
        assert part in full
    assert short.partition("## Learned from")[2] == full.partition("## Learned from")[2]
    # Scores that the model does not give have no figure.
    given = set(HEADS) - {"identity_attack", "likely_to_reject"}
    assert {path.name for path in (folder / "report").iterdir()} == {f"{h}.svg" for h in given}
    assert str(folder / "report.md") in said[-1]
    # The bundle is as sound as before.
    assert done.model().version == done.result.version


def test_an_unknown_model_is_named(small: Config) -> None:
    """There is nothing to measure, and nothing is written."""
    before = tree(small.models_dir)
    with pytest.raises(BundleMissing):
        evaluate(small, version="20200101-1", say=lambda line: None)
    assert tree(small.models_dir) == before


@pytest.mark.slow
def test_models_are_fitted_anew_on_request(tiny: Config) -> None:
    """The learning curve and the ablation are in the report, and no model is left behind."""
    evaluate(tiny, refit=True, say=lambda line: None)
    folder = tiny.models_dir / BASE
    text = (folder / "report.md").read_text(encoding="utf-8")
    for name in ("12%", "25%", "50%", "100%", "without n-grams", "without meaning"):
        assert f"| {name} |" in text
    assert (folder / "report" / "learning-curve.svg").exists()
    names = {path.name for path in tiny.models_dir.iterdir()} - {".training.lock"}
    assert names == {BASE, "current"}


@pytest.mark.slow
def test_places_never_seen_are_measured_on_request(tiny: Config) -> None:
    """The report says first what is reached and what is not; no model is left behind."""
    folder = tiny.models_dir / BASE
    evaluate(tiny, say=lambda line: None)
    plain = (folder / "report.md").read_text(encoding="utf-8")
    # Without threads: which warnings are shown is decided for all of them at once.
    with parallel_config(backend="sequential"):
        evaluate(tiny, elsewhere=True, say=lambda line: None)
    text = (folder / "report.md").read_text(encoding="utf-8")
    for report in (plain, text):
        assert report.index("## Numbers to reach") < report.index("## Held-back quality")
        assert "not measured: needs the sets for measuring only" in report
    assert "## Places it never saw" not in plain
    part = text.partition("## Places it never saw")[2].partition("\n## ")[0]
    assert "| toxicity, fa left out |" not in part
    assert "| kinds of relevance | our corpus |" in part
    assert "held-back articles" in plain.partition("## Held-back")[0]
    assert "held-back articles" not in text.partition("## Held-back")[0]
    names = {path.name for path in tiny.models_dir.iterdir()} - {".training.lock"}
    assert names == {BASE, "current"}
