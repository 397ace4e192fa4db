"""
Fits which family of spam a spam comment is of, from the families of our corpus.

Knows rows and their numbers; reads no file.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression

from moderation.classifiers.family import FAMILY_WORDS, SpamFamilies, no_families
from moderation.training.rows import Row

__all__ = ["fit_families"]

_STRENGTH = 5.0
_FEWEST = 10
# Rows below which a family is not learned.


def fit_families(rows: Sequence[Row], dense: npt.NDArray[np.float32]) -> SpamFamilies:
    """
    Fit on the spam rows that say their family.

    Args:
        rows: of the fitting split.
        dense: float32, shape (n_rows, DENSE_SIZE): the same rows.
    """
    named = [place for place, row in enumerate(rows) if row.spam and row.family in FAMILY_WORDS]
    counts = Counter(rows[place].family for place in named)
    chosen = [place for place in named if counts[rows[place].family] >= _FEWEST]
    families = [str(rows[place].family) for place in chosen]
    if len(set(families)) < 2:
        return no_families(dense.shape[1])
    learner = LogisticRegression(C=_STRENGTH, class_weight="balanced", max_iter=1000)
    learner.fit(dense[chosen], families)
    if len(learner.classes_) == 2:
        # Two classes share one column of weights: written out, serving needs one formula.
        weights = np.concatenate((-learner.coef_, learner.coef_)) / 2
        intercept = np.concatenate((-learner.intercept_, learner.intercept_)) / 2
    else:
        weights, intercept = learner.coef_, learner.intercept_
    return SpamFamilies(
        np.array(learner.classes_, dtype=np.str_),
        np.ascontiguousarray(weights.T, dtype=np.float32),
        np.asarray(intercept, np.float32),
    )
