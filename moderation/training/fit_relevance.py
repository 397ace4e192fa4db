"""
Fits the relevance head on comments beside their articles and beside others.

Knows pairs; reads no file.
"""

from __future__ import annotations

import warnings
from collections.abc import Collection, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.special import log_softmax
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier
from sklearn.preprocessing import StandardScaler

from moderation.classifiers.heads import LINEAR_HEADS, REMARKS, LinearHeads
from moderation.classifiers.reading import Reader
from moderation.classifiers.relevance import KINDS, RelevanceHead, Remarks
from moderation.errors import TrainingError
from moderation.terms import RelevanceKind
from moderation.text import normalise
from moderation.training.harmless import COURTESIES, STRAYS
from moderation.training.pairs import (
    Pair,
    Shelf,
    is_pair,
    make_pairs,
    pair_features,
    place_anywhere,
    under_title,
)
from moderation.training.rows import Row

__all__ = ["blend", "calibrate_relevance", "fit_relevance", "fresh_share", "remarks_of"]

_SHARES = {
    RelevanceKind.ON_TOPIC: 0.6,
    RelevanceKind.GENERIC: 0.2,
    RelevanceKind.OFF_TOPIC: 0.2,
}
# What a comment section holds: off topic 5 to 52 % by section, 16 % in all (Schabus, Skowron and
# Trapp, SIGIR 2017); thin praise about as much in our corpus.
_PERCEPTRONS = 4
_HIDDEN = 48
_DECAY = 0.5
# scikit-learn's alpha, chosen together with `_MADE` on the calibrating split, for comments as
# labelled and under swapped articles (decision record 0024).
_BATCH = 512
_ROUNDS = 150
# Stopping there is meant: with little data more of them would learn it by heart.
_BALANCE = {"corpus": 4.0, "labels": 8.0, COURTESIES: 0.5, STRAYS: 0.3}
# Courtesies and strays stand where we put them, so they count little; without them about twice as
# much thin praise is taken for off topic (decision record 0025).
_OTHER = 1.0
# Pairs of a question forum look unlike comments under news: they help, but must not rule. With a
# fifth of this they were judged worse than by nearness alone (decision record 0024).
_MADE = 0.12
# What was off topic only because we put it under another article looks unlike what people write who
# stray, and is far more: it must not drown them (decision record 0019 has the reasons).
_FEWEST = 50
# Comments; by fewer the few off topic among them would decide how common that is.
_DOUBT = 0.001
# Of an offset, squared: a kind that hardly occurs must not be pushed out altogether.
_HALF = 200
# With so many labels that the base never saw, they weigh as much as what was known before.
_LEAST = 20
# Fewer would count less than a tenth of that, for a fit that takes longer than all others together.

Float32 = npt.NDArray[np.float32]
Float64 = npt.NDArray[np.float64]


def fit_relevance(
    rows: Sequence[Row],
    reader: Reader,
    shelf: Shelf,
    heads: LinearHeads,
    remarks: Sequence[Remarks],
    *,
    seed: int,
) -> RelevanceHead:
    """
    Fit the head.

    Args:
        rows: of the fitting split.
        reader: of the model being made.
        shelf: its background.
        heads: its linear heads.
        remarks: of each row, as heads not fitted on it give them.
        seed: for swapping articles and starting the perceptrons.

    Raises:
        TrainingError: a kind is missing among the rows.
    """
    pairs = [*make_pairs(rows, seed=seed), *place_anywhere(rows, seed=seed)]
    missing = [kind.value for kind in KINDS if all(pair.row.kind is not kind for pair in pairs)]
    if missing:
        raise TrainingError(f"relevance has no {' and no '.join(missing)} comment to learn from")
    features = pair_features(pairs, reader, shelf, heads.idf, remarks)
    wanted, weights = _wanted(pairs), _weights(pairs)
    scaler = StandardScaler().fit(features, sample_weight=weights)
    standard = scaler.transform(features)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        learners = [
            MLPClassifier(
                (_HIDDEN,),
                alpha=_DECAY,
                learning_rate_init=0.005,
                batch_size=min(_BATCH, len(standard)),
                max_iter=_ROUNDS,
                random_state=seed + k,
            ).fit(standard, wanted, sample_weight=weights)
            for k in range(_PERCEPTRONS)
        ]
    return RelevanceHead(
        mean=scaler.mean_.astype(np.float32),
        scale=scaler.scale_.astype(np.float32),
        hidden=np.concatenate([m.coefs_[0].T for m in learners]).astype(np.float32),
        hidden_bias=np.concatenate([m.intercepts_[0] for m in learners]).astype(np.float32),
        weights=np.concatenate([m.coefs_[1].T for m in learners], axis=1).astype(np.float32)
        / np.float32(_PERCEPTRONS),
        intercept=np.mean([m.intercepts_[1] for m in learners], axis=0).astype(np.float32),
    )


def fresh_share(rows: Sequence[Row], fresh: Collection[str]) -> float:
    """
    Give how much a head fitted on rows that the base never saw should count beside it: 0..1.

    Args:
        rows: of the fitting split.
        fresh: sources that the base was not fitted on.
    """
    new = sum(row.source in fresh and row.kind is not None for row in rows)
    return new / (new + _HALF) if new >= _LEAST else 0.0


def blend(base: RelevanceHead, new: RelevanceHead, share: float) -> RelevanceHead:
    """
    Average the log-odds of two heads.

    A head fitted without the public sets knows less of the world than the shipped one, and more of
    the site. Side by side in one hidden layer they are one head again.

    Args:
        base: the head to learn on top of.
        new: fitted on what is here.
        share: 0..1, how much `new` counts.
    """
    # Both standardisations are folded into the weights, so that one layer can serve both.
    hidden = [head.hidden / head.scale for head in (base, new)]
    bias = [
        head.hidden_bias - folded @ head.mean
        for head, folded in zip((base, new), hidden, strict=True)
    ]
    own = np.float32(share)
    return RelevanceHead(
        mean=np.zeros_like(base.mean),
        scale=np.ones_like(base.scale),
        hidden=np.concatenate(hidden),
        hidden_bias=np.concatenate(bias),
        weights=np.concatenate((base.weights * (1 - own), new.weights * own), axis=1),
        intercept=base.intercept * (1 - own) + new.intercept * own,
        titles=base.titles,
    )


def calibrate_relevance(
    head: RelevanceHead,
    rows: Sequence[Row],
    reader: Reader,
    shelf: Shelf,
    heads: LinearHeads,
) -> RelevanceHead:
    """
    Make the probabilities of the kinds mean what they say, on comments as people write them.

    One temperature (Guo and others, ICML 2017), and an offset for each kind: the head is fitted on
    pairs of our making as well, among which the kinds are not as common as under an article. Then
    the same once more for articles cut to their titles, where less is near to anything.

    Args:
        head: as fitted.
        rows: of the calibrating split; with fewer than 50 comments under articles of our own or a
            site's the head stays.
        reader: of the model being made.
        shelf: its background.
        heads: its linear heads; they were not fitted on these rows.
    """
    found = [row for row in rows if row.source in _BALANCE and is_pair(row)]
    if len(found) < _FEWEST:
        return head
    own = [Pair(row, number, made=False) for number, row in enumerate(found)]
    remarks = remarks_of(own, reader, heads)
    factor, offsets = _calibration(head, own, pair_features(own, reader, shelf, heads.idf, remarks))
    head = replace(head, weights=head.weights * factor, intercept=head.intercept * factor + offsets)
    titles = [under_title(pair) for pair in own if pair.row.article and pair.row.article.title]
    if len(titles) < _FEWEST:
        return head
    factor, offsets = _calibration(
        head, titles, pair_features(titles, reader, shelf, heads.idf, remarks)
    )
    return replace(head, titles=np.concatenate(([factor], offsets)).astype(np.float32))


def _calibration(
    head: RelevanceHead, pairs: Sequence[Pair], features: Float32
) -> tuple[np.float32, Float32]:
    """Give the factor and the offsets, float32, shape (3,), by which log-odds come out right."""
    wanted = _wanted(pairs)
    logits = np.log(np.stack([head.kinds(row) for row in features]).astype(np.float64) + 1e-12)

    def loss(numbers: Float64) -> float:
        scaled = log_softmax(logits * np.exp(numbers[0]) + numbers[1:], axis=1)
        doubt = _DOUBT * float(numbers[1:] @ numbers[1:])
        return doubt - float(scaled[np.arange(len(pairs)), wanted].mean())

    bounds = [(-1.5, 1.5), *[(-3.0, 3.0)] * len(KINDS)]
    best = minimize(loss, np.zeros(1 + len(KINDS)), method="L-BFGS-B", bounds=bounds).x
    return np.float32(np.exp(best[0])), best[1:].astype(np.float32)


def remarks_of(pairs: Sequence[Pair], reader: Reader, heads: LinearHeads) -> list[Remarks]:
    """Give what finished heads say of the comment of each pair."""
    columns = [LINEAR_HEADS.index(name) for name in REMARKS]
    logits = [heads.logits(reader.read(normalise(pair.row.text))) for pair in pairs]
    return [Remarks(*found[columns].tolist()) for found in logits]


def _wanted(pairs: Sequence[Pair]) -> npt.NDArray[np.int64]:
    return np.array([KINDS.index(pair.row.kind) for pair in pairs if pair.row.kind], np.int64)


def _is_made(pair: Pair) -> bool:
    """Tell whether a pair is off topic by our making."""
    return pair.row.kind is RelevanceKind.OFF_TOPIC and (pair.made or pair.row.fragment)


def _weights(pairs: Sequence[Pair]) -> Float64:
    weights = np.array(
        [
            pair.row.weight
            * _BALANCE.get(pair.row.source, _OTHER)
            * (_MADE if _is_made(pair) else 1.0)
            for pair in pairs
        ],
        np.float64,
    )
    wanted = _wanted(pairs)
    for number, kind in enumerate(KINDS):
        side = wanted == number
        if side.any():
            weights[side] *= _SHARES[kind] * len(pairs) / weights[side].sum()
    return np.asarray(weights, np.float64)
