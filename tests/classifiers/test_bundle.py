"""A bundle is loaded only when everything its card promises holds, and a refusal says which."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import joblib
import numpy as np
import pytest

from moderation.classifiers.bundle import (
    Canary,
    Evidence,
    activate,
    canary_scores,
    current_version,
    list_bundles,
    previous_version,
    read_bundle,
    read_card,
    write_bundle,
)
from moderation.classifiers.model import Item
from moderation.errors import BundleMissing, BundleRefused
from moderation.text import normalise
from tests.classifiers.random_model import make_card, make_model, make_reject

TEXT = "Fr\u0435e bonus, the tram is late again"


def _write(models_dir: Path, version: str, **changes: object) -> Path:
    model = make_model(version, seed=int(version[-1]))
    blank = Canary(TEXT, "Tram", "The harbour bridge.", {})
    canary = Canary(TEXT, "Tram", "The harbour bridge.", canary_scores(model, blank))
    card = make_card(version, **{"canaries": (canary,), **changes})
    return write_bundle(models_dir, model, card)


def _edit_card(folder: Path, **changes: object) -> None:
    content = json.loads((folder / "card.json").read_text())
    (folder / "card.json").write_text(json.dumps({**content, **changes}))


def test_a_bundle_comes_back_as_it_was_written(tmp_path: Path) -> None:
    """Scores are the same before and after the disk."""
    _write(tmp_path, "20260301-1")
    item = Item(normalise(TEXT))
    before = make_model("20260301-1", seed=1).score([item])[0]
    assert read_bundle(tmp_path, "20260301-1").score([item])[0] == before


def test_what_verdicts_taught_comes_back_too(tmp_path: Path) -> None:
    """With the head the bundle gives its score; one written without it, as all were, gives None."""
    for version, reject in (("20260301-1", make_reject()), ("20260301-2", None)):
        model = replace(make_model(version), reject=reject)
        write_bundle(tmp_path, model, make_card(version))
        item = Item(normalise(TEXT))
        scores = read_bundle(tmp_path, version).score([item])[0]
        assert scores == model.score([item])[0]
        assert (scores.values["likely_to_reject"] is None) is (reject is None)


def test_verdicts_learned_from_another_reading_are_refused(tmp_path: Path) -> None:
    """Weights that fit nothing are found when the bundle is loaded, not at the first comment."""
    model = replace(make_model(), reject=make_reject())
    path = write_bundle(tmp_path, model, make_card()) / "model.joblib"
    content = joblib.load(path)
    content["reject"]["numbers"] = content["reject"]["numbers"][1:]
    joblib.dump(content, path)
    _edit_card(path.parent, sha256=hashlib.sha256(path.read_bytes()).hexdigest())
    with pytest.raises(BundleRefused, match="likely_to_reject has weights of the shapes"):
        read_bundle(tmp_path, model.version)


def test_a_cards_evidence_comes_back_and_is_one_line_a_list(tmp_path: Path) -> None:
    """Thousands of numbers do not hide what a person reads in a card, and no text is touched."""
    evidence = {"spam": Evidence((0.9812, 0.5, 0.0), (1, 0, 0)), "toxicity": Evidence((), ())}
    canary = Canary("[ 1,\n 2 ]", None, None, {})
    folder = _write(tmp_path, "20260301-1", evidence=evidence, canaries=(canary,))
    card = read_card(tmp_path, "20260301-1")
    assert (card.evidence, card.canaries) == (evidence, (canary,))
    lines = (folder / "card.json").read_text().splitlines()
    assert '   "scores": [0.9812, 0.5, 0.0],' in lines


def test_a_card_without_evidence_is_read(tmp_path: Path) -> None:
    """Models made before there were error budgets serve on."""
    folder = _write(tmp_path, "20260301-1")
    content = json.loads((folder / "card.json").read_text())
    del content["evidence"]
    (folder / "card.json").write_text(json.dumps(content))
    assert read_card(tmp_path, "20260301-1").evidence == {}


def test_a_model_says_in_which_languages_it_was_measured(tmp_path: Path) -> None:
    """By its card; a card that notes none, as all did, leaves those of the articles it carries."""
    folder = _write(tmp_path, "20260301-1")
    assert read_bundle(tmp_path, "20260301-1").languages == {"en"}
    _edit_card(folder, languages=["en", "nl"])
    assert read_bundle(tmp_path, "20260301-1").languages == {"en", "nl"}


@pytest.mark.parametrize(
    "evidence",
    [[], {"spam": []}, {"spam": {"scores": [0.1], "bad": []}}, {"spam": {"scores": ["x"]}}],
)
def test_evidence_of_another_form_is_refused(tmp_path: Path, evidence: object) -> None:
    """A card that cannot be read right is not read at all."""
    _edit_card(_write(tmp_path, "20260301-1"), evidence=evidence)
    with pytest.raises(BundleRefused, match=r"card\.json cannot be read"):
        read_card(tmp_path, "20260301-1")


def test_a_model_is_of_the_family_of_its_root(tmp_path: Path) -> None:
    """One fitted from nothing is its own root; one on top of it names it."""
    _write(tmp_path, "20260301-1")
    _write(tmp_path, "20260302-1", notes={"root": "20260301-1"})
    assert [read_card(tmp_path, v).root for v in ("20260301-1", "20260302-1")] == ["20260301-1"] * 2


def test_weights_are_memory_mapped_and_read_only(tmp_path: Path) -> None:
    """The large tables are views of the file, so that all workers share its pages."""
    _write(tmp_path, "20260301-1")
    model = read_bundle(tmp_path, "20260301-1")
    for table in (model.heads.weights, model.heads.idf, model.reader.space.rows):
        assert isinstance(table.base, np.memmap)
        assert not table.flags.writeable


def test_a_model_of_the_layout_before_is_read_as_it_was(tmp_path: Path) -> None:
    """What a site trained, with a row for every word, stays live after an upgrade."""
    folder = _write(tmp_path, "20260301-1")
    path = folder / "model.joblib"
    content = joblib.load(path)
    del content["space"]["row_of"], content["relevance"]["titles"]
    joblib.dump(content, path, compress=0, protocol=5)
    _edit_card(folder, format=3, sha256=hashlib.sha256(path.read_bytes()).hexdigest())
    old = read_bundle(tmp_path, "20260301-1")
    assert np.array_equal(old.reader.space.row_of, np.arange(len(old.reader.space.words)))
    assert old.relevance.titles.tolist() == [1, 0, 0, 0]


def test_one_changed_byte_is_refused_before_loading(tmp_path: Path) -> None:
    """The digest is checked first: a joblib file that was tampered with is never unpickled."""
    folder = _write(tmp_path, "20260301-1")
    content = bytearray((folder / "model.joblib").read_bytes())
    content[len(content) // 2] ^= 1
    (folder / "model.joblib").write_bytes(bytes(content))
    with pytest.raises(BundleRefused, match="SHA-256"):
        read_bundle(tmp_path, "20260301-1")


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"libraries": {"scikit-learn": "0.24.1"}}, "scikit-learn 0.24.1"),
        ({"format": 99}, "layout is 99"),
        ({"version": "20260301-7"}, "card is that of 20260301-7"),
        ({"unheard_of": 1}, "card.json cannot be read"),
    ],
)
def test_a_card_that_does_not_fit_is_refused(
    tmp_path: Path, changes: dict[str, object], why: str
) -> None:
    """Another scikit-learn, layout or version is refused by name."""
    folder = _write(tmp_path, "20260301-1")
    _edit_card(folder, **changes)
    with pytest.raises(BundleRefused, match=why):
        read_bundle(tmp_path, "20260301-1")


def test_moved_canaries_are_refused(tmp_path: Path) -> None:
    """A canary that scores otherwise than in training names its head."""
    folder = _write(tmp_path, "20260301-1")
    content = json.loads((folder / "card.json").read_text())
    content["canaries"][0]["scores"]["toxicity"] += 0.01
    _edit_card(folder, canaries=content["canaries"])
    with pytest.raises(BundleRefused, match="canary 1 moved: toxicity"):
        read_bundle(tmp_path, "20260301-1")


@pytest.mark.parametrize("version", ["20260301-9", "../20260301-1", "latest", "", "20260301-1/.."])
def test_an_unknown_version_is_missing_and_reaches_no_path(tmp_path: Path, version: str) -> None:
    """Only the exact form of a version may become a path."""
    _write(tmp_path, "20260301-1")
    with pytest.raises(BundleMissing):
        read_bundle(tmp_path, version)


def test_current_is_rewritten_only_for_a_bundle_that_holds(tmp_path: Path) -> None:
    """Activating a broken bundle leaves the live one live."""
    _write(tmp_path, "20260301-1")
    folder = _write(tmp_path, "20260301-2")
    activate(tmp_path, "20260301-1")
    (folder / "model.joblib").write_bytes(b"no")
    with pytest.raises(BundleRefused):
        activate(tmp_path, "20260301-2")
    assert current_version(tmp_path) == "20260301-1"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["20260301-1", "20260301-2", "current"]


@pytest.mark.parametrize("content", [None, "", "nonsense", "../../etc/passwd\n"])
def test_a_current_that_names_nothing_is_missing(tmp_path: Path, content: str | None) -> None:
    """No file, an empty one and one that names no version all say to train."""
    if content is not None:
        (tmp_path / "current").write_text(content)
    with pytest.raises(BundleMissing):
        current_version(tmp_path)


def test_a_taken_version_is_never_overwritten(tmp_path: Path) -> None:
    """Writing the same version twice raises and leaves no draft behind."""
    _write(tmp_path, "20260301-1")
    with pytest.raises(FileExistsError):
        _write(tmp_path, "20260301-1")
    assert [p.name for p in tmp_path.iterdir()] == ["20260301-1"]


def test_the_list_says_which_is_live_parked_or_broken(tmp_path: Path) -> None:
    """Models are listed by age, number ten after number nine, with what is wrong with each."""
    _write(tmp_path, "20260301-9")
    _write(tmp_path, "20260302-1", parked_because="spam got worse")
    broken = _write(tmp_path, "20260303-1")
    (broken / "card.json").write_text("{")
    activate(tmp_path, "20260301-9")
    listed = {info.version: info for info in list_bundles(tmp_path)}
    assert list(listed) == ["20260301-9", "20260302-1", "20260303-1"]
    assert listed["20260301-9"].live
    assert listed["20260302-1"].parked_because == "spam got worse"
    assert "cannot be read" in (listed["20260303-1"].problem or "")


def test_rollback_goes_to_the_last_model_that_was_good(tmp_path: Path) -> None:
    """Parked models are passed over; with none older there is nothing to go back to."""
    _write(tmp_path, "20260301-1")
    _write(tmp_path, "20260301-2", parked_because="worse")
    _write(tmp_path, "20260301-3")
    activate(tmp_path, "20260301-3")
    assert previous_version(tmp_path) == "20260301-1"
    activate(tmp_path, "20260301-1")
    assert previous_version(tmp_path) is None
