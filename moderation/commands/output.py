"""
How commands print: JSON lines for programs, tables for people.

Prints what it is given; knows no room.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

import click
import orjson

__all__ = ["day", "excerpt", "json_line", "print_json", "print_table"]


def json_line(data: object) -> bytes:
    """Give one line of JSON with its line break."""
    return orjson.dumps(data, option=orjson.OPT_APPEND_NEWLINE)


def print_json(data: object) -> None:
    """Print one line of JSON."""
    click.echo(json_line(data), nl=False)


def print_table(titles: Sequence[str], rows: Iterable[Sequence[object]], *, empty: str) -> None:
    """
    Print rows under their titles, columns as wide as their content.

    Args:
        empty: the sentence to print when there is no row.
    """
    cells = [["" if cell is None else str(cell) for cell in row] for row in rows]
    if not cells:
        click.echo(empty)
        return
    lines = [[title.upper() for title in titles], *cells]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        padded = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        click.echo("  ".join(padded).rstrip())


def day(moment: datetime | None) -> str:
    """Give a time to the minute, UTC; empty for None."""
    return "" if moment is None else f"{moment:%Y-%m-%d %H:%M}"


def excerpt(text: str, length: int = 60) -> str:
    """
    Give the beginning of a text on one line, safe for a terminal.

    A comment may hold control sequences that would move the cursor or rename the window.
    """
    shown = "".join(letter if letter.isprintable() else " " for letter in text[: length * 4])
    shown = " ".join(shown.split())
    return shown if len(shown) <= length else f"{shown[: length - 1]}…"
