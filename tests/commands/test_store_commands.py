"""The commands that read and change the store: accounts, queue, comments, export and import."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from moderation.config import read_config
from moderation.store import Store

LABELLED = [
    {"text": "Cheap watches, write to me", "action": "reject", "labels": ["spam"]},
    {
        "text": "My street was closed for a year.",
        "action": "approve",
        "labels": ["on_topic"],
        "article": {"id": "a1", "title": "Tram late", "body": "The tram is late again."},
        "parent_text": "Which street?",
    },
]


def write_lines(name: str, rows: list[object]) -> None:
    """Write JSON lines."""
    Path(name).write_text("".join(f"{json.dumps(row)}\n" for row in rows))


def read_lines(out: str) -> list[dict]:
    """Read JSON lines."""
    return [json.loads(line) for line in out.splitlines()]


@pytest.mark.usefixtures("made")
class TestAccounts:
    """API keys and reviewers."""

    def test_a_key_is_shown_once_and_listed_without_its_secret(self, run) -> None:
        """`keys add` prints the secret alone, for scripts; `keys` never prints it again."""
        secret = run("keys", "add", "blog", "--scope", "score", "--scope", "moderate").out.strip()
        assert len(secret) == 32
        listed = run("keys").out
        assert "moderate,score" in listed
        assert secret not in listed

    def test_a_key_can_be_revoked_and_a_given_secret_kept(self, run) -> None:
        """A secret of an old client is taken as it is, and no second good key may have it."""
        assert run("keys", "add", "old", "--secret", "abc123abc123").out == "abc123abc123\n"
        again = run("keys", "add", "new", "--secret", "abc123abc123")
        assert (again.code, again.err) == (2, "error: key: is in use already\n")
        key = run("keys").out.splitlines()[1].split()[0]
        assert run("keys", "revoke", key).code == 0
        assert run("keys", "add", "new", "--secret", "abc123abc123").code == 0
        assert run("keys", "revoke", "nobody").code == 2

    def test_who_made_and_revoked_a_key_is_shown(self, run) -> None:
        """`events` shows the log, the newest first; the secret of the key is not in it."""
        secret = run("keys", "add", "blog").out.strip()
        key = run("keys").out.splitlines()[1].split()[0]
        run("keys", "revoke", key)
        shown = [json.loads(line) for line in run("events", "--json").out.splitlines()]
        assert [event["kind"] for event in shown] == ["key.revoked", "key.made"]
        assert {event["subject"] for event in shown} == {key}
        assert all(event["actor"].startswith("command:") for event in shown)
        table = run("events", "--subject", key, "--limit", "1").out
        assert "key.revoked" in table
        assert "key.made" not in table
        assert secret not in run("events").out

    @pytest.mark.parametrize(("form", "shape"), [("akismet", 12), ("perspective", 40)])
    def test_a_key_is_made_in_the_form_clients_ask_for(self, run, form: str, shape: int) -> None:
        """Lower-case hex digits, as many as the client counts; another one each time."""
        made = {run("keys", "add", "blog", "--form", form).out.strip() for _ in range(2)}
        assert len(made) == 2
        for secret in made:
            assert re.fullmatch(rf"[0-9a-f]{{{shape}}}", secret)
        both = run("keys", "add", "blog", "--form", form, "--secret", "abc")
        assert (both.code, both.out) == (2, "")
        assert "--form" in both.err

    def test_a_reviewer_gets_links(self, run) -> None:
        """`reviewers add` and `reviewers link` print an address that signs in once."""
        first = run("reviewers", "add", "Ana").out
        second = run("reviewers", "link", "ana").out
        assert first.startswith("http://127.0.0.1:8000/review/sign-in/")
        assert first != second
        assert "Ana" in run("reviewers").out
        assert run("reviewers", "link", "Bob").code == 2

    def test_a_reviewers_sessions_can_be_ended(self, run) -> None:
        """`reviewers sign-out` ends what a lost device could still do, and says so."""
        run("reviewers", "add", "Ana")
        ran = run("reviewers", "sign-out", "ana")
        assert (ran.code, ran.out) == (0, "reviewer Ana is signed out everywhere\n")
        with Store.open(read_config().resolved_database_url) as store:
            assert [each.session_version for each in store.accounts.reviewers()] == [1]
        assert run("reviewers", "sign-out", "Bob").code == 2

    def test_a_password_is_read_from_a_pipe_and_must_be_long(self, run, monkeypatch) -> None:
        """Scripts can set a password without it showing among the processes."""
        for password, code in (("short", 2), ("long enough for anyone", 0)):
            Path("password").write_text(f"{password}\n")
            with Path("password").open() as stream:
                monkeypatch.setattr("sys.stdin", stream)
                ran = run("reviewers", "add", "Ana", "--password")
            assert ran.code == code
            assert password not in ran.out + ran.err


@pytest.mark.usefixtures("made")
class TestTransfer:
    """Export and import."""

    def test_labelled_comments_come_in_and_go_out_as_labels(self, run) -> None:
        """What people decided is kept with its texts, and not with the machine's own decision."""
        write_lines("in", LABELLED)
        ran = run("import", "in", "--name", "archive", "--site", "blog")
        assert (ran.code, ran.err) == (0, "")
        labels = read_lines(run("export", "--labels").out)
        assert {(x["text"], x["action"], tuple(x["labels"])) for x in labels} == {
            (x["text"], x["action"], tuple(x["labels"])) for x in LABELLED
        }
        assert {x["site"] for x in labels} == {"blog"}
        (with_article,) = [x for x in labels if x["article"]]
        assert with_article["article"]["body"] == "The tram is late again."
        assert with_article["parent_text"] == "Which street?"
        assert run("export", "--labels", "--site", "other").out == ""

    def test_importing_again_changes_nothing(self, run) -> None:
        """A run that was cut off can simply be repeated."""
        write_lines("in", LABELLED[:1])
        run("import", "in")
        write_lines("in", LABELLED)
        assert run("import", "in").out.startswith("1 comments were taken in, 1 were known")
        assert len(read_lines(run("export").out)) == 2

    def test_an_export_can_be_imported_elsewhere(self, run, monkeypatch) -> None:
        """Texts, authors, articles, times and verdicts survive the move to another store."""
        write_lines("in", LABELLED)
        run("import", "in", "--name", "archive")
        assert run("export", "--output", "out").out == ""
        monkeypatch.setenv("MODERATION_VAR_DIR", "elsewhere")
        assert run("db", "upgrade").code == 0
        assert run("import", "out").code == 0
        moved = {row["text"]: row for row in read_lines(run("export").out)}
        for row in read_lines(Path("out").read_text()):
            there = moved[row["text"]]
            same = ("author", "article", "parent_text", "created_at", "site", "status", "scores")
            assert {name: row[name] for name in same} == {name: there[name] for name in same}
            assert there["verdicts"][0]["decided_at"] == row["verdicts"][0]["decided_at"]
            assert there["verdicts"][0]["actor"] == "import:file"

    @pytest.mark.parametrize(
        ("line", "named"),
        [
            ("no", "JSON"),
            ("[]", "must be an object"),
            ('{"text": "x"}', "action"),
            ('{"text": " ", "action": "approve"}', "text"),
            ('{"text": "x", "action": "hold"}', "action"),
            ('{"text": "x", "action": "reject", "labels": ["odd"]}', "labels[0]"),
            ('{"text": "x", "action": "reject", "label": []}', "label"),
            ('{"text": "x", "verdicts": []}', "id"),
            (
                '{"text": "x", "action": "reject", "decided_at": "2026-01-01T00:00:00"}',
                "decided_at",
            ),
        ],
    )
    def test_a_wrong_line_is_named_and_nothing_of_it_is_stored(self, run, line, named) -> None:
        """Each wrong line gets its number and field; right lines around it are taken in."""
        Path("in").write_text(f"{json.dumps(LABELLED[0])}\n{line}\n{json.dumps(LABELLED[1])}\n")
        ran = run("import", "in")
        assert ran.code == 1
        assert ran.err.startswith("error: line 2: ")
        assert named in ran.err
        assert len(read_lines(run("export").out)) == 2


@pytest.mark.usefixtures("made")
class TestQueue:
    """What waits, and settling it."""

    @pytest.fixture
    def held(self, run) -> str:
        """Hold one comment and give its id; its text tries to take over the terminal."""
        row = {
            **LABELLED[0],
            "text": "Word \x1b]0;owned\x07 http://bit.ly/a http://b.example c@d.example",
        }
        write_lines("in", [row])
        run("import", "in")
        (stored,) = read_lines(run("export").out)
        # An exported comment without verdicts is one that still waits.
        write_lines("in", [{**stored, "verdicts": [], "text": f"{stored['text']} twice"}])
        Path("policy.toml").write_text("[points]\nhold = 0.1\n[thresholds.spam]\nreject = false\n")
        return str(stored["id"])

    def test_a_held_comment_is_listed_and_settled(self, run, held, monkeypatch) -> None:
        """The queue shows what waits, safely, and `settle` closes it for good."""
        monkeypatch.setenv("MODERATION_POLICY", "policy.toml")
        run("import", "in")
        listed = run("queue").out
        assert "\x1b" not in listed
        (row,) = read_lines(run("queue", "list", "--json").out)
        assert row["status"] == "held"
        assert row["id"] in listed
        stale = run("queue", "settle", row["id"], "reject", "--version", "99")
        assert stale.code == 1
        done = run("queue", "settle", row["id"], "reject", "--label", "spam", "--version", "1")
        assert (done.code, done.out) == (0, f"comment {row['id']} is rejected\n")
        assert run("queue").out == "Nothing waits.\n"
        (shown,) = read_lines(run("comments", "show", row["id"]).out)
        assert shown["verdicts"][0]["labels"] == ["spam"]

    def test_a_comment_can_be_erased(self, run, held) -> None:
        """After `comments delete` the comment is gone from everywhere."""
        assert run("comments", "delete", held).code == 0
        assert run("comments", "show", held).code == 2
        assert run("export").out == run("export", "--labels").out == ""


def test_db_status_counts(run, made) -> None:
    """`db status` says that the store can be used, and how much waits."""
    assert run("db", "status").out == "the store is ready: 0 cases wait, 0 verdicts were given\n"
    assert run("db", "upgrade").code == 0
