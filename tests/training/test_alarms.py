"""False alarms among ordinary sentences: what is counted, and what the table says of it."""

from __future__ import annotations

import numpy as np

from moderation.training.alarms import alarms_section, count_alarms
from moderation.training.evaluate import Judged
from moderation.training.harmless import COURTESIES, ORDINARY


def judged(*said: tuple[float, str, str]) -> Judged:
    """Give what was said of harmless texts: probability, source, language."""
    return Judged(
        wanted=np.zeros(len(said)),
        said=np.array([probability for probability, _, _ in said]),
        sources=np.array([source for _, source, _ in said], np.str_),
        groups=np.arange(len(said)).astype(np.str_),
        languages=np.array([language for _, _, language in said], np.str_),
    )


SAID = judged(
    (0.9, ORDINARY, "it"),
    (0.5, ORDINARY, "it"),
    (0.1, ORDINARY, "it"),
    (0.1, ORDINARY, "en"),
    (0.9, COURTESIES, "en"),
)


def test_what_reaches_the_threshold_counts_and_nothing_but_ordinary_sentences() -> None:
    """A score that the policy does not hold for, or that the model lacks, has no line."""
    (spam,) = count_alarms({"spam": SAID, "insult": SAID}, {"spam": 0.5, "toxicity": 0.5})
    found = {language: (one.hits, one.of) for language, one in spam.by_language.items()}
    assert found == {"en": (0, 1), "it": (2, 3)}
    assert (spam.among(("en", "it", "fr")).hits, spam.among(("fr",)).of) == (2, 0)


def test_the_table_has_a_line_for_every_language_with_sentences() -> None:
    """All together first, then our corpus' languages, the others, and each."""
    lines = alarms_section(count_alarms({"spam": SAID}, {"spam": 0.5}))
    cells = [line.split("|")[1:3] for line in lines if line.startswith("|")][2:]
    names = [(name.strip(), rows.strip()) for name, rows in cells]
    assert names == [
        ("all languages", "4"),
        ("the twelve of our corpus", "1"),
        ("the others", "3"),
        ("en", "1"),
        ("it", "3"),
    ]


def test_without_sentences_it_is_said_that_nothing_was_measured() -> None:
    """A site without our corpus has none of them."""
    other = judged((0.9, "labels", "en"))
    assert "Not measured" in alarms_section(count_alarms({"spam": other}, {"spam": 0.5}))[-1]
