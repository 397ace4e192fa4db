"""Rows on the path that comments take: the same scores and decisions as the service gives."""

from __future__ import annotations

from pathlib import Path

import pytest

from moderation.classifiers.articles import ArticleMemory
from moderation.desk.check import SIGNAL_NAMES, Desk
from moderation.policy import read_policies
from moderation.terms import HEADS, Article, Comment
from moderation.training.rows import Row
from moderation.training.serving import answer_rows, hold_thresholds, score_rows, shipped_policy
from tests.fakes import NOON, FixedLive
from tests.training.word_model import WordModel

pytestmark = pytest.mark.usefixtures("in_threads")

TRAM = Article(id="tram", title="Tram late", body="Cracks in two bridges.")
ROWS = [
    Row("buy pills www.a.example www.b.example bit.ly/c", "corpus", "a", article=TRAM),
    Row("You utter idiot, b.u.y a ticket", "corpus", "a", article=TRAM, parent="It is late."),
    Row("The tram is late", "corpus", "a"),
    Row("", "corpus", "a"),
]


def test_rows_are_decided_on_as_comments_are() -> None:
    """The desk without a store, and the rows' own path, come to the same decision."""
    model = WordModel()
    policies = read_policies(None, signal_names=SIGNAL_NAMES, score_names=HEADS)
    desk = Desk(
        live=FixedLive(model),  # type: ignore[arg-type]
        policies=policies,
        memory=ArticleMemory(),
    )
    comments = [
        Comment(text=r.text, received_at=NOON, article=r.article, parent_text=r.parent)
        for r in ROWS
    ]
    checked = desk.check_many(comments)
    answers = answer_rows(model, policies.default, ROWS)
    for check, answer in zip(checked, answers, strict=True):
        assert answer.decision.action is check.decision.action
        # Spans are left out: nobody reads them here.
        assert [(r.code, r.weight) for r in answer.decision.reasons] == [
            (r.code, r.weight) for r in check.decision.reasons
        ]
        assert answer.scores.values == check.scores.values


def test_scores_come_in_order_whatever_their_number() -> None:
    """Batches are put together again; none is an answer too."""
    rows = [Row("buy" if n % 3 else "see", "corpus", str(n)) for n in range(450)]
    said = [scores.values["spam"] for scores in score_rows(WordModel(), rows)]
    assert said == [0.9 if n % 3 else 0.1 for n in range(450)]
    assert score_rows(WordModel(), []) == []


def test_the_shipped_policy_is_what_reports_measure_by(tmp_path: Path) -> None:
    """It holds for spam and toxicity, from a probability between a half or so and one."""
    thresholds = hold_thresholds(shipped_policy())
    assert {"spam", "toxicity"} <= set(thresholds)
    assert all(0.3 < at < 1 for at in thresholds.values())
