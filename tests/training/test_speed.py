"""Timing: what is measured; never how fast, which a test cannot promise."""

from __future__ import annotations

import math

from moderation.classifiers.model import Item
from moderation.terms import Article, Scores
from moderation.training.rows import Row
from moderation.training.speed import measure_speed
from tests.training.word_model import WordModel


class Watched(WordModel):
    """Remembers what it was asked to score."""

    def score(self, items: list[Item], *, explain: bool = True) -> list[Scores]:  # type: ignore[override]
        """Score, and remember."""
        seen.extend(items)
        return super().score(items, explain=explain)


seen: list[Item] = []


def test_comments_of_200_characters_are_timed_one_by_one() -> None:
    """Three hundred of them, no two alike, under an article that is known."""
    seen.clear()
    article = Article(title="Tram late", body="Again.")
    texts = [f"{n} {'the tram was late ' * 12}{n}" for n in range(2000)]
    speed = measure_speed(Watched(), [Row(t, "corpus", t, article=article) for t in texts])
    assert speed.runs == 300
    assert speed.article
    assert 0 < speed.median_ms <= speed.p99_ms
    assert {len(item.text.raw) for item in seen} == {200}
    assert all(item.article is not None for item in seen)
    assert len({item.text.raw for item in seen}) > 300


def test_without_rows_there_is_nothing_to_time() -> None:
    """The numbers are unknown, and no error is raised."""
    speed = measure_speed(WordModel(), [])
    assert (speed.runs, speed.article) == (0, False)
    assert math.isnan(speed.median_ms)
