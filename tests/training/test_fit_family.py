"""Tests of learning the families of spam."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from moderation.training.encode import encode
from moderation.training.fit_family import fit_families
from tests.training.made_rows import READER, put

CASINO = [
    replace(put(f"spin win {n} casino jackpot!!!", n, spam=True), family="gambling")
    for n in range(12)
]
LOVE = [
    replace(
        put(f"Lonely girl {n} waits for you at http://x{n}.example", n, spam=True), family="dating"
    )
    for n in range(12)
]


def test_families_are_told_apart() -> None:
    """Rows that were not learned from are named as their like."""
    rows = [*CASINO[:10], *LOVE[:10]]
    families = fit_families(rows, encode([row.text for row in rows], READER).dense)
    assert families.names.tolist() == ["dating", "gambling"]
    unseen = encode([CASINO[11].text, LOVE[11].text], READER).dense
    assert "gambling" in str(families.likeliest(unseen[0]))
    assert "dating" in str(families.likeliest(unseen[1]))


def test_a_family_of_few_rows_is_not_learned() -> None:
    """Three rows are an anecdote; then there is one family left, and nothing to tell apart."""
    rows = [*CASINO, *LOVE[:3]]
    families = fit_families(rows, encode([row.text for row in rows], READER).dense)
    assert families.names.size == 0


def test_what_is_not_spam_has_no_family() -> None:
    """The corpus names families of good comments as well."""
    rows = [*CASINO, *(replace(row, spam=False) for row in LOVE)]
    families = fit_families(rows, encode([row.text for row in rows], READER).dense)
    assert families.likeliest(np.zeros(families.weights.shape[0], np.float32)) is None
    assert families.names.size == 0
