"""A key in each of the places where clients put it."""

from __future__ import annotations

from typing import Any

from moderation.terms import Scope
from tests.fakes import Service
from tests.web.perspective.asking import (
    ANALYZE,
    TEXT,
    error,
)


def send(service: Service, query: str = "", **headers: str) -> Any:
    """Send a good request with exactly this query and these headers."""
    body = {"comment": {"text": TEXT}, "requestedAttributes": {"SPAM": {}}}
    return service.client.post(f"{ANALYZE}{query}", json=body, headers=headers)


def test_a_key_is_taken_from_three_places(service: Service) -> None:
    """The query as all clients send it, Google's header, and Bearer."""
    key = service.scores_key
    assert send(service, f"?key={key}").status_code == 200
    assert send(service, **{"X-Goog-Api-Key": key}).status_code == 200
    assert send(service, Authorization=f"Bearer {key}").status_code == 200
    assert send(service, "?key=", **{"X-Goog-Api-Key": key}).status_code == 200


def test_other_parameters_of_the_query_are_ignored(service: Service) -> None:
    """Every parameter that Google's clients add."""
    query = (
        "&alt=json&prettyPrint=false&fields=languages&quotaUser=a&$.xgafv=2&access_token=a"
        "&oauth_token=a&callback=a&uploadType=a&upload_protocol=a"
    )
    answer = send(service, f"?key={service.scores_key}{query}")
    assert answer.status_code == 200
    assert answer.json["attributeScores"]


def test_the_colon_may_be_escaped(service: Service) -> None:
    """Some clients escape it, and an endpoint typed with a slash at its end is meant well."""
    body = {"comment": {"text": TEXT}, "requestedAttributes": {"SPAM": {}}}
    for path in ("/v1alpha1/comments%3Aanalyze", "/v1alpha1//comments:analyze"):
        answer = service.client.post(f"{path}?key={service.scores_key}", json=body)
        assert answer.status_code == 200


def test_no_key_is_403(service: Service) -> None:
    """Google calls it a permission."""
    found = error(send(service), 403)
    assert found["status"] == "PERMISSION_DENIED"
    assert found["message"].startswith("Method doesn't allow unregistered callers")


def test_a_bad_key_is_400(service: Service) -> None:
    """Clients match the message; a bad token is answered otherwise, so that they renew it."""
    for answer in (send(service, "?key=nonsense"), send(service, **{"X-Goog-Api-Key": "é"})):
        found = error(answer)
        assert found["message"] == "API key not valid. Please pass a valid API key."
        assert found["status"] == "INVALID_ARGUMENT"
        assert found["details"][0]["reason"] == "API_KEY_INVALID"
    found = error(send(service, Authorization="Bearer nonsense"), 401)
    assert found["status"] == "UNAUTHENTICATED"


def test_a_key_without_the_scope_is_403(service: Service) -> None:
    """A key for moderators alone does not score."""
    _, key = service.rooms.store.accounts.add_key(
        name="m", scopes={Scope.MODERATE}, now=service.clock()
    )
    assert error(send(service, f"?key={key}"), 403)["status"] == "PERMISSION_DENIED"


def test_a_used_up_key_is_429(service: Service) -> None:
    """Google's words on a quota, on which its clients try again."""
    _, key = service.rooms.store.accounts.add_key(
        name="slow", scopes={Scope.SCORE}, per_minute=1, now=service.clock()
    )
    assert send(service, f"?key={key}").status_code == 200
    answer = send(service, f"?key={key}")
    found = error(answer, 429)
    assert found["status"] == "RESOURCE_EXHAUSTED"
    assert found["message"].startswith(
        "Quota exceeded for quota metric 'Analysis requests (AnalyzeComment)' and limit "
    )
    assert found["details"][0]["reason"] == "RATE_LIMIT_EXCEEDED"
    assert int(answer.headers["Retry-After"]) >= 1
