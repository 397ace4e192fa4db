"""JSON lines of our own writing: read strictly, and every fault named by file, line and key."""

from __future__ import annotations

from pathlib import Path

import pytest

from moderation.errors import CorpusError
from moderation.training.json_lines import StrictLine, numbered_lines, parse_line


class Line(StrictLine):
    """A line for these tests."""

    id: str
    good: bool


def test_lines_are_numbered_as_an_editor_numbers_them(tmp_path: Path) -> None:
    """Blank lines count and are left out; other line separators do not end a line."""
    path = tmp_path / "x.jsonl"
    path.write_bytes("a\n\n \r\nb\u2028c\n".encode())
    assert numbered_lines(path, "here") == [("here:1", b"a"), ("here:4", "b\u2028c".encode())]


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    """A folder of that name, say."""
    with pytest.raises(CorpusError, match="cannot be read") as caught:
        numbered_lines(tmp_path, "here")
    assert caught.value.field == str(tmp_path)


def test_a_line_becomes_its_kind() -> None:
    """With exactly the keys and types that it asks for."""
    assert parse_line("x:1", b'{"id": "a", "good": true}', Line) == Line(id="a", good=True)


@pytest.mark.parametrize(
    ("line", "field", "words"),
    [
        (b"{", "x:1", "is not JSON"),
        (b"[" * 100_000, "x:1", "is not JSON"),
        (b'{"id": ' + b"9" * 5000 + b"}", "x:1", "is not JSON"),
        (b"\xff", "x:1", "is not UTF-8"),
        (b"[]", "x:1", "valid dictionary"),
        (b'{"id": 1, "good": true}', "x:1: id", "valid string"),
        (b'{"id": "a", "good": 1}', "x:1: good", "valid boolean"),
        (b'{"id": "a"}', "x:1: good", "required"),
        (b'{"id": "a", "good": true, "bad": true}', "x:1: bad", "not permitted"),
        (b'{"id": "a", "good": true, "good": false}', "x:1: good", "twice"),
    ],
)
def test_what_is_wrong_is_named(line: bytes, field: str, words: str) -> None:
    """A key that stands twice too, of which one would silently not count."""
    with pytest.raises(CorpusError, match=words) as caught:
        parse_line("x:1", line, Line)
    assert caught.value.field == field
