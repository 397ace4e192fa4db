"""What may import what, and what serving must not pull in."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def test_import_contracts_hold() -> None:
    """The directions written down in .importlinter are kept."""
    # In a process of its own: the linter switches off every logger that it finds.
    command = (
        "from importlinter.cli import lint_imports as lint; raise SystemExit(lint(no_cache=True))"
    )
    done = subprocess.run(
        [sys.executable, "-c", command], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("module", "absent"),
    [
        ("moderation.web.wsgi", "moderation.training"),
        ("moderation.web.wsgi", "moderation.commands"),
        ("moderation.web.wsgi", "sklearn"),
        ("moderation.web.wsgi", "alembic"),
        ("moderation.desk.check", "flask"),
        ("moderation.policy", "sqlalchemy"),
        ("moderation.classifiers", "sqlalchemy"),
        ("moderation.text", "pydantic"),
        # Help must come at once, and a worker process of `score` imports this first.
        ("moderation.__main__", "numpy"),
        ("moderation.__main__", "flask"),
        ("moderation.__main__", "sqlalchemy"),
    ],
)
def test_importing_one_does_not_import_the_other(module: str, absent: str) -> None:
    """A fresh interpreter that imports the one has not loaded the other."""
    program = (
        f"import sys, {module}\n"
        f"found = [name for name in sys.modules if (name + '.').startswith('{absent}.')]\n"
        "sys.exit(', '.join(found[:5]) or 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
