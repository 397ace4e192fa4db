"""What the shipped policy does with our corpus, family by family."""

from __future__ import annotations

import pytest

from moderation.terms import RelevanceKind
from moderation.training.families import measure_families
from moderation.training.rows import Row
from moderation.training.serving import shipped_policy
from tests.training.word_model import WordModel

pytestmark = pytest.mark.usefixtures("in_threads")

ROWS = [
    Row("buy coins", "corpus", "a", spam=True, toxicity=False, family="crypto"),
    Row("send coins", "corpus", "a", spam=True, toxicity=False, family="crypto"),
    Row("what an idiot", "corpus", "a", spam=False, toxicity=True, kinds=("insult", "threat")),
    Row("what a fool", "corpus", "a", spam=False, toxicity=True, family="insult"),
    Row("the tram is late", "corpus", "a", spam=False, toxicity=False, family="oppose"),
    Row("why buy a tram", "corpus", "a", spam=False, toxicity=False, family="oppose"),
    Row("well said", "corpus", "a", spam=False, toxicity=False, kind=RelevanceKind.GENERIC),
    Row("buy it, well said", "corpus", "a", spam=False, kind=RelevanceKind.GENERIC),
    Row("buy now", "sms", "b", spam=True),
]


def test_families_are_counted_by_side() -> None:
    """Spam by family, toxicity by each kind, good comments by manner; other sources by no one."""
    found = measure_families(WordModel(), shipped_policy(), ROWS)
    shares = {(f.side, f.name): (f.by_score.hits, f.by_score.of) for f in found.families}
    assert shares == {
        ("spam", "crypto"): (1, 2),
        ("toxic", "insult"): (1, 2),
        ("toxic", "threat"): (1, 1),
        ("good", "oppose"): (1, 2),
        ("good", "other"): (1, 2),
    }


def test_thin_praise_that_is_stopped_is_counted_with_its_reason() -> None:
    """Whatever stops it, it stands in the report."""
    found = measure_families(WordModel(), shipped_policy(), ROWS)
    assert found.praise[:2] == (1, 2)
    assert found.praise_reasons == (("SPAM", 1),)


def test_the_policy_counts_signs_that_no_score_sees() -> None:
    """A comment stopped by its links alone is stopped all the same."""
    links = "see http://a.example http://b.example http://c.example bit.ly/x"
    rows = [Row(links, "corpus", "a", spam=True, toxicity=False, family="link_seo")]
    (family,) = measure_families(WordModel(), shipped_policy(), rows).families
    assert (family.by_score.hits, family.stopped.hits) == (0, 1)


def test_a_corpus_of_other_sources_has_no_families() -> None:
    """Nothing to count is no error."""
    found = measure_families(WordModel(), shipped_policy(), ROWS[-1:])
    assert found.families == ()
    assert found.praise.of == 0
