"""What may import what, and what serving must not pull in."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

ROOT = Path(__file__).parents[2]


def test_import_contracts_hold(capsys: pytest.CaptureFixture[str]) -> None:
    """The directions written down in .importlinter are kept."""
    status = lint_imports(config_filename=str(ROOT / ".importlinter"), no_cache=True)
    assert status == EXIT_STATUS_SUCCESS, capsys.readouterr().out


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
