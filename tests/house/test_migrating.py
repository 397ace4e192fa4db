"""What `docs/migrating.md` gives to copy can be read by what it is meant for."""

from __future__ import annotations

import ast
import json
import re
import tomllib
from pathlib import Path

import pytest

from moderation.commands.logged import read_logged
from moderation.web.coral_sites import read_coral_sites

PAGE = (Path(__file__).parents[2] / "docs" / "migrating.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    """Give the blocks in a language, without the indentation of a list they stand in."""
    found = re.findall(rf"^( *)```{language}\n(.*?)^ *```", PAGE, re.MULTILINE | re.DOTALL)
    return ["\n".join(line[len(i) :] for line in text.splitlines()) for i, text in found]


def test_python_is_python() -> None:
    """Every Python block compiles."""
    assert len(blocks("python")) == 3
    for block in blocks("python"):
        ast.parse(block)


def test_the_line_of_a_log_is_what_compare_reads() -> None:
    """The example is read without a field left over."""
    (line,) = blocks("json")
    logged = read_logged(line.encode())
    assert set(logged.scores) == {"TOXICITY", "INSULT"}
    assert logged.kept_off is True
    assert logged.article is not None
    assert logged.ignored == frozenset()
    assert json.loads(line)["text"]


def test_the_coral_file_is_taken(tmp_path: Path) -> None:
    """As it stands, with a secret in it."""
    (block,) = blocks("toml")
    path = tmp_path / "coral.toml"
    path.write_text(block)
    assert read_coral_sites(path)["default"].fetch_hosts == {"news.example"}
    assert tomllib.loads(block)


@pytest.mark.parametrize("language", ["nginx", "caddy", "php"])
def test_braces_and_brackets_close(language: str) -> None:
    """A slip while editing would leave one open."""
    for block in blocks(language):
        for left, right in ("{}", "()"):
            # A regular expression of PHP has both in pairs as well.
            assert block.count(left) == block.count(right), block


def test_the_wordpress_plugin_stays_as_short_as_promised() -> None:
    """Ten lines between its head and its end."""
    plugin = blocks("php")[0].splitlines()
    assert plugin[0] == "<?php"
    assert len(plugin) <= 12
