"""
Reads files out of downloaded archives, in memory.

Writes nothing anywhere, so no member can land outside a folder; refuses archives that try.
"""

from __future__ import annotations

import io
import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Sequence
from pathlib import PurePosixPath

from moderation.errors import SourceError

__all__ = ["from_tar", "from_zip"]

# The largest archive in use holds 11,000 members and 7 MB: these bounds are there for bombs.
_MEMBER_LIMIT = 50_000
_BYTE_LIMIT = 256 * 1024 * 1024

_BROKEN = (tarfile.TarError, zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError)


def from_tar(content: bytes, wanted: Sequence[str]) -> dict[str, bytes]:
    """
    Read files of a gzipped tar archive whose members share one top folder.

    Args:
        content: the archive.
        wanted: paths under the top folder; one ending in ``/`` means all that is in it.

    Raises:
        SourceError: it is damaged or too large, a member leaves its folder, or a path is missing.
    """
    files: dict[str, bytes] = {}
    budget = _Budget()
    try:
        with tarfile.open(fileobj=io.BytesIO(content), mode="r:gz") as archive:
            for member in archive:
                name = _inside(member.name).partition("/")[2]
                if not member.isfile() or not _is_wanted(name, wanted):
                    budget.spend(0)
                    continue
                budget.spend(member.size)
                stream = archive.extractfile(member)
                if stream is not None:
                    files[name] = stream.read()
    except _BROKEN as error:
        raise SourceError(f"its archive is damaged: {error}") from error
    for path in wanted:
        if not any(_is_wanted(name, [path]) for name in files):
            raise SourceError(f"its archive has no {path}")
    return files


def from_zip(content: bytes) -> dict[str, bytes]:
    """
    Read every file of a zip archive.

    Raises:
        SourceError: it is damaged, locked or too large, or a member leaves its folder.
    """
    budget = _Budget()
    files: dict[str, bytes] = {}
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for member in archive.infolist():
                name = _inside(member.filename)
                if member.is_dir():
                    continue
                budget.spend(member.file_size)
                files[name] = _read_at_most(archive.open(member).read, member.file_size)
    except (*_BROKEN, RuntimeError, NotImplementedError) as error:
        raise SourceError(f"its archive is damaged: {error}") from error
    return files


class _Budget:
    """What an archive may still unpack to."""

    def __init__(self) -> None:
        self._members, self._bytes = _MEMBER_LIMIT, _BYTE_LIMIT

    def spend(self, size: int) -> None:
        self._members -= 1
        self._bytes -= size
        if self._members < 0 or self._bytes < 0:
            raise SourceError("its archive unpacks to more than any known set holds")


def _inside(name: str) -> str:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or "\\" in name or ":" in name:
        raise SourceError(f"its archive has a member outside its folder: {name!r}")
    return str(path)


def _is_wanted(name: str, wanted: Sequence[str]) -> bool:
    return any(name.startswith(path) if path.endswith("/") else name == path for path in wanted)


def _read_at_most(read: Callable[[int], bytes], size: int) -> bytes:
    # The size in a zip directory is a claim: reading one byte more shows when it is a lie.
    content = read(size + 1)
    if len(content) > size:
        raise SourceError("its archive holds more than it says")
    return content
