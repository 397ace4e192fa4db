"""
Turns many texts into matrices with exactly the code that serving uses, on all cores.

Knows the reader; fits nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from joblib import Parallel, delayed
from scipy.sparse import csr_matrix, diags_array

from moderation.classifiers.features import NGRAM_BITS, SHAPE_NAMES
from moderation.classifiers.lexicon import LEXICON_SIZE
from moderation.classifiers.meaning import MEANING_SIZE
from moderation.classifiers.reading import DENSE_SIZE, Reader
from moderation.text import normalise

__all__ = ["FEATURE_GROUPS", "Encoded", "encode", "tfidf"]

FEATURE_GROUPS = ("n-grams", "shape", "lists", "meaning")
"""What a linear head reads of a text, as an ablation takes it away."""

_BATCH = 512

Float32 = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Encoded:
    """
    Many texts as numbers.

    Attributes:
        buckets: csr_matrix, shape (n_texts, 2**NGRAM_BITS), float32: 1 where a text has a bucket.
        dense: float32, shape (n_texts, DENSE_SIZE), as `Reading.dense`.
    """

    buckets: csr_matrix
    dense: Float32

    def take(self, rows: npt.NDArray[np.int64]) -> Encoded:
        """Give some of the texts, in the order asked."""
        return Encoded(self.buckets[rows], self.dense[rows])

    def without(self, groups: Collection[str]) -> Encoded:
        """Give the texts as if some of `FEATURE_GROUPS` said nothing of them."""
        buckets, dense = self.buckets, self.dense
        ends = np.cumsum([len(SHAPE_NAMES), LEXICON_SIZE, MEANING_SIZE])
        if "n-grams" in groups:
            buckets = csr_matrix(buckets.shape, dtype=np.float32)
        for group, start, end in zip(FEATURE_GROUPS[1:], (0, *ends), ends, strict=False):
            if group in groups:
                dense = dense.copy()
                dense[:, start:end] = 0
        return Encoded(buckets, dense)


def _encode_batch(
    texts: Sequence[str], reader: Reader
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int64], Float32]:
    buckets, sizes = [], np.zeros(len(texts), np.int64)
    dense = np.zeros((len(texts), DENSE_SIZE), np.float32)
    for row, text in enumerate(texts):
        reading = reader.read(normalise(text))
        indices = reading.features.ngram_indices
        buckets.append(indices.astype(np.int32))
        sizes[row] = indices.size
        dense[row] = reading.dense
    return np.concatenate(buckets), sizes, dense


def encode(texts: Sequence[str], reader: Reader, *, jobs: int = -1) -> Encoded:
    """
    Encode texts.

    Args:
        texts: as written.
        reader: of the model being made.
        jobs: processes, as joblib counts them; a Dask cluster serves through
            ``joblib.parallel_config("dask")`` without a change here.
    """
    batches = [texts[i : i + _BATCH] for i in range(0, len(texts), _BATCH)]
    done = Parallel(n_jobs=jobs)(delayed(_encode_batch)(batch, reader) for batch in batches)
    if not batches:
        return Encoded(
            csr_matrix((0, 1 << NGRAM_BITS), dtype=np.float32),
            np.zeros((0, DENSE_SIZE), np.float32),
        )
    sizes = np.concatenate([part[1] for part in done])
    indices = np.concatenate([part[0] for part in done])
    buckets = csr_matrix(
        (np.ones(indices.size, np.float32), indices, np.concatenate(([0], np.cumsum(sizes)))),
        shape=(len(texts), 1 << NGRAM_BITS),
    )
    return Encoded(buckets, np.concatenate([part[2] for part in done]))


def tfidf(encoded: Encoded, idf: Float32) -> csr_matrix:
    """Weight buckets by idf and scale rows to length 1, as `LinearHeads.logits` does."""
    weighted = (encoded.buckets @ diags_array(idf)).tocsr().astype(np.float32)
    norms = np.sqrt(weighted.multiply(weighted).sum(axis=1))
    lengths = np.maximum(np.asarray(norms).ravel(), 1e-9)
    return (diags_array((1 / lengths).astype(np.float32)) @ weighted).tocsr()
