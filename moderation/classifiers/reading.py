"""
One pass over a text for all heads: its n-grams, its meaning, its listed words, as numbers.

Numpy only; knows no head. Training and serving read texts through here and nowhere else.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from moderation.classifiers.features import SHAPE_NAMES, TextFeatures, featurise
from moderation.classifiers.lexicon import LEXICON_SIZE, Lexicon
from moderation.classifiers.meaning import MEANING_SIZE, Meaning, MeaningSpace
from moderation.text import Text

__all__ = ["DENSE_SIZE", "Reader", "Reading"]

DENSE_SIZE = len(SHAPE_NAMES) + LEXICON_SIZE + MEANING_SIZE
"""Numbers beside the n-grams: shape counts, then listed words, then meaning."""

_LISTED = np.float32(2.0)
# A weight that is large is dear to a regularised fit: scaled up, listed words, which say the same
# in every language, cost less than the n-grams that say it in one (decision record 0004).


@dataclass(frozen=True, slots=True)
class Reading:
    """
    What all heads read of one text.

    Attributes:
        features: n-grams, words and shape.
        meaning: as a whole and word by word.
        dense: float32, shape (DENSE_SIZE,).
    """

    features: TextFeatures
    meaning: Meaning
    dense: npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Reader:
    """
    Reads texts. Immutable, safe among threads.

    Attributes:
        space: where words have their meaning.
        lexicon: the listed words.
    """

    space: MeaningSpace
    lexicon: Lexicon

    def read(self, text: Text) -> Reading:
        """Take every number of one normalised text; an empty text gives zeros."""
        features = featurise(text)
        meaning = self.space.read(features.grams)
        listed = self.lexicon.read(features.grams) * _LISTED
        return Reading(features, meaning, np.concatenate((features.shape, listed, meaning.vector)))
