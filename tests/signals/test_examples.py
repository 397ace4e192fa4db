"""Every signal finds its hits and spares its near misses, as `signals/examples.toml` lists them."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

import moderation.signals
from moderation.signals import NAMES, SIGNALS, name_of
from tests.signals.cases import evidence_of

PATH = Path(moderation.signals.__file__).with_name("examples.toml")
EXAMPLES = tomllib.loads(PATH.read_text(encoding="utf-8"))
BY_NAME = {name_of(signal): signal for signal in SIGNALS}


def cases(kind):
    """Every line of one kind with the name of its signal."""
    return [
        pytest.param(name, case, id=f"{name}-{index}")
        for name, table in EXAMPLES.items()
        for index, case in enumerate(table.get(kind, []))
    ]


def test_every_signal_has_hits_and_misses():
    """A signal nobody can see at work is not finished, and no example is for nothing."""
    assert set(EXAMPLES) == NAMES
    for name, table in EXAMPLES.items():
        assert set(table) == {"hit", "miss"}, name
        assert table["hit"], name
        assert table["miss"], name


@pytest.mark.parametrize(("name", "case"), cases("hit"))
def test_hit_is_found(name, case):
    """The signal speaks, with the sentence of its docstring and spans inside the text."""
    evidence = evidence_of(case)
    found = BY_NAME[name](evidence)
    assert found is not None
    assert found.name == name
    assert 0 < found.strength <= 1
    sentence = BY_NAME[name].__doc__.strip().splitlines()[0]
    assert found.message.startswith(sentence.rstrip(".")), found.message
    assert found.message.endswith(".")
    for span in found.spans:
        assert 0 <= span.start < span.end <= len(evidence.text.raw)


@pytest.mark.parametrize(("name", "case"), cases("miss"))
def test_near_miss_is_spared(name, case):
    """The signal stays silent where it only looks alike."""
    assert BY_NAME[name](evidence_of(case)) is None


@pytest.mark.parametrize("name", sorted(NAMES))
def test_docstring_gives_a_hit_and_a_near_miss(name):
    """Who reads the code sees what a signal finds and what it leaves alone."""
    docstring = BY_NAME[name].__doc__
    assert "Hit:" in docstring
    assert "Near miss:" in docstring
