"""
Reads input line by line, in chunks of bounded size, whatever the lines are like.

Knows bytes and line numbers only; what a line says is read by whoever gets it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

__all__ = ["Line", "read_chunks", "read_lines"]

CHUNK_LINES = 256
"""Most lines in a chunk: enough to make handing it to another process cheap."""

CHUNK_BYTES = 1 << 20
"""A chunk is full from so many bytes on, however few lines they are."""

_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Line:
    """
    One line of input.

    Attributes:
        number: from 1, blank lines counted.
        raw: without the line break; None when it was longer than allowed and was skipped.
    """

    number: int
    raw: bytes | None


def read_lines(stream: BinaryIO, *, max_bytes: int) -> Iterator[Line]:
    """
    Give the lines that are not blank. Never holds more than `max_bytes` of one line.

    Args:
        stream: read to its end, no further than asked.
        max_bytes: longer lines come as None.
    """
    number = 0
    while raw := stream.readline(max_bytes + 1):
        number += 1
        if number == 1:
            raw = raw.removeprefix(_BOM)
        if len(raw) > max_bytes and not raw.endswith(b"\n"):
            while (rest := stream.readline(CHUNK_BYTES)) and not rest.endswith(b"\n"):
                pass
            yield Line(number, None)
        elif raw.strip():
            yield Line(number, raw.rstrip(b"\r\n"))


def read_chunks(stream: BinaryIO, *, max_bytes: int) -> Iterator[list[Line]]:
    """Give the lines of `read_lines` in chunks that are never empty."""
    chunk: list[Line] = []
    size = 0
    for line in read_lines(stream, max_bytes=max_bytes):
        chunk.append(line)
        size += len(line.raw or b"")
        if len(chunk) >= CHUNK_LINES or size >= CHUNK_BYTES:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk
