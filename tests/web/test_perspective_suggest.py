"""`comments:suggestscore`: what people say of a comment becomes a label."""

from __future__ import annotations

from typing import Any

import pytest

from moderation.terms import Scope, Status, VerdictAction, VerdictLabel
from moderation.training.labels import rows_from_labels
from moderation.training.rows import Row
from tests.fakes import Service

SUGGEST = "/v1alpha1/comments:suggestscore"
TEXT = "The tram is late again, and nobody says why."


def suggest(service: Service, scores: Any, key: str | None = None, **fields: Any) -> Any:
    """Say what a comment deserves, with a key that may score only."""
    body = {"comment": {"text": TEXT}, "attributeScores": scores, **fields}
    return service.client.post(f"{SUGGEST}?key={key or service.scores_key}", json=body)


def summary(value: float) -> dict[str, Any]:
    """Give a score of the whole comment."""
    return {"summaryScore": {"value": value, "type": "PROBABILITY"}}


def learned(service: Service) -> list[Row]:
    """Give the rows that training would get."""
    store = service.rooms.store
    return [*rows_from_labels(store.verdicts.labels()), *rows_from_labels(store.reports.labels())]


def test_it_is_thanked_with_the_languages(service: Service) -> None:
    """The token comes back with what was requested and what was detected."""
    answer = suggest(service, {"TOXICITY": summary(1)}, clientToken="comment:7", languages=["en"])
    assert answer.status_code == 200
    assert answer.json == {
        "clientToken": "comment:7",
        "detectedLanguages": ["en"],
        "requestedLanguages": ["en"],
    }


@pytest.mark.parametrize(
    ("scores", "spam", "toxicity"),
    [
        ({"TOXICITY": summary(1)}, None, True),
        ({"TOXICITY": summary(0)}, None, False),
        ({"TOXICITY@6": summary(1)}, None, True),
        ({"SPAM": summary(1)}, True, None),
        ({"SPAM": summary(0)}, False, None),
        ({"SPAM": summary(0), "TOXICITY": summary(1)}, False, True),
        ({"INSULT": summary(1)}, None, True),
        ({"THREAT": summary(1), "TOXICITY": summary(1)}, None, True),
        ({"LIKELY_TO_REJECT": summary(0)}, False, False),
        ({"LIKELY_TO_REJECT": summary(1)}, None, None),
        ({"TOXICITY": {"spanScores": [{"begin": 0, "end": 3, "score": {"value": 1}}]}}, None, True),
    ],
)
def test_a_score_teaches_what_it_says_and_no_more(
    service: Service, scores: Any, spam: bool | None, toxicity: bool | None
) -> None:
    """Not toxic is not the same as not spam; a rejection without a reason teaches neither."""
    assert suggest(service, scores).status_code == 200
    (row,) = learned(service)
    assert (row.text, row.spam, row.toxicity) == (TEXT, spam, toxicity)


@pytest.mark.parametrize("name", ["INSULT", "OFF_TOPIC", "UNSUBSTANTIAL"])
def test_a_denial_that_we_cannot_learn_from_is_only_thanked(service: Service, name: str) -> None:
    """What is no insult may still be a threat: nothing is kept of it."""
    assert suggest(service, {name: summary(0)}).status_code == 200
    assert suggest(service, {"FLIRTATION": summary(1)}).status_code == 200
    assert list(service.rooms.store.comments.all()) == []


def test_off_topic_teaches_with_the_article(service: Service) -> None:
    """The article of the context is kept, so that the label can be learned from."""
    context = {"articleAndParentComment": {"article": {"text": "The tram will be late."}}}
    assert suggest(service, {"OFF_TOPIC": summary(1)}, context=context).status_code == 200
    (row,) = learned(service)
    assert row.kind == "off_topic"
    assert row.article is not None
    assert row.article.body == "The tram will be late."


def test_it_finds_the_comment_it_speaks_of(service: Service) -> None:
    """A stored comment with this text gets the report, and another one is not made."""
    id = service.post("/v1/comments", {"comment": {"text": TEXT}}).json["id"]
    assert suggest(service, {"SPAM": summary(1)}).status_code == 200
    (stored,) = service.rooms.store.comments.all()
    assert stored.id == id
    (report,) = stored.reports
    assert (report.action, report.labels) == (VerdictAction.REJECT, (VerdictLabel.SPAM,))
    assert stored.status is Status.APPROVED


def test_a_key_that_may_moderate_gives_a_verdict(service: Service) -> None:
    """The key decides how much a label weighs."""
    service.post("/v1/comments", {"comment": {"text": TEXT}})
    assert suggest(service, {"SPAM": summary(1)}, key=service.key).status_code == 200
    (stored,) = service.rooms.store.comments.all()
    assert stored.status is Status.REJECTED
    assert [verdict.labels for verdict in stored.verdicts] == [(VerdictLabel.SPAM,)]


def test_it_needs_a_key_that_may_score(service: Service) -> None:
    """As everything of this protocol."""
    _, key = service.rooms.store.accounts.add_key(
        name="m", scopes={Scope.ADMIN}, now=service.clock()
    )
    assert suggest(service, {"SPAM": summary(1)}, key=key).status_code == 403
    assert suggest(service, {"SPAM": summary(1)}, key="nonsense").status_code == 400


@pytest.mark.parametrize(
    ("scores", "message"),
    [
        (None, "Missing attribute_scores"),
        ({}, "Missing attribute_scores"),
        ({"NONSENSE": summary(1)}, "Unknown requested attribute: NONSENSE"),
        ({"SPAM": {}}, "Attribute SPAM has no score"),
        ({"SPAM": None}, "Attribute SPAM has no score"),
        ({"SPAM": {"spanScores": [{"begin": 0}]}}, "Attribute SPAM has no score"),
        ({"SPAM": summary(7)}, "Attribute SPAM has a score that is not between 0 and 1"),
        ({"SPAM": summary(-1)}, "Attribute SPAM has a score that is not between 0 and 1"),
    ],
)
def test_what_says_nothing_is_refused(service: Service, scores: Any, message: str) -> None:
    """Every error is Google's, and nothing is kept."""
    answer = suggest(service, scores)
    assert answer.status_code == 400
    assert answer.json["error"]["message"] == message
    assert answer.json["error"]["details"][0]["errorType"] == "INVALID_REQUEST"
    assert list(service.rooms.store.comments.all()) == []


def test_an_empty_comment_is_refused(service: Service) -> None:
    """As by `comments:analyze`."""
    answer = suggest(service, {"SPAM": summary(1)}, comment={"text": " "})
    assert answer.json["error"]["message"] == "Comment must be non-empty."
