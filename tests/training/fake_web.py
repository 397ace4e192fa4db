"""
A web of given pages, and a one-file public set on it, for tests of fetching.

Opens no connection; what it cannot answer is a 404.
"""

from __future__ import annotations

import hashlib
import http.client
import io
import urllib.error
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from moderation.config import Config

__all__ = ["CHAT", "HOST", "PREPARED", "FakeWeb", "Make", "entry", "everything", "nothing"]

HOST = "https://files.invalid/o/r/c0ffee"
CHAT = b"text,label\nhello there,ham\nbuy now,spam\n,ham\n"
PREPARED = b"id,text,label,y,lang\n0,hello there,ham,0,ru\n1,buy now,spam,1,ru\n"

Make = Callable[..., Config]
"""Writes a sources.toml of these entries and gives the settings for it."""


@dataclass
class FakeWeb:
    """Answers addresses from a table, and remembers which were asked for."""

    pages: dict[str, bytes | Exception]
    lengths: dict[str, str] = field(default_factory=dict)
    ends_at: dict[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    @contextmanager
    def __call__(self, url: str) -> Iterator[_Answer]:
        """Give the answer of an address for as long as it is read."""
        self.asked.append(url)
        page = self.pages.get(url)
        if page is None:
            raise urllib.error.HTTPError(
                url, 404, "Not Found", http.client.HTTPMessage(), io.BytesIO()
            )
        if isinstance(page, Exception):
            raise page
        yield _Answer(page, self.lengths.get(url, str(len(page))), self.ends_at.get(url, url))


class _Answer(io.BytesIO):
    def __init__(self, content: bytes, length: str, url: str) -> None:
        super().__init__(content)
        self.headers: Mapping[str, str] = {"Content-Length": length}
        self._url = url

    def geturl(self) -> str:
        return self._url


def entry(name: str, *more: str, sha256: str = "", reader: str = "telegram") -> str:
    """Give one entry of sources.toml whose file is ``<HOST>/<name>.csv`` unless `more` says."""
    lines = {"address": f'"{HOST}"', "files": f'["{name}.csv"]', "licence": '"MIT"'}
    lines |= {"head": '"spam"', "reader": f'"{reader}"'}
    lines["sha256"] = f'"{sha256 or hashlib.sha256(PREPARED).hexdigest()}"'
    for line in more:
        key, _, value = line.partition(" = ")
        lines[key] = value
    return f"[sources.{name}]\n" + "".join(f"{key} = {value}\n" for key, value in lines.items())


def everything(folder: Path) -> dict[str, bytes]:
    """Give every file below `folder` with its content."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def nothing(line: str) -> None:
    """Hear nothing."""
