"""
Teaches the meaning space: a vector for every common word, from a slow teacher.

Everything else in training runs without this, on the space of the live model.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt
from sklearn.decomposition import PCA

from moderation.classifiers.features import grams
from moderation.classifiers.meaning import MEANING_SIZE, MeaningSpace
from moderation.text import normalise
from moderation.training.teacher import CommonWord, Teacher, common_words

__all__ = ["fit_space", "teach"]

_RARE = 1e-4
# The `a` of Arora, Liang and Ma's weights a / (a + frequency): 1e-3, 1e-4, 3e-5 and 1e-5 were
# compared on pairs of the corpus's fitting split; decision record 0004 has the figures.

Float32 = npt.NDArray[np.float32]


def teach(*, cache: Path, seed: int, say: Callable[[str], None]) -> MeaningSpace:
    """
    Learn a meaning space from the commonest words of twelve languages.

    Args:
        cache: file where the teacher's answers are kept between runs.
        seed: for the projection.
        say: told about progress.

    Raises:
        TrainingError: the `teacher` extra is missing or its weights are not those expected.
    """
    words = common_words()
    say(f"meaning: {len(words):,} words for the teacher; answers are kept in {cache} …")
    vectors = Teacher(cache).encode(list(words), say)
    say("meaning: fitting the space …")
    return fit_space(words, vectors, seed=seed)


def fit_space(words: Mapping[str, CommonWord], vectors: Float32, *, seed: int = 0) -> MeaningSpace:
    """
    Fit the static student.

    Args:
        words: word -> how common it is, and where; those that fold to the same are taken once.
        vectors: float32, shape (n_words, 384): the teacher's answers, in the same order.
        seed: for the projection.
    """
    # Centred language by language: what the words of a language share is the language itself, and
    # it would set them apart from words of the same meaning in another.
    languages = np.array([word.language for word in words.values()])
    centred = vectors.astype(np.float32)
    for language in np.unique(languages):
        centred[languages == language] -= vectors[languages == language].mean(axis=0)
    # Whitened: a transformer's vectors share a few large directions that say nothing of meaning.
    white = PCA(MEANING_SIZE, whiten=True, random_state=seed).fit_transform(centred)
    share = np.array([word.share for word in words.values()], np.float64)
    white = (white * (_RARE / (_RARE + share))[:, None]).astype(np.float32)

    found: dict[int, int] = {}
    for row, word in enumerate(words):
        hashed = grams(normalise(word).folded)
        units = hashed.words if hashed.words.size == 1 else hashed.bigrams
        if units.size == 1:
            # Longer words, as the text room cuts them, have no row; of words that fold to the same
            # the first is kept.
            found.setdefault(int(units[0]), row)
    hashes = np.array(sorted(found), np.uint64)
    table = white[[found[int(h)] for h in hashes]]
    # One byte a number: a quarter of the size and of the memory traffic, at no measured loss.
    scale = np.maximum(np.abs(table).max(axis=1), 1e-12) / 127
    rows = np.rint(table / scale[:, None]).astype(np.int8)
    norms = np.maximum(np.linalg.norm(rows.astype(np.float32), axis=1), 1).astype(np.float32)
    return MeaningSpace(words=hashes, rows=rows, scale=scale.astype(np.float32), norms=norms)
