"""
What sort of spam a comment most resembles, in words for a moderator.

Numpy only; changes no score and decides nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["FAMILY_WORDS", "SpamFamilies", "no_families"]

FAMILY_WORDS = {
    "contact_bait": "somebody fishing for contacts",
    "copied_comment": "a copied comment with a link put in",
    "crypto": "crypto and investment spam",
    "dating": "dating and adult spam",
    "fake_support": "fake support and recovery services",
    "gambling": "gambling spam",
    "giveaway": "giveaways and phishing",
    "job_offer": "too good a job offer",
    "link_seo": "links placed for search engines",
    "machine_reply": "a machine-written reply that would fit any article",
    "promotion": "promotion of a page, channel or shop",
}
"""The corpus' families of spam (CORPUS.md), as a moderator reads of them."""

_LEAST = 0.5
# Out of fold, 86 % of the families named from this probability on were right, and 74 % of those
# from .3 on (decision record 0020): better no word than a wrong one in four.

Float32 = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class SpamFamilies:
    """
    A multinomial logistic regression over the dense numbers of a text.

    Attributes:
        names: str, shape (n_families,): keys of `FAMILY_WORDS`.
        weights: float32, shape (DENSE_SIZE, n_families).
        intercept: float32, shape (n_families,).
    """

    names: npt.NDArray[np.str_]
    weights: Float32
    intercept: Float32

    def likeliest(self, dense: Float32) -> str | None:
        """
        Say what spam a text looks like, were it spam.

        Args:
            dense: float32, shape (DENSE_SIZE,): of the text.

        Returns:
            One sentence, or None when no family stands out.
        """
        if not self.names.size:
            return None
        logits = dense @ self.weights + self.intercept
        grown = np.exp(logits - logits.max())
        best = int(grown.argmax())
        # Written so that a value that is no number names nothing.
        if not grown[best] / grown.sum() >= _LEAST:
            return None
        return f"Most like {FAMILY_WORDS[str(self.names[best])]}."


def no_families(dense_size: int) -> SpamFamilies:
    """Give families that name none, for a model with too few rows to learn them from."""
    return SpamFamilies(
        np.empty(0, np.str_), np.zeros((dense_size, 0), np.float32), np.empty(0, np.float32)
    )
