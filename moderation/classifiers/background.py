"""
What articles and comments of a language say anyway: what a comment's nearness is compared with.

Numpy only; holds averages, knows no head.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

__all__ = ["Background", "centred", "empty_background"]

_FEWEST = 8
# Fewer articles of a language say nothing of what is ordinary there: then all of them are asked.

Float32 = npt.NDArray[np.float32]
Strings = npt.NDArray[np.str_]


@dataclass(frozen=True, slots=True)
class Background:
    """
    Articles on all sorts of subjects, and what their sentences and comments have in common.

    A comment that is near to every article belongs to none in particular. And what all comments of
    a language share (they are short, they speak of "you" and "I") is no nearness to any article:
    taken away from both sides, more of the rest is left to compare (Mu, Bhat, Viswanath, ICLR 2018:
    all-but-the-top).

    Attributes:
        vectors: float32, shape (n_articles, MEANING_SIZE): centres, ordered by language.
        languages: str, shape (n_articles,), sorted: ISO 639-1.
        codes: str, shape (n_codes,): languages with means of their own; the first is "", which
            stands for all others.
        sentence_means: float32, shape (n_codes, MEANING_SIZE): of the sentences of articles.
        comment_means: float32, shape (n_codes, MEANING_SIZE): of comments.
        spoken: the languages among `codes`.
    """

    vectors: Float32
    languages: Strings
    codes: Strings
    sentence_means: Float32
    comment_means: Float32
    spoken: frozenset[str] = field(init=False, repr=False, compare=False)
    _slices: dict[str, slice] = field(init=False, repr=False, compare=False)
    _rows: dict[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Note where each language stands."""
        slices = {}
        for language in set(self.languages.tolist()):
            start = int(self.languages.searchsorted(language))
            stop = int(self.languages.searchsorted(language, "right"))
            if stop - start >= _FEWEST:
                slices[language] = slice(start, stop)
        object.__setattr__(self, "spoken", frozenset(self.codes.tolist()) - {""})
        object.__setattr__(self, "_slices", slices)
        object.__setattr__(self, "_rows", {code: at for at, code in enumerate(self.codes.tolist())})

    def of(self, language: str) -> slice:
        """Give the places of the articles of a language in `vectors`, or of all."""
        return self._slices.get(language, slice(0, len(self.vectors)))

    def sentence_mean(self, language: str) -> Float32:
        """Give what sentences of articles in a language have in common."""
        mean: Float32 = self.sentence_means[self._rows.get(language, 0)]
        return mean

    def comment_mean(self, language: str) -> Float32:
        """Give what comments in a language have in common."""
        mean: Float32 = self.comment_means[self._rows.get(language, 0)]
        return mean


def empty_background(dimensions: int) -> Background:
    """Give a background that compares with nothing and takes nothing away."""
    nothing = np.zeros((1, dimensions), np.float32)
    names = np.empty(0, np.str_)
    return Background(nothing[:0], names, np.array([""]), nothing, nothing)


def centred(vectors: Float32, mean: Float32) -> Float32:
    """
    Take away from vectors what all have in common.

    Args:
        vectors: float32, shape (n, MEANING_SIZE): rows of length 1 or 0.
        mean: float32, shape (MEANING_SIZE,).

    Returns:
        float32, shape (n, MEANING_SIZE): rows of length 1; one of length 0 stays, it says nothing.
    """
    moved = vectors - mean
    lengths = np.sqrt(np.einsum("ij,ij->i", moved, moved))
    silent = ~vectors.any(axis=1)
    moved /= np.maximum(lengths, 1e-9)[:, None]
    moved[silent] = 0
    return np.asarray(moved, np.float32)
