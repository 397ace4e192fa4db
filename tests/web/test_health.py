"""What supervisors and Prometheus see."""

from __future__ import annotations

import pytest

from moderation.errors import StoreError
from moderation.web.answer_schemas import ReadyAnswer
from tests.fakes import Service

ASK = {"comment": {"text": "Late again."}}


def test_alive_needs_nothing(service: Service) -> None:
    """The process answers without a key and without the store."""
    service.rooms.store.close()
    answer = service.client.get("/healthz")
    assert (answer.status_code, answer.json) == (200, {"status": "ok"})


def test_ready_names_each_part(service: Service) -> None:
    """Store, model and policy, with their versions."""
    answer = service.client.get("/readyz")
    ReadyAnswer.model_validate_json(answer.data)
    assert answer.status_code == 200
    assert answer.json["parts"]["model"]["version"] == service.model.version
    assert answer.json["parts"]["policy"]["version"] == service.rooms.policies.version


def test_a_store_that_is_away_makes_it_unready(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """503 says that it is the store, and no more than that."""

    def fail() -> None:
        raise StoreError("postgresql://user:password@host refused")

    monkeypatch.setattr(service.rooms.store, "ping", fail)
    answer = service.client.get("/readyz")
    ReadyAnswer.model_validate_json(answer.data)
    assert answer.status_code == 503
    assert [name for name, part in answer.json["parts"].items() if not part["ready"]] == ["store"]
    assert b"password" not in answer.data


def test_a_refused_model_is_shown_and_harmless(service: Service) -> None:
    """The old model serves on, so the service stays ready."""
    service.rooms.live.refused = "20260302-1: wrong digest."
    answer = service.client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json["parts"]["model"]["refused"] == "20260302-1: wrong digest."
    assert "moderation_model_refused 1.0" in service.client.get("/metrics").text


def value(service: Service, line: str) -> float:
    """Give the value of one metric line, 0 when it is not there yet."""
    lines = service.client.get("/metrics").text.splitlines()
    return sum(float(found.rpartition(" ")[2]) for found in lines if found.startswith(line))


def test_metrics_count_what_happens(service: Service) -> None:
    """Requests by pattern, decisions, failures and the queue's length."""
    requests = 'moderation_requests_total{method="POST",route="/v1/comments",status="201"}'
    holds = 'moderation_decisions_total{action="hold"}'
    failures = 'moderation_check_failures_total{part="model"}'
    seconds = 'moderation_request_seconds_count{route="/v1/comments"}'
    names = (requests, holds, failures, seconds)
    before = [value(service, name) for name in names]
    service.model.broken_by = ""
    service.post("/v1/comments", ASK)
    assert [value(service, name) for name in names] == [count + 1 for count in before]
    assert value(service, "moderation_queue_length") == 1
    assert value(service, f'moderation_model_info{{version="{service.model.version}"}}') == 1


def test_a_repeated_request_is_no_second_decision(service: Service) -> None:
    """What was decided once is counted once, however often it is sent again."""
    name = 'moderation_decisions_total{action="approve"}'
    before = value(service, name)
    for _ in range(3):
        service.post("/v1/comments", ASK, headers={"Idempotency-Key": "once"})
    assert value(service, name) == before + 1


def test_metrics_name_no_address(service: Service) -> None:
    """Unknown addresses are one series, however many are tried."""
    service.client.get("/secret-token-in-the-address")
    text = service.client.get("/metrics").text
    assert "secret-token" not in text
    assert 'route="unmatched"' in text


def test_metrics_come_even_when_the_store_is_away(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The counters matter most on a bad day."""

    def fail(**_: object) -> None:
        raise StoreError

    monkeypatch.setattr(service.rooms.store.cases, "count", fail)
    answer = service.client.get("/metrics")
    assert answer.status_code == 200
    assert "moderation_queue_length 0" not in answer.text
