"""`corpus` counts and checks; `train` refuses what is broken, and to run twice at once."""

from __future__ import annotations

import json
from pathlib import Path

from moderation.training.publish import training_lock
from tests.training.made_corpus import ARTICLE, COMMENT, every_label, other, write


def folder_of(home: Path) -> Path:
    """Give the folder where the commands look for the corpus."""
    folder = home / "training_data"
    folder.mkdir(exist_ok=True)
    return folder


def test_the_corpus_is_counted(run, home) -> None:
    """`corpus` prints the shares of each language, then all counts, and ends well."""
    write(folder_of(home), *every_label())
    ran = run("corpus")
    assert ran.code == 0
    titles, shares = ran.out.splitlines()[:2]
    assert dict(zip(titles.split(), shares.split(), strict=True)) == {
        "LANGUAGE": "en",
        "ARTICLES": "1",
        "COMMENTS": "5",
        "SPAM": "20.0%",
        "TOXIC": "20.0%",
        "ON_TOPIC": "40.0%",
        "GENERIC": "20.0%",
        "OFF_TOPIC": "20.0%",
        "NEAR": "0.00%",
        "COPIED": "0",
    }
    assert ["insult", "1", "1"] in [line.split() for line in ran.out.splitlines()]
    assert "near-duplicates: 0 of 5 comments, 0.00%" in ran.out
    assert "warning: en: no spam is link_seo" in ran.err


def test_a_faulty_corpus_ends_with_an_error(run, home) -> None:
    """What is wrong is named with file, line and key, after the counts; the exit code is 1."""
    again = (other(id="en-a1-c8", text="+1"), other(id="en-a1-c9", text="+ 1", article="en-a2"))
    articles = [{**ARTICLE, "id": name, "body": name} for name in ("en-a1", "en-a2")]
    write(folder_of(home), *every_label(), *again, articles=articles)
    ran = run("corpus")
    assert ran.code == 1
    assert "error: en: 1 of 7 comments are near-duplicates" in ran.err
    assert ran.err.splitlines()[-1].startswith("error: the corpus has ")
    assert ran.out.startswith("LANGUAGE")


def test_every_broken_row_is_named(run, home) -> None:
    """`corpus` names all rows that break the schema, `train` the first, before it learns."""
    broken = (other(relevance="sideways"), other(id="en-a1-c3", family="astrology"))
    write(folder_of(home), COMMENT, *broken)
    ran = run("corpus")
    assert (ran.code, ran.out) == (1, "")
    assert "error: comments.en.jsonl:2: relevance: 'sideways' is none of" in ran.err
    assert "error: comments.en.jsonl:3: family: 'astrology' is none of" in ran.err
    ran = run("train")
    assert ran.code == 2
    assert ran.err.startswith("error: comments.en.jsonl:2: relevance")


def test_two_trainings_at_once_are_one_too_many(run, home, monkeypatch) -> None:
    """The second says that another one runs, and touches nothing."""
    monkeypatch.setenv("MODERATION_MODELS_DIR", str(home / "models"))
    write(folder_of(home), COMMENT)
    with training_lock(home / "models"):
        ran = run("train")
    assert ran.code == 1
    assert "another training run" in ran.err
    assert [path.name for path in (home / "models").iterdir()] in ([], [".training.lock"])


def test_sentences_that_name_groups_are_checked_too(run, home) -> None:
    """`corpus` counts them, and names file, line and key of one that is wrong."""
    write(folder_of(home), *every_label())
    folder = home / "training_data" / "identity"
    folder.mkdir()
    line = {"id": "en-g01", "lang": "en", "group": "region", "text": "Northerners queue for pies."}
    (folder / "en.jsonl").write_text(f"{json.dumps(line)}\n")
    assert "false alarms on: 1" in run("corpus").out
    (folder / "en.jsonl").write_text(f"{json.dumps({**line, 'group': 'elves'})}\n")
    ran = run("corpus")
    assert ran.code == 1
    assert "error: identity/en.jsonl:1: group" in ran.err
    # Nor does it hide what is wrong in the corpus.
    write(folder_of(home), COMMENT, other(relevance="sideways"))
    ran = run("corpus")
    assert "error: comments.en.jsonl:2: relevance" in ran.err
    assert "error: identity/en.jsonl:1: group" in ran.err
    assert ran.err.splitlines()[-1] == "error: the corpus has 2 faults, each named above"
