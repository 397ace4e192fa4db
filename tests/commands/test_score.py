"""`score` answers every line in order, refuses wrong ones by number, and writes nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from moderation.signals import TEST_STRING

REQUEST = {"comment": {"text": "The tram is late again."}}


def answers(out: str) -> list[dict]:
    """Read what was printed."""
    return [json.loads(line) for line in out.splitlines()]


def test_text_and_json_lines_get_answers_of_the_api(run, home: Path) -> None:
    """Both kinds of line may be mixed; the answer has the API's shape, and nothing is stored."""
    Path("in").write_text(f"The tram is late.\n\n{json.dumps(REQUEST)}\n")
    ran = run("score", "in")
    assert (ran.code, ran.err) == (0, "")
    first, second = answers(ran.out)
    assert set(first) == {
        "decision",
        "scores",
        "relevance_kind",
        "reasons",
        "language",
        "model",
        "policy",
    }
    assert set(first) == set(second)
    assert first["scores"]["relevance"] is None
    assert sorted(path.name for path in home.iterdir()) == ["in"]


def test_standard_input_is_read_when_no_file_is_named(run, monkeypatch, tmp_path) -> None:
    """It works in a pipe."""
    source = tmp_path / "in"
    source.write_text("One.\nTwo.\n")
    with source.open() as stream:
        monkeypatch.setattr("sys.stdin", stream)
        assert len(answers(run("score").out)) == 2


def test_wrong_lines_are_named_and_the_others_answered(run) -> None:
    """A line that cannot be read is answered by its number and the field; the exit code says so."""
    wrong = [b"\xff", b'{"comment": {}}', b'{"comment": {"text": "x"}, "more": 1}', b"{", b"[" * 9]
    Path("in").write_bytes(b"\n".join([b"Fine.", *wrong[:4], b"Fine too."]))
    ran = run("score", "in")
    assert ran.code == 1
    assert "4 lines were refused" in ran.err
    given = answers(ran.out)
    assert [("error" in answer) for answer in given] == [False, True, True, True, True, False]
    assert [answer["line"] for answer in given[1:5]] == [2, 3, 4, 5]
    assert given[2]["error"]["errors"] == [{"field": "comment.text", "message": "is required"}]
    assert given[3]["error"]["errors"][0]["field"] == "more"


def test_the_form_can_be_fixed(run) -> None:
    """With --format, a text that begins with a brace is a text, and a text is no JSON."""
    Path("in").write_text("{smile} nice tram\n")
    assert run("score", "in", "--format", "text").code == 0
    assert run("score", "in", "--format", "jsonl").code == 1


def test_one_article_can_stand_behind_all_lines(run) -> None:
    """--article gives relevance something to judge by; a line's own article wins."""
    Path("a.json").write_text('{"title": "Tram late", "body": "The tram is late again."}')
    own = {**REQUEST, "article": {"id": "unknown"}}
    Path("in").write_text(f"Late again!\n{json.dumps(own)}\n")
    first, second = answers(run("score", "in", "--article", "a.json").out)
    assert first["relevance_kind"] is not None
    assert 0 <= first["scores"]["relevance"] <= 1
    assert second["relevance_kind"] is None
    assert [reason["code"] for reason in second["reasons"]] == ["ARTICLE_UNKNOWN"]


@pytest.mark.parametrize(
    ("content", "named"),
    [
        ('{"title": 1}', "title"),
        ("{}", "title or a body"),
        ("no", "JSON"),
        ('{"titel": "x"}', "titel"),
    ],
)
def test_a_wrong_article_stops_it_before_the_first_line(run, content, named) -> None:
    """An article file that cannot be used is an error of its own, naming file and field."""
    Path("a.json").write_text(content)
    Path("in").write_text("x\n")
    ran = run("score", "in", "--article", "a.json")
    assert (ran.code, ran.out) == (2, "")
    assert "a.json" in ran.err
    assert named in ran.err


def test_the_policy_decides(run) -> None:
    """What is printed is a decision by the policy, not only scores."""
    Path("in").write_text(f"Hello {TEST_STRING}\n")
    (answer,) = answers(run("score", "in").out)
    assert answer["decision"] == "reject"
    assert answer["reasons"][0]["code"] == "TEST_REJECT"


@pytest.mark.slow
def test_many_processes_answer_in_order_like_one(run) -> None:
    """Sharing the work changes neither the answers nor their order, nor which lines are wrong."""
    texts = [f"{'http://a.example ' * (n % 4)}line {n}" for n in range(600)]
    texts[300] = '{"comment": {}}'
    Path("in").write_text("\n".join(texts))
    alone, shared = run("score", "in", "--jobs", "1"), run("score", "in", "--jobs", "2")
    assert alone.code == shared.code == 1
    assert alone.out == shared.out
    assert answers(shared.out)[300]["line"] == 301


def test_progress_is_told_when_asked_for(run) -> None:
    """--progress counts on standard error, so that the output stays clean."""
    Path("in").write_text("One.\nTwo.\n")
    ran = run("score", "in", "--progress")
    assert "2 comments" in ran.err
    assert len(answers(ran.out)) == 2


def test_without_a_model_it_says_what_to_do(run, monkeypatch, tmp_path) -> None:
    """A missing model is a failure with a way out, before a line is read."""
    monkeypatch.setenv("MODERATION_MODELS_DIR", str(tmp_path / "none"))
    Path("in").write_text("x\n")
    ran = run("score", "in")
    assert ran.code == 2
    assert "make train" in ran.err
