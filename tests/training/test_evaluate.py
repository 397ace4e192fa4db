"""Measuring: what is counted, what is left out, and how sure a number is."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from moderation.classifiers.articles import ArticleAnalysis
from moderation.classifiers.model import Item
from moderation.terms import HEADS, Article, RelevanceKind, Scores
from moderation.training.evaluate import (
    Judged,
    judge,
    languages_measured,
    mean_auc,
    measure,
    resamples,
    table,
    usable_sources,
)
from moderation.training.rows import Row
from tests.classifiers.random_model import make_model

pytestmark = pytest.mark.usefixtures("in_threads")

READER = make_model()
TRAM = Article(id="tram", title="Tram delayed", body="Cracks in two bridges.")
SOUP = Article(id="soup", title="Lentil soup", body="A kitchen that feeds a street.")


@dataclass
class SimpleModel:
    """Calls a comment spam when it says "buy"; a head in `broken` fails on everything."""

    broken: frozenset[str] = frozenset()
    relevance: float = 0.7
    version: str = "20260301-1"

    @property
    def languages(self) -> frozenset[str]:
        """Nobody noted them."""
        return frozenset()

    def analyse(self, article: Article, earlier: Sequence[str] = ()) -> ArticleAnalysis:
        """Analyse as a learned model does."""
        return READER.analyse(article)

    def score(self, items: Sequence[Item], *, explain: bool = True) -> list[Scores]:
        """Score by one word."""
        return [self._score(item) for item in items]

    def _score(self, item: Item) -> Scores:
        values: dict[str, float | None] = dict.fromkeys(HEADS, 0.3)
        values["spam"] = 0.9 if "buy" in item.text.folded else 0.1
        values["relevance"] = self.relevance if item.article is not None else None
        values.update(dict.fromkeys(self.broken))
        kind = RelevanceKind.ON_TOPIC if values["relevance"] is not None else None
        return Scores(values=values, relevance_kind=kind, failed=tuple(self.broken))


class SilentModel(SimpleModel):
    """Learned from no verdict yet."""

    def score(self, items: Sequence[Item], *, explain: bool = True) -> list[Scores]:
        """Score by one word, but for what moderators would do."""
        return [
            replace(scores, values={**scores.values, "likely_to_reject": None})
            for scores in super().score(items, explain=explain)
        ]


def rows(count: int, source: str = "corpus", **about: Any) -> list[Row]:
    """Make advertisements and remarks in turn, each a group of its own."""
    return [
        Row(
            text=f"{'buy' if number % 2 else 'see'} number {number}",
            source=source,
            group=str(number),
            language="en",
            **{"spam": bool(number % 2), **about},
        )
        for number in range(count)
    ]


def judged(wanted: Sequence[float], said: Sequence[float], **about: Any) -> Judged:
    """Make a result of one source, each row a group of its own."""
    count = len(wanted)
    return Judged(
        wanted=np.array(wanted, float),
        said=np.array(said, float),
        sources=np.array(about.get("sources", ["corpus"] * count), dtype=np.str_),
        groups=np.array(about.get("groups", range(count))).astype(np.str_),
    )


def test_what_a_model_says_is_beside_what_is_true() -> None:
    """Row by row, in order, with source and group."""
    result = judge(SimpleModel(), rows(40))["spam"]
    assert result.wanted.tolist() == [0, 1] * 20
    assert result.said.tolist() == [0.1, 0.9] * 20
    assert set(result.sources) == {"corpus"}
    assert len(set(result.groups)) == 40
    assert measure(result).auc == 1


def test_rows_without_a_label_are_not_measured() -> None:
    """Neither what nobody labelled nor what a set's nature assumes."""
    known = rows(10)
    others = [
        *rows(10, "sms", spam=None),
        *rows(10, "chat", assumed=frozenset({"spam"})),
    ]
    result = judge(SimpleModel(), [*known, *others])
    assert len(result["spam"].wanted) == 10
    assert len(result["toxicity"].wanted) == 0
    assert np.isnan(measure(result["toxicity"]).auc)


def test_no_source_is_measured_on_more_rows_than_needed() -> None:
    """A large set is cut, and the cut is the same for every model."""
    result = judge(SimpleModel(), [*rows(1700, "sms"), *rows(20)])["spam"]
    assert Counter(result.sources.tolist()) == {"sms": 1500, "corpus": 20}


def test_what_is_left_out_of_a_large_set_is_left_to_chance() -> None:
    """A set in the order of its labels is not cut to one of them; our own corpus is never cut."""
    ordered = sorted(rows(3200, "sms"), key=lambda row: bool(row.spam))
    own = rows(1700)
    result = judge(SimpleModel(), [*ordered, *own])["spam"]
    assert Counter(result.sources.tolist()) == {"sms": 1500, "corpus": 1700}
    assert 0.45 < result.wanted[result.sources == "sms"].mean() < 0.55
    again = judge(SimpleModel(), [*ordered, *own])["spam"]
    assert again.groups.tolist() == result.groups.tolist()


def test_a_part_of_a_result_keeps_its_rows_together() -> None:
    """What was true, what was said, source, group and language of each row stay beside it."""
    result = judge(SimpleModel(), [*rows(10), *rows(10, "sms")])["spam"]
    part = result.where(result.sources == "sms")
    assert len(part.wanted) == 10
    assert set(part.sources.tolist()) == {"sms"}
    assert set(part.languages.tolist()) == {"en"}
    assert all(group.startswith("sms/") for group in part.groups)
    assert part.said.tolist() == [0.1, 0.9] * 5


def test_a_head_that_fails_is_measured_as_one_that_does_not_know() -> None:
    """Failing cannot look better than answering: it counts as .5 on every row."""
    broken = judge(SimpleModel(broken=frozenset({"spam"})), rows(40))["spam"]
    assert set(broken.said.tolist()) == {0.5}
    assert measure(broken).auc == 0.5
    assert measure(broken).brier > measure(judge(SimpleModel(), rows(40))["spam"]).brier


def test_relevance_is_measured_on_the_same_pairs_for_every_model() -> None:
    """Labelled pairs, and the same comments under another article; wanted is the same twice."""
    each = [
        replace(row, article=article, group=str(article.id), kind=RelevanceKind.ON_TOPIC)
        for article in (TRAM, SOUP)
        for row in rows(10, spam=None)
    ]
    first, second = judge(SimpleModel(), each), judge(SimpleModel(relevance=0.1), each)
    assert first["relevance"].wanted.tolist() == second["relevance"].wanted.tolist()
    assert Counter(first["relevance"].wanted.tolist()) == {1.0: 20, 0.0: 20}
    assert set(first["relevance"].said.tolist()) == {0.7}
    assert ("on_topic", "on_topic") in first["relevance"].kinds
    assert ("off_topic", "on_topic") in first["relevance"].kinds
    assert 0 < measure(first["relevance"]).macro_f1 < 1


@given(st.lists(st.tuples(st.booleans(), st.sampled_from([0.1, 0.2, 0.5, 0.9])), max_size=60))
def test_roc_auc_is_the_usual_one(pairs: list[tuple[bool, float]]) -> None:
    """Ties included, it is what scikit-learn gives; with one class it is not known."""
    wanted, said = [float(w) for w, _ in pairs], [s for _, s in pairs]
    auc, by_source = mean_auc(judged(wanted, said), np.arange(len(pairs)), ["corpus"])
    if len(set(wanted)) < 2:
        assert np.isnan(auc)
        assert by_source == {}
    else:
        assert auc == pytest.approx(roc_auc_score(wanted, said))


def test_every_source_counts_alike() -> None:
    """A large easy set does not hide that a small one is not understood."""
    easy, hard = [0.0, 1.0] * 200, [0.0, 1.0] * 20
    both = judged(
        easy + hard,
        [*easy, *([0.5] * 40)],
        sources=["easy"] * 400 + ["hard"] * 40,
    )
    found = measure(both)
    assert found.by_source == {"easy": 1.0, "hard": 0.5}
    assert found.auc == 0.75


def test_too_few_rows_give_no_number() -> None:
    """Fifteen of either class are the least; the card then leaves the number out."""
    few = judged([1.0] * 14 + [0.0] * 50, [0.9] * 14 + [0.1] * 50)
    enough = judged([1.0] * 15 + [0.0] * 50, [0.9] * 15 + [0.1] * 50)
    assert usable_sources(few) == []
    assert usable_sources(enough) == ["corpus"]
    assert measure(few).as_numbers() == {"rows": 64.0}
    assert measure(enough).as_numbers()["roc_auc"] == 1
    json.dumps(measure(few).as_numbers(), allow_nan=False)


def test_rows_that_no_number_rests_on_are_not_counted() -> None:
    """Beside sources that are measured, one of a single class has no part in the numbers."""
    wanted, said = [1.0, 0.0] * 20 + [0.0] * 30, [0.9, 0.1] * 20 + [0.1] * 30
    mixed = replace(judged(wanted, said), sources=np.array(["sms"] * 40 + ["harmless"] * 30))
    assert measure(mixed).rows == 40


def test_groups_are_drawn_whole() -> None:
    """Comments under one article are not independent: all of them are drawn, or none."""
    groups = [str(number // 4) for number in range(40)]
    result = judged([0.0, 1.0] * 20, [0.5] * 40, groups=groups)
    drawn = resamples(result, seed=0)
    assert len(drawn) == 300
    for sample in drawn[:20]:
        counts = Counter(sample.tolist())
        for group in range(10):
            assert len({counts[4 * group + member] for member in range(4)}) == 1
    assert [s.tolist() for s in resamples(result, seed=0)] == [s.tolist() for s in drawn]


def test_few_groups_make_a_number_less_sure() -> None:
    """The same rows from ten threads leave a wider interval than from two hundred."""
    chance = np.random.default_rng(0)
    mood = np.repeat(chance.normal(size=10), 20)
    wanted = np.tile([0.0, 1.0], 100)
    said = 1 / (1 + np.exp(-(wanted + mood + chance.normal(size=200) / 2)))
    apart = measure(judged(wanted, said))
    together = measure(judged(wanted, said, groups=np.repeat(range(10), 20)))
    assert apart.auc == together.auc
    assert apart.auc_low < apart.auc < apart.auc_high
    assert together.auc_high - together.auc_low > apart.auc_high - apart.auc_low


def test_the_same_seed_gives_the_same_interval() -> None:
    """Metrics can be reproduced."""
    chance = np.random.default_rng(0)
    result = judged(np.tile([0.0, 1.0], 50), chance.random(100))
    assert measure(result, seed=3).as_numbers() == measure(result, seed=3).as_numbers()


def test_a_score_that_is_not_offered_is_not_measured() -> None:
    """A model that keeps silent gets no number, one that fails gets those of not knowing."""
    every = rows(40, rejected=True) + rows(40, "labels", rejected=False)
    silent = judge(SilentModel(), every)["likely_to_reject"]
    assert not silent.offered
    assert measure(silent).as_numbers() == {"rows": 80.0}
    assert "not offered" in table({"likely_to_reject": measure(silent)})
    failing = judge(SimpleModel(broken=frozenset({"likely_to_reject"})), every)
    assert failing["likely_to_reject"].offered
    assert set(failing["likely_to_reject"].said) == {0.5}


def test_the_table_shows_every_head_and_source() -> None:
    """A terminal gets one line for each head, and under it its sources."""
    measured = {head: measure(result) for head, result in judge(SimpleModel(), rows(40)).items()}
    shown = table(measured)
    assert all(head in shown for head in HEADS)
    assert "corpus" in shown


def test_a_language_was_measured_where_people_judged_both_kinds_of_comment() -> None:
    """A site's own labels count; one class alone, a set's nature or texts of ours do not."""

    def rows(language: str, count: int, **known: Any) -> list[Row]:
        source = known.pop("source", "labels")
        return [Row(f"{language} {n}", source, f"{n}", language, **known) for n in range(count)]

    found = languages_measured(
        [
            *rows("nl", 5, spam=True),
            *rows("nl", 5, spam=False),
            *rows("it", 4, toxicity=True),
            *rows("it", 50, toxicity=False),
            *rows("pl", 50, spam=False),
            *rows("cs", 9, toxicity=True, assumed=frozenset({"toxicity"})),
            *rows("cs", 9, toxicity=False),
            *rows("vi", 9, spam=False, source="ordinary"),
            *rows("vi", 9, spam=True),
            *rows("unknown", 9, spam=True),
            *rows("unknown", 9, spam=False),
        ]
    )
    assert found == ["nl"]
