"""Asks as clients of Perspective do, and looks at what they read of the answer."""

from __future__ import annotations

from typing import Any

from tests.fakes import Service

ANALYZE, SUGGEST = "/v1alpha1/comments:analyze", "/v1alpha1/comments:suggestscore"
TEXT = "The tram is late again, and nobody says why."
JAPANESE = "これは路面電車についてのとても長いコメントです。"
ARTICLE = "The city council has put off the opening of the tram line to the harbour until spring."
SCORES = {
    "spam": 0.11,
    "toxicity": 0.42,
    "insult": 0.33,
    "threat": 0.05,
    "profanity": 0.07,
    "sexual": 0.01,
    "substance": 0.8,
    "relevance": 0.25,
}


def ask(service: Service, path: str = ANALYZE, /, **fields: Any) -> Any:
    """Send a request with a key in the address, as every client of Perspective does."""
    body = {"comment": {"text": TEXT}, "requestedAttributes": {"TOXICITY": {}}, **fields}
    return service.client.post(f"{path}?key={service.scores_key}", json=body)


def analyzed(service: Service, **fields: Any) -> Any:
    """Give the answer to a request that must be answered."""
    answer = ask(service, **fields)
    assert answer.status_code == 200, answer.text
    assert answer.content_type == "application/json; charset=UTF-8"
    return answer.json


def value(answer: Any, name: str) -> float:
    """Give what every client reads."""
    found: float = answer["attributeScores"][name]["summaryScore"]["value"]
    return found


def error(answer: Any, status: int = 400) -> Any:
    """Give the error of an answer that must be one of Google's."""
    assert answer.status_code == status, answer.text
    assert answer.content_type == "application/json; charset=UTF-8"
    found = answer.json["error"]
    assert found["code"] == status
    assert set(found) <= {"code", "message", "status", "details"}
    return found


def refusal(answer: Any, kind: str, message: str) -> Any:
    """Check an error of the comment analyzer; give its detail."""
    found = error(answer)
    assert found["message"] == message
    assert found["status"] == "INVALID_ARGUMENT"
    (detail,) = found["details"]
    assert detail["@type"] == "type.googleapis.com/google.commentanalyzer.v1alpha1.Error"
    assert detail["errorType"] == kind
    return detail
