"""`corpus` counts and checks; `train` refuses to run twice at once."""

from __future__ import annotations

from moderation.training.publish import training_lock
from tests.corpora import COMMENT, write_corpus


def test_the_corpus_is_counted(run, home) -> None:
    """`corpus` prints a line for each language."""
    write_corpus(home / "training_data", COMMENT)
    titles, counts = run("corpus").out.splitlines()
    assert dict(zip(titles.split(), counts.split(), strict=True)) == {
        "LANGUAGE": "en",
        "ARTICLES": "1",
        "COMMENTS": "1",
        "ON_TOPIC": "1",
    }


def test_a_wrong_row_is_named(run, home) -> None:
    """A label nobody knows is refused with file, line and key, before anything is learned."""
    write_corpus(home / "training_data", {**COMMENT, "relevance": "sideways"})
    for command in ("corpus", "train"):
        ran = run(command)
        assert ran.code == 2
        assert "comments.en.jsonl:1: relevance" in ran.err
        assert "sideways" in ran.err


def test_two_trainings_at_once_are_one_too_many(run, home, monkeypatch) -> None:
    """The second says that another one runs, and touches nothing."""
    monkeypatch.setenv("MODERATION_MODELS_DIR", str(home / "models"))
    write_corpus(home / "training_data", COMMENT)
    with training_lock(home / "models"):
        ran = run("train")
    assert ran.code == 1
    assert "another training run" in ran.err
    assert [path.name for path in (home / "models").iterdir()] in ([], [".training.lock"])
