"""Keys, scopes and rates, as a caller meets them."""

from __future__ import annotations

from typing import Any

import pytest

from moderation.terms import Key, Scope
from moderation.web.auth import CACHE_SECONDS, KeyRing
from tests.fakes import Service

ASK = {"comment": {"text": "Late again."}}


def ask(service: Service, **headers: str) -> Any:
    """Score a comment with exactly these headers."""
    return service.client.post("/v1/score", json=ASK, headers=headers)


@pytest.mark.parametrize(
    "header", [None, "", "Bearer", "Bearer ", "Bearer wrong", "Basic {key}", "{key}", "Bearer é"]
)
def test_without_a_good_key_nothing_is_answered(service: Service, header: str | None) -> None:
    """401 asks for a Bearer key and says nothing about the comment."""
    headers = {} if header is None else {"Authorization": header.format(key=service.key)}
    answer = ask(service, **headers)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert answer.mimetype == "application/problem+json"


def test_the_scheme_is_read_in_any_case(service: Service) -> None:
    """`bearer` is Bearer."""
    assert ask(service, Authorization=f"bearer  {service.key}").status_code == 200


def test_a_scope_that_is_missing_is_named(service: Service) -> None:
    """403 says which scope was needed."""
    answer = service.send("GET", "/v1/queue", headers=service.headers(service.scores_key))
    assert answer.status_code == 403
    assert 'scope="moderate"' in answer.headers["WWW-Authenticate"]
    assert "moderate" in answer.json["detail"]


def test_admin_alone_may_neither_score_nor_moderate(service: Service) -> None:
    """A scope means what it says and implies no other."""
    _, key = service.rooms.store.accounts.add_key(
        name="admin", scopes={Scope.ADMIN}, now=service.clock()
    )
    headers = service.headers(key)
    assert service.send("GET", "/v1/keys", headers=headers).status_code == 200
    assert service.post("/v1/score", ASK, headers=headers).status_code == 403


def test_a_limited_key_is_told_how_it_stands(service: Service) -> None:
    """Every answer counts down; the one too many is 429 with the time to wait."""
    _, key = service.rooms.store.accounts.add_key(
        name="slow", scopes={Scope.SCORE}, per_minute=2, now=service.clock()
    )
    service.clock.forward(seconds=15)
    answers = [service.post("/v1/score", ASK, headers=service.headers(key)) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert [answer.headers["RateLimit-Remaining"] for answer in answers] == ["1", "0", "0"]
    assert answers[2].headers["Retry-After"] == answers[2].headers["RateLimit-Reset"] == "45"
    assert answers[2].headers["RateLimit-Limit"] == "2"
    service.clock.forward(seconds=45)
    assert service.post("/v1/score", ASK, headers=service.headers(key)).status_code == 200


def test_a_key_without_a_limit_gets_no_such_headers(service: Service) -> None:
    """Nothing is counted for it."""
    assert "RateLimit-Limit" not in service.post("/v1/score", ASK).headers


class CountingAccounts:
    """Accounts that know one secret and count how often they are asked."""

    def __init__(self) -> None:
        self.asked = 0
        self.known = {"good": Key(id="k", name="k", scopes=frozenset({Scope.SCORE}))}

    def key_by_secret(self, secret: str) -> Key | None:
        """Look it up."""
        self.asked += 1
        return self.known.get(secret)


class OneNoun:
    """A store of accounts only."""

    def __init__(self) -> None:
        self.accounts = CountingAccounts()


def test_a_key_is_remembered_for_seconds_only() -> None:
    """The store is asked once, and again after the cache's time: revoking takes effect."""
    store, time = OneNoun(), [100.0]
    ring = KeyRing(store, lambda: time[0])  # type: ignore[arg-type]
    assert ring.find("good") == ring.find("good")
    assert store.accounts.asked == 1
    store.accounts.known.clear()
    assert ring.find("good") is not None
    time[0] += CACHE_SECONDS
    assert ring.find("good") is None
    assert ring.find("good") is None
    assert store.accounts.asked == 2


def test_forgetting_takes_effect_at_once() -> None:
    """The process that revokes a key stops taking it."""
    store = OneNoun()
    ring = KeyRing(store, lambda: 0.0)  # type: ignore[arg-type]
    assert ring.find("good")
    store.accounts.known.clear()
    ring.forget()
    assert ring.find("good") is None


def test_guessing_does_not_fill_the_memory() -> None:
    """However many secrets are tried, only some are remembered."""
    ring = KeyRing(OneNoun(), lambda: 0.0)  # type: ignore[arg-type]
    for n in range(10_000):
        ring.find(f"guess-{n}")
    assert len(ring._known) <= 4096
