"""
Fetches the public sets, prepares them and puts each in place once it is the one expected.

Writes into the data folder only, whole files only; trains nothing.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from moderation.config import Config
from moderation.errors import SourceError
from moderation.training.archives import from_tar, from_zip
from moderation.training.download import Opener, download, open_https
from moderation.training.prepared import distinct, to_csv
from moderation.training.readers import READERS
from moderation.training.sources import (
    EVALUATE,
    PINS,
    Source,
    is_pinnable,
    present_sources,
    read_pins,
    read_sources,
)

__all__ = ["UNPINNED", "fetch", "pin"]

Say = Callable[[str], None]

UNPINNED = "data.unpinned.csv"
"""Where a set waits whose digest is not the one expected; training never reads this name."""

_ARCHIVE = "/tar.gz/"


@dataclass(frozen=True, slots=True)
class _Outcome:
    """How it went with one set; `path` is None when it cannot be used yet."""

    name: str
    what: str
    path: Path | None = None


def fetch(
    config: Config, names: Sequence[str] = (), *, say: Say, opener: Opener = open_https
) -> list[Path]:
    """
    Bring the public sets into the data folder; those there and verified are left alone.

    Args:
        config: `data_dir` is where they go, ``var_dir/datasets`` when it is not set.
        names: which sets; none means all but those for measuring only.
        say: told what happens, line by line, and a table at the end.
        opener: opens HTTPS addresses.

    Returns:
        The prepared files, all verified, in the order of `sources.toml`.

    Raises:
        SourceError: a name is unknown, or some set is not usable; the others are in place then.
    """
    sources = _chosen(read_sources(config.corpus_dir / "sources.toml"), names)
    data_dir = _data_dir(config)
    if config.data_dir is None:
        say(
            f"no data folder is set: using {data_dir}. Set MODERATION_DATA_DIR={data_dir} "
            "before training, so that it finds the sets."
        )
    outcomes = []
    for source in sources:
        try:
            outcome = _bring(source, data_dir, say, opener)
        except SourceError as error:
            outcome = _Outcome(source.name, f"failed: {error}")
        except OSError as error:
            outcome = _Outcome(source.name, f"failed: {error}")
        outcomes.append(outcome)
    width = max((len(outcome.name) for outcome in outcomes), default=0)
    for outcome in outcomes:
        say(f"{outcome.name:<{width}}  {outcome.what}")
    unusable = [outcome.name for outcome in outcomes if outcome.path is None]
    if unusable:
        raise SourceError(
            f"{len(unusable)} of {len(outcomes)} sets cannot be used: {', '.join(unusable)}"
        )
    return [outcome.path for outcome in outcomes if outcome.path is not None]


def pin(config: Config, name: str, *, say: Say) -> Path:
    """
    Accept a fetched set that differs from the one expected: from now on training reads it.

    Args:
        config: as for `fetch`.
        name: a set whose reader was never proven on the upstream files.
        say: told what was accepted.

    Returns:
        The prepared file.

    Raises:
        SourceError: no such set, none waits, or its digest is enforced.
    """
    (source,) = _chosen(read_sources(config.corpus_dir / "sources.toml"), [name])
    if not is_pinnable(source):
        raise SourceError("its digest is enforced and cannot be pinned", field=name)
    data_dir = _data_dir(config)
    waiting, path = data_dir / name / UNPINNED, data_dir / name / "data.csv"
    if not waiting.is_file():
        raise SourceError(f"no fetched file waits at {waiting}", field=name)
    digest = hashlib.sha256(waiting.read_bytes()).hexdigest()
    pins = {**read_pins(data_dir), name: digest}
    lines = "".join(f'{key} = "{value}"\n' for key, value in sorted(pins.items()))
    head = "# Digests of sets that somebody here accepted with `datasets --pin`.\n[pins]\n"
    try:
        # The pin first: a stop in between leaves a pin without a file, which harms nothing.
        _write(data_dir / PINS, (head + lines).encode())
        os.replace(waiting, path)
    except OSError as error:
        raise SourceError(f"cannot be written: {error}", field=name) from error
    say(f"{name}: accepted with SHA-256 {digest}")
    return path


def _data_dir(config: Config) -> Path:
    return config.data_dir or config.var_dir / "datasets"


def _chosen(sources: Sequence[Source], names: Sequence[str]) -> list[Source]:
    unknown = set(names) - {source.name for source in sources}
    if unknown:
        known = ", ".join(source.name for source in sources)
        raise SourceError(f"no such set; there are {known}", field=", ".join(sorted(unknown)))
    for source in sources:
        if source.name in names and source.use == EVALUATE:
            raise SourceError(
                "is for measuring only and is not fetched; put its prepared data.csv under "
                "MODERATION_EVALUATE_DIR",
                field=source.name,
            )
    return [s for s in sources if s.use != EVALUATE and (not names or s.name in names)]


def _bring(source: Source, data_dir: Path, say: Say, opener: Opener) -> _Outcome:
    folder = data_dir / source.name
    path = folder / "data.csv"
    if path.exists():
        try:
            present_sources([source], data_dir)
            return _Outcome(source.name, "present and verified", path)
        except SourceError:
            say(f"{source.name}: what is there is not the set expected; fetching it again")
    data_dir.mkdir(parents=True, exist_ok=True)
    content, rows, skipped = _prepare(source, _upstream(source, data_dir, say, opener))
    counted = f"{rows:,} rows, {skipped:,} unusable ones skipped"
    digest = hashlib.sha256(content).hexdigest()
    folder.mkdir(exist_ok=True)
    if digest in {source.sha256, _pin_of(source, data_dir)}:
        _write(path, content)
        (folder / UNPINNED).unlink(missing_ok=True)
        return _Outcome(source.name, f"fetched and verified: {counted}", path)
    if not is_pinnable(source):
        raise SourceError(f"prepared to SHA-256 {digest}, expected {source.sha256}; thrown away")
    _write(folder / UNPINNED, content)
    return _Outcome(
        source.name,
        f"not the file expected, so kept apart ({counted}; SHA-256 {digest}): look at "
        f"{folder / UNPINNED}, then accept it by `python -m moderation datasets "
        f"--pin {source.name}`",
    )


def _pin_of(source: Source, data_dir: Path) -> str | None:
    return read_pins(data_dir).get(source.name) if is_pinnable(source) else None


def _upstream(source: Source, data_dir: Path, say: Say, opener: Opener) -> dict[str, bytes]:
    """Download a set's upstream files, archives opened, into memory; nothing stays on disk."""
    with tempfile.TemporaryDirectory(prefix=".fetch-", dir=data_dir) as scratch:
        path = Path(scratch) / "file"
        say(f"{source.name}: fetching from {source.address}")
        if _ARCHIVE in source.address:
            download(source.address, path, opener)
            return from_tar(path.read_bytes(), source.files)
        files: dict[str, bytes] = {}
        for name in source.files:
            download(f"{source.address}/{quote(name)}", path, opener)
            content = path.read_bytes()
            files.update(from_zip(content) if name.endswith(".zip") else {name: content})
        return files


def _prepare(source: Source, files: dict[str, bytes]) -> tuple[bytes, int, int]:
    """Give the prepared file, how many rows it has, and how many upstream rows were unusable."""
    if source.reader not in READERS:
        raise SourceError(f"there is no reader {source.reader!r}")
    try:
        given = list(READERS[source.reader](files))
    except (ValueError, RecursionError) as error:
        raise SourceError(f"the upstream files are not in the known format: {error}") from error
    rows = [row for row in given if row is not None]
    skipped = len(given) - len(rows)
    if not rows:
        raise SourceError(f"no row could be read; {skipped:,} were unusable")
    if source.distinct:
        rows = list(distinct(rows))
    return to_csv(rows), len(rows), skipped


def _write(path: Path, content: bytes) -> None:
    """Write a file so that a reader sees the old one or the new one, never a part."""
    handle, name = tempfile.mkstemp(prefix=".write-", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        # mkstemp makes files for their owner alone; other users of the machine may train too.
        os.chmod(name, 0o644)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
