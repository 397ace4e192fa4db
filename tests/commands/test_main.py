"""How every command starts and ends: help, exit codes, and errors in one sentence."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from moderation import __version__
from moderation.__main__ import commands


def test_version_is_printed(run) -> None:
    """--version prints the version and nothing else."""
    assert run("--version").out == f"{__version__}\n"


@pytest.mark.parametrize("name", sorted(commands.commands))
def test_help_needs_no_settings(run, name, monkeypatch) -> None:
    """Help works even where a setting is wrong, since it may be what one needs to mend it."""
    monkeypatch.setenv("MODERATION_PORT", "many")
    ran = run(name, "--help")
    assert ran.code == 0
    assert ran.out.startswith(f"Usage: python -m moderation {name}")


@pytest.mark.parametrize(
    ("arguments", "code", "named"),
    [
        (["nonsense"], 2, "nonsense"),
        (["serve", "--port", "many"], 2, "--port"),
        (["serve", "--port", "70000"], 2, "port"),
        (["models", "activate", "20990101-1"], 2, "20990101-1"),
        (["models", "activate", "../../etc"], 2, "../../etc"),
        (["keys"], 1, "python -m moderation db upgrade"),
        (["comments", "show", "x"], 1, "db upgrade"),
        (["--config", "none.toml", "models"], 2, "none.toml"),
        (["score", "none.jsonl"], 2, "none.jsonl"),
        (["corpus"], 0, ""),
    ],
)
def test_errors_are_one_sentence_with_an_exit_code(run, arguments, code, named) -> None:
    """What is wrong is said on one line that names it; bad input ends with 2, a failure with 1."""
    ran = run(*arguments)
    assert ran.code == code, ran.err
    if code:
        assert ran.err.startswith("error: ")
        assert ran.err.count("\n") == 1
        assert named in ran.err
        assert "Traceback" not in ran.err


def test_a_wrong_setting_names_the_variable(run, monkeypatch) -> None:
    """A command refuses to work with a setting that is wrong."""
    monkeypatch.setenv("MODERATION_WORKERS", "several")
    ran = run("db", "status")
    assert (ran.code, ran.err) == (2, "error: MODERATION_WORKERS: must be a whole number\n")


def test_no_command_shows_the_list(run) -> None:
    """Called with nothing, it lists what it can do."""
    ran = run()
    assert ran.code == 2
    assert "Commands:" in ran.out + ran.err


def test_a_closed_pipe_ends_quietly(home: Path, plain_models: Path) -> None:
    """When whoever reads the output stops reading, nothing is said about it."""
    (home / "many.txt").write_text("The tram is late again.\n" * 3000)
    program = f"{sys.executable} -m moderation score many.txt --jobs 1 | head -n 1"
    done = subprocess.run(
        ["bash", "-c", program],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": str(Path(__file__).parents[2]), "PATH": "/usr/bin:/bin"}
        | {"MODERATION_MODELS_DIR": str(plain_models)},
    )
    assert done.stdout.startswith('{"decision"')
    assert done.stderr == ""
