"""
Fits the relevance head on comments beside their articles and beside others.

Knows pairs; reads no file.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from sklearn.neural_network import MLPClassifier
from sklearn.preprocessing import StandardScaler

from moderation.classifiers.heads import LinearHeads
from moderation.classifiers.meaning import MeaningSpace
from moderation.classifiers.relevance import KINDS, RelevanceHead
from moderation.errors import TrainingError
from moderation.terms import RelevanceKind
from moderation.training.pairs import make_pairs, pair_features
from moderation.training.rows import Row

__all__ = ["fit_relevance"]

_SHARES = {
    RelevanceKind.ON_TOPIC: 0.6,
    RelevanceKind.GENERIC: 0.2,
    RelevanceKind.OFF_TOPIC: 0.2,
}
# What a comment section holds: off topic 5 to 52 % by section, 16 % in all (Schabus, Skowron and
# Trapp, SIGIR 2017); thin praise about as much in our corpus.
_HIDDEN = 16
_BALANCE = {"corpus": 4.0, "labels": 8.0}
_OTHER = 0.2
# Pairs of a question forum look unlike comments under news: they help, but must not rule.


def fit_relevance(
    rows: Sequence[Row],
    space: MeaningSpace,
    heads: LinearHeads,
    *,
    generic: npt.NDArray[np.float64],
    substance: npt.NDArray[np.float64],
    seed: int,
) -> RelevanceHead:
    """
    Fit the head.

    Args:
        rows: of the fitting split.
        space: the meaning space of the model being made.
        heads: its linear heads, for idf.
        generic: float64, shape (n_rows,): out-of-fold log-odds; `substance` likewise.
        seed: for swapping articles.

    Raises:
        TrainingError: a kind is missing among the rows.
    """
    pairs = make_pairs(rows, seed=seed)
    kinds = [pair.row.kind for pair in pairs]
    missing = [kind.value for kind in KINDS if kind not in kinds]
    if missing:
        raise TrainingError(f"relevance has no {' and no '.join(missing)} comment to learn from")
    measured = pair_features(pairs, space, heads.idf, generic, substance)
    wanted = np.array([KINDS.index(kind) for kind in kinds if kind is not None])
    weights = np.array(
        [pair.row.weight * _BALANCE.get(pair.row.source, _OTHER) for pair in pairs], np.float64
    )
    for number, kind in enumerate(KINDS):
        side = wanted == number
        weights[side] *= _SHARES[kind] * len(pairs) / weights[side].sum()
    scaler = StandardScaler().fit(measured, sample_weight=weights)
    learner = MLPClassifier(
        (_HIDDEN,), alpha=1.0, learning_rate_init=0.005, max_iter=300, random_state=seed
    )
    learner.fit(scaler.transform(measured), wanted, sample_weight=weights)
    return RelevanceHead(
        mean=scaler.mean_.astype(np.float32),
        scale=scaler.scale_.astype(np.float32),
        hidden=learner.coefs_[0].T.astype(np.float32),
        hidden_bias=learner.intercepts_[0].astype(np.float32),
        weights=learner.coefs_[1].T.astype(np.float32),
        intercept=learner.intercepts_[1].astype(np.float32),
    )
