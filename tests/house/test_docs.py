"""What the code has, the documentation names: settings, signals, addresses, commands, targets."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import click
import pytest
from flask import Flask

from moderation.__main__ import commands
from moderation.config import Config
from moderation.desk.check import SIGNAL_NAMES
from moderation.errors import ModerationError
from moderation.terms import Scope, VerdictLabel
from moderation.web import articles, casework, health, management, native
from moderation.web.openapi import build_document

ROOT = Path(__file__).parents[2]


def read(name: str) -> str:
    """Give the content of one file of the project."""
    return (ROOT / name).read_text(encoding="utf-8")


OPERATING, CONCEPTS, WIRE = map(read, ("docs/operating.md", "docs/concepts.md", "docs/wire.md"))


@pytest.mark.parametrize("field", dataclasses.fields(Config), ids=lambda field: field.name)
def test_every_setting_is_in_operating(field: dataclasses.Field[object]) -> None:
    """A setting has a row with its variable, its key and its default."""
    variable = f"`MODERATION_{field.name.upper()}`"
    rows = [line for line in OPERATING.splitlines() if line.startswith(f"| {variable} ")]
    assert len(rows) == 1, f"docs/operating.md has {len(rows)} rows for {variable}"
    cells = [cell.strip() for cell in rows[0].strip("|").split("|")]
    assert cells[1] == f"`{field.name}`"
    if field.default is not None and field.default != "":
        assert re.sub(r"[,`]", "", cells[2]) == str(field.default)


def test_no_setting_is_documented_that_does_not_exist() -> None:
    """Every variable with our prefix that the documentation names is a setting."""
    known = {f"MODERATION_{field.name.upper()}" for field in dataclasses.fields(Config)}
    known |= {"MODERATION_CONFIG", "MODERATION_TEST_REQUIRE", "MODERATION_TEST_POSTGRES_URL"}
    for name in (
        "README.md",
        "CONTRIBUTING.md",
        *sorted(f"docs/{p.name}" for p in (ROOT / "docs").glob("*.md")),
    ):
        assert set(re.findall(r"\bMODERATION_[A-Z_]+\b", read(name))) <= known, name


@pytest.mark.parametrize("name", sorted(SIGNAL_NAMES))
def test_every_signal_is_in_concepts(name: str) -> None:
    """A signal has a row in the table of signals."""
    assert re.search(rf"^\| `{name}` \| \S", CONCEPTS, re.MULTILINE)


def test_no_signal_is_documented_that_does_not_exist() -> None:
    """The table of signals has no row of a name that no signal has."""
    table = CONCEPTS.partition("## The signals")[2].partition("\n## ")[0]
    assert set(re.findall(r"^\| `([A-Z_]+)` \|", table, re.MULTILINE)) == SIGNAL_NAMES


def test_every_address_is_in_wire() -> None:
    """Every method and path of the API document is written out, with its scope, in wire.md."""
    app = Flask("house")
    for adapter in (native, articles, casework, management, health):
        app.register_blueprint(adapter.bp)
    paths = build_document(app, Config())["paths"]
    assert len(paths) > 14
    for path, methods in paths.items():
        for method in methods:
            assert f"`{method.upper()} {path}`" in WIRE


@pytest.mark.parametrize("label", list(VerdictLabel))
def test_every_label_is_explained(label: VerdictLabel) -> None:
    """What a verdict's label teaches stands in the vocabulary."""
    assert f"`{label.value}`" in CONCEPTS


@pytest.mark.parametrize("scope", list(Scope))
def test_every_scope_is_explained(scope: Scope) -> None:
    """What a key of each scope may do stands in wire.md."""
    assert re.search(rf"^\| `{scope.value}` \|", WIRE, re.MULTILINE)


@pytest.mark.parametrize("name", sorted(commands.commands))
def test_every_command_is_in_operating(name: str) -> None:
    """A command is listed, and so is each of its subcommands."""
    assert f"`{name}" in OPERATING
    command = commands.commands[name]
    if isinstance(command, click.Group):
        for below in command.commands:
            assert re.search(rf"`{name}[^`]*\b{below}\b", OPERATING), f"{name} {below}"


def test_every_command_says_what_it_does() -> None:
    """The first line of every command's help fits the list of commands uncut."""
    for name, command in commands.commands.items():
        shown = command.get_short_help_str(200)
        assert shown.endswith("."), name
        assert len(shown) <= 68, name


def test_every_target_has_a_comment() -> None:
    """`make help` lists every target a person may call, so each has a comment and a section."""
    makefile = read("Makefile")
    phony = next(line for line in makefile.splitlines() if line.startswith(".PHONY:")).split()[1:]
    for target in phony:
        assert re.search(rf"^{target}:.*## [A-Z].*\.$", makefile, re.MULTILINE), target
    assert makefile.count("##@ ") >= 3


def test_links_between_documents_lead_somewhere() -> None:
    """A relative link in a document names a file that is there."""
    documents = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")]
    for path in documents:
        for target in re.findall(r"\]\(([^)#\s]+)", path.read_text(encoding="utf-8")):
            if "://" not in target:
                assert (path.parent / target).exists(), f"{path.name}: {target}"


def test_every_error_has_a_sentence() -> None:
    """Every error of the product says something without being told what."""
    kinds = [ModerationError]
    while kinds:
        kind = kinds.pop()
        kinds += kind.__subclasses__()
        assert kind.default_message.endswith("."), kind.__name__
