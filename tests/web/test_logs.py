"""What is logged, and above all what is not."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from io import BytesIO

import orjson
import pytest
import structlog

from moderation.errors import StoreError
from moderation.web.logs import configure_logs
from tests.fakes import Service


@pytest.fixture
def out() -> Iterator[BytesIO]:
    """Log to memory, and put everything back."""
    root, own = logging.getLogger(), logging.getLogger("moderation")
    kept = (root.handlers[:], root.level, own.level)
    stream = BytesIO()
    configure_logs("info", stream)
    yield stream
    structlog.reset_defaults()
    root.handlers[:], level, own_level = kept
    root.setLevel(level)
    own.setLevel(own_level)


def lines(out: BytesIO) -> list[dict[str, object]]:
    """Give the logged objects."""
    return [orjson.loads(line) for line in out.getvalue().splitlines()]


def test_a_request_is_one_line_without_its_contents(service: Service, out: BytesIO) -> None:
    """Route, status, time and key; never text, e-mail, address or secret."""
    body = {
        "comment": {
            "text": "jungle-text",
            "author": {"email": "who@example.com", "ip": "192.0.2.77", "name": "Some Name"},
        }
    }
    answer = service.post("/v1/comments", body, headers={"X-Request-Id": "abc-1"})
    (line,) = lines(out)
    assert line["event"] == "request"
    assert (line["route"], line["status"], line["request_id"]) == ("/v1/comments", 201, "abc-1")
    assert isinstance(line["ms"], float)
    assert answer.headers["X-Request-Id"] == "abc-1"
    for secret in ("jungle-text", "example.com", "192.0.2.77", "Some Name", service.key):
        assert secret not in out.getvalue().decode()


def test_a_request_id_from_outside_is_checked(service: Service, out: BytesIO) -> None:
    """What is not a plain id is replaced."""
    answer = service.send("GET", "/healthz", headers={"X-Request-Id": 'a"b {} ' * 50})
    assert lines(out)[0]["request_id"] == answer.headers["X-Request-Id"]
    assert '"' not in answer.headers["X-Request-Id"]


def test_an_address_is_logged_as_its_pattern(service: Service, out: BytesIO) -> None:
    """Ids and tokens in addresses stay out of the log."""
    service.send("GET", "/v1/comments/some-secret")
    service.send("GET", "/review/sign-in/some-secret")
    assert [line["route"] for line in lines(out)] == [
        "/v1/comments/<comment_id>",
        "/review/sign-in/<token>",
    ]
    assert b"some-secret" not in out.getvalue()


def test_a_failing_check_is_logged_by_place(service: Service, out: BytesIO) -> None:
    """The kind of error and where, without the error's own words."""
    service.model.broken_by = ""
    service.post("/v1/score", {"comment": {"text": "jungle-text"}})
    failure = lines(out)[0]
    assert (failure["part"], failure["error"]) == ("model", "ValueError")
    assert "fakes.py" in str(failure["where"])
    assert b"jungle-text" not in out.getvalue()


def test_a_bug_is_500_without_internals(
    service: Service, out: BytesIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The caller learns nothing of the inside, the log where it broke, neither the text."""

    def fail(*args: object, **named: object) -> None:
        raise RuntimeError("jungle-text")

    monkeypatch.setattr(service.rooms.store.comments, "get", fail)
    answer = service.send("GET", "/v1/comments/x")
    assert answer.status_code == 500
    assert answer.mimetype == "application/problem+json"
    assert "RuntimeError" not in answer.text
    assert [line["event"] for line in lines(out)] == ["request broke", "request"]
    assert lines(out)[0]["error"] == "RuntimeError"
    assert b"jungle-text" not in out.getvalue() + answer.data


def test_a_review_page_without_its_store_is_logged(
    service: Service, out: BytesIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever runs the service learns why moderators see an error page."""

    def fail(*args: object, **named: object) -> None:
        raise StoreError("db-7") from TimeoutError("jungle-text")

    monkeypatch.setattr(service.rooms.store.accounts, "reviewer_by_password", fail)
    page = service.client.get("/review/sign-in").text
    token = page.partition('name="csrf_token" value="')[2].partition('"')[0]
    form = {"csrf_token": token, "name": "anna", "password": "x"}
    assert service.client.post("/review/sign-in", data=form).status_code == 503
    failure = lines(out)[1]
    assert (failure["event"], failure["cause"]) == ("request failed", "TimeoutError")
    assert b"jungle-text" not in out.getvalue()


def test_other_loggers_write_the_same_shape(out: BytesIO) -> None:
    """Libraries are heard from warnings on, and their exceptions lose their words too."""
    logging.getLogger("library").info("chatter")
    try:
        raise ValueError("jungle-text")
    except ValueError:
        logging.getLogger("library").warning("careful %d", 7, exc_info=True)
    (line,) = lines(out)
    assert (line["event"], line["logger"], line["error"]) == ("careful 7", "library", "ValueError")
    assert b"jungle-text" not in out.getvalue()


def test_the_level_counts(service: Service, out: BytesIO) -> None:
    """At WARNING a quiet request leaves no line."""
    configure_logs("WARNING", out)
    service.client.get("/healthz")
    assert lines(out) == []
