"""Input is cut into lines and chunks, whatever the lines are like."""

from __future__ import annotations

import io

from hypothesis import given
from hypothesis import strategies as st

from moderation.commands.lines import CHUNK_LINES, Line, read_chunks, read_lines


def lines(content: bytes, max_bytes: int = 100) -> list[Line]:
    """Give the lines of some input."""
    return list(read_lines(io.BytesIO(content), max_bytes=max_bytes))


def test_blank_lines_are_counted_and_left_out() -> None:
    """Line numbers are those an editor shows."""
    assert lines(b"one\n\n  \r\nfour\r\nfive") == [
        Line(1, b"one"),
        Line(4, b"four"),
        Line(5, b"five"),
    ]


def test_a_byte_order_mark_is_no_part_of_the_first_line() -> None:
    """Files saved by some editors begin with one."""
    assert lines(b"\xef\xbb\xbfone\n\xef\xbb\xbftwo") == [
        Line(1, b"one"),
        Line(2, b"\xef\xbb\xbftwo"),
    ]


def test_a_line_that_is_too_long_is_skipped_and_the_next_is_read() -> None:
    """One huge line costs neither memory nor the lines behind it."""
    content = b"a" * 100 + b"\n" + b"b" * 101 + b"\n" + b"c" * 3_000_000 + b"\nd\n" + b"e" * 101
    assert lines(content) == [
        Line(1, b"a" * 100),
        Line(2, None),
        Line(3, None),
        Line(4, b"d"),
        Line(5, None),
    ]


def test_chunks_are_bounded_by_lines_and_by_bytes() -> None:
    """A chunk is handed over when it is full in either way; the last holds the rest."""
    many = list(read_chunks(io.BytesIO(b"x\n" * (CHUNK_LINES + 1)), max_bytes=10))
    assert [len(chunk) for chunk in many] == [CHUNK_LINES, 1]
    large = list(read_chunks(io.BytesIO((b"x" * 700_000 + b"\n") * 3), max_bytes=1_000_000))
    assert [len(chunk) for chunk in large] == [2, 1]
    assert list(read_chunks(io.BytesIO(b"\n\n"), max_bytes=10)) == []


@given(st.binary(max_size=300), st.integers(1, 20))
def test_any_bytes_give_lines_with_rising_numbers(content: bytes, max_bytes: int) -> None:
    """No input breaks the reader, and no line is longer than allowed."""
    found = lines(content, max_bytes)
    numbers = [line.number for line in found]
    assert numbers == sorted(set(numbers))
    assert all(line.raw is None or 0 < len(line.raw) <= max_bytes for line in found)
    assert numbers == [] or numbers[-1] <= content.count(b"\n") + 1
