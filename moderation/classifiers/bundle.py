"""
A model on disk: `models/<version>/` with model.joblib and card.json; write, verify, read, activate.

The only file that loads joblib data, and only from `models/` and after its digest held.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from importlib.metadata import version as installed_version
from pathlib import Path
from typing import Any

import joblib
import numpy as np

from moderation.classifiers.background import Background
from moderation.classifiers.evidence import Evidence, read_evidence, with_short_lists
from moderation.classifiers.family import SpamFamilies
from moderation.classifiers.heads import LinearHeads
from moderation.classifiers.lexicon import Lexicon
from moderation.classifiers.meaning import MeaningSpace
from moderation.classifiers.model import Item, LearnedModel
from moderation.classifiers.reading import Reader
from moderation.classifiers.reject import RejectHead
from moderation.classifiers.relevance import RelevanceHead
from moderation.errors import BundleMissing, BundleRefused
from moderation.terms import Article
from moderation.text import normalise

__all__ = [
    "CANARY_TOLERANCE",
    "BundleInfo",
    "Canary",
    "Card",
    "Evidence",
    "activate",
    "canary_scores",
    "current_version",
    "list_bundles",
    "previous_version",
    "read_bundle",
    "read_card",
    "write_bundle",
]

_Part = (
    MeaningSpace | Lexicon | LinearHeads | RelevanceHead | Background | SpamFamilies | RejectHead
)

FORMAT = 4
"""Layout of model.joblib; raised when a field changes meaning."""

_BEFORE = 3
# A row for every word, none for titles: what sites trained before stays live after an upgrade.

CANARY_TOLERANCE = 2e-3
"""Largest move of a canary's probability: above rounding between processors, below any change."""

_VERSION = re.compile(r"\d{8}-\d{1,4}")
_LIBRARIES = ("numpy", "scikit-learn", "scipy", "joblib", "moderation")


@dataclass(frozen=True, slots=True)
class Canary:
    """A comment whose scores must come out as they did in training, or the bundle is refused."""

    text: str
    title: str | None
    body: str | None
    scores: Mapping[str, float | None]


@dataclass(frozen=True, slots=True)
class Card:
    """
    What a bundle says of itself; `card.json`, made for people to read in a diff.

    Attributes:
        version: ``YYYYMMDD-n``.
        created_at: ISO 8601, UTC.
        format: layout of model.joblib.
        sha256: of model.joblib, hex.
        libraries: name -> version it was fitted with.
        parent: version it was compared with or grew from, or None.
        seed: of every random choice.
        data: one entry a source: name, licence, sha256, rows by split.
        metrics: head -> metric -> value, on held-back rows only.
        comparison: head -> what the gate measured against the live model, or empty.
        parked_because: why it was not promoted, or None.
        canaries: comments with the scores they must have.
        evidence: head -> held-back rows of our corpus and the site's labels, for error budgets.
        languages: ISO 639-1: those it was measured in; of old cards empty.
    """

    version: str
    created_at: str
    sha256: str
    libraries: Mapping[str, str]
    parent: str | None
    seed: int
    data: tuple[Mapping[str, Any], ...]
    metrics: Mapping[str, Mapping[str, float]]
    comparison: Mapping[str, Mapping[str, float]]
    parked_because: str | None
    canaries: tuple[Canary, ...]
    notes: Mapping[str, Any] = field(default_factory=dict)
    format: int = FORMAT
    evidence: Mapping[str, Evidence] = field(default_factory=dict)
    languages: Sequence[str] = ()

    @property
    def root(self) -> str:
        """Version of the model, fitted from nothing, that this one grew from; it may be its own."""
        return str(self.notes.get("root", self.version))


@dataclass(frozen=True, slots=True)
class BundleInfo:
    """One line of the list of models; `problem` says why a bundle could not be read."""

    version: str
    live: bool
    created_at: str = ""
    metrics: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    parked_because: str | None = None
    problem: str | None = None


def fitted_libraries() -> dict[str, str]:
    """Give the versions of every library a score depends on."""
    return {name: installed_version(name) for name in _LIBRARIES}


def _sort_key(version: str) -> tuple[str, int]:
    day, _, number = version.partition("-")
    return day, int(number)


def _versions(models_dir: Path) -> list[str]:
    if not models_dir.is_dir():
        return []
    found = [p.name for p in models_dir.iterdir() if p.is_dir() and _VERSION.fullmatch(p.name)]
    return sorted(found, key=_sort_key)


def current_version(models_dir: Path) -> str:
    """
    Read which version is live.

    Raises:
        BundleMissing: there is no ``current``, or it names no version.
    """
    try:
        version = (models_dir / "current").read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise BundleMissing(f"{models_dir / 'current'} cannot be read; run `make train`") from error
    if not _VERSION.fullmatch(version):
        raise BundleMissing(f"{models_dir / 'current'} does not name a version like 20260131-1")
    return version


def _folder(models_dir: Path, version: str) -> Path:
    # The version may come from a request: nothing but the exact form may become a path.
    if not _VERSION.fullmatch(version) or not (models_dir / version).is_dir():
        raise BundleMissing(f"there is no model {version!r}", version=version, field="version")
    return models_dir / version


def read_card(models_dir: Path, version: str) -> Card:
    """
    Read a bundle's card; cheap, loads no weights.

    Raises:
        BundleMissing: no such version.
        BundleRefused: the card cannot be read.
    """
    folder = _folder(models_dir, version)
    try:
        content = json.loads((folder / "card.json").read_text(encoding="utf-8"))
        content["canaries"] = tuple(Canary(**canary) for canary in content["canaries"])
        content["data"] = tuple(content["data"])
        content["evidence"] = read_evidence(content.get("evidence", {}))
        return Card(**content)
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise BundleRefused(
            f"model {version}: card.json cannot be read: {error}", version=version
        ) from error


def read_bundle(models_dir: Path, version: str, *, check_canaries: bool = True) -> LearnedModel:
    """
    Verify a bundle and load it memory-mapped, so that all workers share its pages.

    The digest is checked before anything is unpickled: joblib data is code.

    Raises:
        BundleMissing: no such version.
        BundleRefused: it is not what its card says or not for this program; the message says why.
    """
    card = read_card(models_dir, version)
    path = _folder(models_dir, version) / "model.joblib"

    def refuse(why: str) -> BundleRefused:
        return BundleRefused(f"model {version} was refused: {why}", version=version)

    if card.version != version:
        raise refuse(f"its card is that of {card.version}")
    if card.format not in (_BEFORE, FORMAT):
        raise refuse(f"its layout is {card.format}, this program reads {FORMAT}")
    fitted, running = card.libraries.get("scikit-learn", ""), installed_version("scikit-learn")
    if fitted.split(".")[:2] != running.split(".")[:2]:
        raise refuse(
            f"it was fitted with scikit-learn {fitted}, here runs {running}; "
            "install that version or run `make train`"
        )
    try:
        with path.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise refuse(f"model.joblib cannot be read: {error.strerror}") from error
    if digest != card.sha256:
        raise refuse(
            f"the SHA-256 of model.joblib is {digest[:12]}…, its card says {card.sha256[:12]}…"
        )
    try:
        content = _views(joblib.load(path, mmap_mode="r"))
        if card.format == _BEFORE:
            content["space"]["row_of"] = np.arange(len(content["space"]["words"]), dtype=np.uint32)
        model = LearnedModel(
            version=version,
            reader=Reader(MeaningSpace(**content["space"]), Lexicon(**content["lexicon"])),
            heads=LinearHeads(**content["heads"]),
            relevance=RelevanceHead(**content["relevance"]),
            background=Background(**content["background"]),
            families=SpamFamilies(**content["families"]),
            # Only where moderators' verdicts supported it.
            reject=RejectHead(**content["reject"]) if "reject" in content else None,
            measured_in=frozenset(card.languages),
        )
    except Exception as error:
        raise refuse(f"model.joblib cannot be loaded: {error}") from error
    if check_canaries:
        _check_canaries(model, card, refuse)
    return model


def _views(content: dict[str, dict[str, np.ndarray]]) -> dict[str, dict[str, np.ndarray]]:
    """Give plain arrays over the same mapped pages: `np.memmap` costs microseconds at each use."""
    return {
        part: {name: np.asarray(array) for name, array in arrays.items()}
        for part, arrays in content.items()
    }


def _check_canaries(model: LearnedModel, card: Card, refuse: Any) -> None:
    for number, canary in enumerate(card.canaries, start=1):
        for head, now in canary_scores(model, canary).items():
            then = canary.scores.get(head)
            moved = (now is None) != (then is None) or (
                now is not None and then is not None and not abs(now - then) <= CANARY_TOLERANCE
            )
            if moved:
                raise refuse(f"canary {number} moved: {head} is {now}, its card says {then}")


def canary_scores(model: LearnedModel, canary: Canary) -> dict[str, float | None]:
    """Score one canary: head -> probability, rounded as the card keeps it."""
    article = None
    if canary.title or canary.body:
        article = model.analyse(Article(title=canary.title, body=canary.body, language="en"))
    item = Item(normalise(canary.text), article)
    values = model.score([item], explain=False)[0].values
    return {head: None if p is None else round(p, 5) for head, p in values.items()}


def write_bundle(models_dir: Path, model: LearnedModel, card: Card) -> Path:
    """
    Write a new bundle; it appears whole or not at all, and does not go live by this.

    Args:
        models_dir: where bundles live.
        model: what was learned.
        card: with everything but `sha256`, which is filled in here.

    Returns:
        The bundle's folder.

    Raises:
        FileExistsError: the version is taken.
    """
    models_dir.mkdir(parents=True, exist_ok=True)
    target = models_dir / card.version
    if target.exists():
        raise FileExistsError(f"model {card.version} exists already")
    content = {
        "space": _fields(model.reader.space),
        "lexicon": _fields(model.reader.lexicon),
        "heads": _fields(model.heads),
        "relevance": _fields(model.relevance),
        "background": _fields(model.background),
        "families": _fields(model.families),
    }
    if model.reject is not None:
        content["reject"] = _fields(model.reject)
    draft = Path(tempfile.mkdtemp(prefix=".draft-", dir=models_dir))
    try:
        # Not compressed: only plain arrays can be memory-mapped.
        joblib.dump(content, draft / "model.joblib", compress=0, protocol=5)
        with (draft / "model.joblib").open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        written = json.dumps({**asdict(card), "sha256": digest}, indent=1, ensure_ascii=False)
        (draft / "card.json").write_text(f"{with_short_lists(written)}\n", encoding="utf-8")
        for path in draft.iterdir():
            _sync(path)
        draft.chmod(0o755)
        draft.rename(target)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    _sync(models_dir)
    return target


def _fields(part: _Part) -> dict[str, np.ndarray]:
    return {
        name: np.ascontiguousarray(np.asarray(getattr(part, name)))
        for name, described in part.__dataclass_fields__.items()
        if described.init
    }


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def activate(models_dir: Path, version: str) -> None:
    """
    Make a version live: verify it, then rewrite ``current`` atomically.

    Raises:
        BundleMissing: no such version.
        BundleRefused: it does not verify; the live one stays.
    """
    read_bundle(models_dir, version)
    handle, name = tempfile.mkstemp(prefix=".current-", dir=models_dir)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.write(f"{version}\n")
            stream.flush()
            os.fsync(stream.fileno())
        Path(name).chmod(0o644)
        Path(name).replace(models_dir / "current")
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            Path(name).unlink()
        raise
    _sync(models_dir)


def list_bundles(models_dir: Path) -> list[BundleInfo]:
    """List all bundles, newest last; one that cannot be read says why."""
    try:
        live = current_version(models_dir)
    except BundleMissing:
        live = ""
    infos = []
    for version in _versions(models_dir):
        try:
            card = read_card(models_dir, version)
        except BundleRefused as error:
            infos.append(BundleInfo(version, version == live, problem=error.message))
        else:
            told = (card.created_at, card.metrics, card.parked_because)
            infos.append(BundleInfo(version, version == live, *told))
    return infos


def previous_version(models_dir: Path) -> str | None:
    """Give the newest version older than the live one that was not parked, or None."""
    live = current_version(models_dir)
    older = [
        info.version
        for info in list_bundles(models_dir)
        if _sort_key(info.version) < _sort_key(live)
        and info.problem is None
        and info.parked_because is None
    ]
    return older[-1] if older else None
