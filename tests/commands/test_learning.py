"""`corpus` counts and checks; `train` refuses to run twice at once."""

from __future__ import annotations

import json
from pathlib import Path

from moderation.training.publish import training_lock

ARTICLE = {"id": "en-a1", "lang": "en", "section": "city", "title": "Tram late", "body": "Again."}
COMMENT = {
    "id": "en-a1-c1",
    "article": "en-a1",
    "lang": "en",
    "text": "My street was closed for a year.",
    "spam": False,
    "toxic": False,
    "relevance": "on_topic",
    "substance": True,
    "family": None,
    "why": "Speaks of the works.",
    "parent": None,
}


def write_corpus(folder: Path, comment: dict) -> None:
    """Write a corpus of one article and one comment."""
    folder.mkdir(exist_ok=True)
    for name, row in (("articles", ARTICLE), ("comments", comment)):
        (folder / f"{name}.en.jsonl").write_text(f"{json.dumps(row)}\n")


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


def test_sentences_that_name_groups_are_checked_too(run, home) -> None:
    """`corpus` counts them, and names file, line and key of one that is wrong."""
    write_corpus(home / "training_data", COMMENT)
    folder = home / "training_data" / "identity"
    folder.mkdir()
    line = {"id": "en-g01", "lang": "en", "group": "region", "text": "Northerners queue for pies."}
    (folder / "en.jsonl").write_text(f"{json.dumps(line)}\n")
    assert "false alarms on: 1" in run("corpus").out.splitlines()[-1]
    (folder / "en.jsonl").write_text(f"{json.dumps({**line, 'group': 'elves'})}\n")
    ran = run("corpus")
    assert ran.code == 2
    assert "identity/en.jsonl:1: group" in ran.err
