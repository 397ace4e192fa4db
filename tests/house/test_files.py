"""What must hold of the files of the project as such."""

from __future__ import annotations

import ast
import re
import subprocess
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
LOCKS = ("requirements.lock", "requirements-dev.lock")
PYTHON = sorted((ROOT / "moderation").rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))


def pins(lock: str) -> set[tuple[str, str]]:
    """Give the (name, version) pairs of a lock file."""
    text = (ROOT / lock).read_text(encoding="utf-8")
    return {
        (canonicalize_name(name), version)
        for name, version in re.findall(r"^([A-Za-z0-9._-]+)(?:\[.*\])?==([^\s;\\]+)", text, re.M)
    }


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_files_name_no_place(lock: str) -> None:
    """A lock file says what, never from where: no address, index, folder or option."""
    for line in (ROOT / lock).read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            assert "/" not in line
            assert re.match(r"[A-Za-z0-9]|    --hash=sha256:[0-9a-f]{64}", line), line


def test_lock_files_agree() -> None:
    """Serving and developing use the same versions."""
    assert pins("requirements.lock") <= pins("requirements-dev.lock")


def test_lock_files_hold_what_the_project_asks_for() -> None:
    """Every requirement of pyproject.toml is locked, at a version it allows."""
    content = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    asked = [
        *((line, "requirements.lock") for line in content["project"]["dependencies"]),
        *(
            (line, "requirements.lock")
            for line in content["project"]["optional-dependencies"]["postgres"]
        ),
        *((line, "requirements-dev.lock") for line in content["dependency-groups"]["dev"]),
    ]
    for line, lock in asked:
        wanted = Requirement(line)
        locked = [v for name, v in pins(lock) if name == canonicalize_name(wanted.name)]
        assert locked, f"{line} is not in {lock}: run `make lock`"
        assert all(wanted.specifier.contains(v) for v in locked), f"{lock}: {line} against {locked}"


def shown(path: Path) -> str:
    """Give a file's name as a person would."""
    return str(path.relative_to(ROOT))


def test_modules_open_with_their_purpose_and_bounds() -> None:
    """A module's docstring says what it is for and what it keeps out of: two lines at least."""
    wrong = []
    for path in PYTHON:
        source = path.read_text(encoding="utf-8")
        words = ast.get_docstring(ast.parse(source)) or ""
        if source.strip() and len([line for line in words.splitlines() if line.strip()]) < 2:
            wrong.append(shown(path))
    assert wrong == []


def test_modules_are_small() -> None:
    """A module that needs more than 400 lines does more than one thing; the vocabulary is one."""
    sizes = {shown(path): len(path.read_text(encoding="utf-8").splitlines()) for path in PYTHON}
    sizes.pop("moderation/terms.py")
    assert {name: size for name, size in sizes.items() if size > 400} == {}


def test_every_test_says_the_behaviour_it_checks() -> None:
    """A test function opens with a sentence."""
    wrong = []
    for path in TESTS:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                sentence = (ast.get_docstring(node) or "").split("\n\n")[0]
                if not sentence.endswith("."):
                    wrong.append(f"{shown(path)}: {node.name}")
    assert wrong == []


def test_no_file_names_a_machine() -> None:
    """No file of the project names a folder of the machine it was written on."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    # Put together here, or this file would name them itself.
    forbidden = re.compile("|".join(f"/{name}/" for name in ("work", "home", "Users", "tmp/w")))
    for name in listed.stdout.splitlines():
        path = ROOT / name
        if path.suffix in {".py", ".md", ".toml", ".lock", ".yaml", ".html", ".ini", ""}:
            text = path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
            found = forbidden.search(text)
            assert found is None, f"{name}: {found and found.group()}"


def test_ci_script_is_sound() -> None:
    """bash reads .ci/run without complaint, and git keeps it executable."""
    script = ROOT / ".ci" / "run"
    subprocess.run(["bash", "-n", str(script)], check=True)
    assert script.stat().st_mode & 0o111
