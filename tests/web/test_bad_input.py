"""Everything a client can get wrong: a clear answer, and never a 500."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.any_json import JSON, bytes_of, many_times
from tests.fakes import Service

POSTS = ("/v1/score", "/v1/comments", "/v1/score/batch", "/v1/keys")


def post(service: Service, path: str, data: Any, **more: Any) -> Any:
    """Send bytes as JSON."""
    return service.send("POST", path, data=data, **{"content_type": "application/json", **more})


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize(
    "data",
    [
        b"",
        b" ",
        b"{",
        b"\xff\xfe{}",
        b'{"comment": {"text": "\xe9"}}',
        b'{"comment": {"text": "\\ud800"}}',
        b'{"comment": {"text": "\xed\xa0\x80"}}',
        b"[" * 100_000,
        b'{"a":' * 50_000,
        b"NaN,",
    ],
    ids=["empty", "blank", "cut", "utf-16", "latin-1", "surrogate-escape", "surrogate-bytes",
         "deep-list", "deep-object", "nan"],
)  # fmt: skip
def test_what_is_not_json_is_400(service: Service, path: str, data: bytes) -> None:
    """A body nobody can read is said to be that."""
    answer = post(service, path, data)
    assert answer.status_code == 400
    assert answer.mimetype == "application/problem+json"
    assert answer.json["status"] == 400


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "comment"),
        ([], "body"),
        (None, "body"),
        ("text", "body"),
        ({"comment": None}, "comment"),
        ({"comment": "text"}, "comment"),
        ({"comment": {}}, "comment.text"),
        ({"comment": {"text": None}}, "comment.text"),
        ({"comment": {"text": 5}}, "comment.text"),
        ({"comment": {"text": ["a"]}}, "comment.text"),
        ({"comment": {"text": ""}}, "comment.text"),
        ({"comment": {"text": " \n\t"}}, "comment.text"),
        ({"comment": {"text": "a", "author": "me"}}, "comment.author"),
        ({"comment": {"text": "a", "author": {"email": 1}}}, "comment.author.email"),
        ({"comment": {"text": "a", "author": {"id": "x" * 501}}}, "comment.author.id"),
        ({"comment": {"text": "a", "colour": 1}}, "comment.colour"),
        ({"comment": {"text": "a", "form": {"seconds": -1}}}, "comment.form.seconds"),
        ({"comment": {"text": "a", "form": {"seconds": "1"}}}, "comment.form.seconds"),
        ({"comment": {"text": "a"}, "article": []}, "article"),
        ({"comment": {"text": "a"}, "article": {"tags": []}}, "article.tags"),
        ({"comment": {"text": "a"}, "colour": 1}, "colour"),
    ],
)
@pytest.mark.parametrize("path", ["/v1/score", "/v1/comments"])
def test_a_wrong_field_is_named(service: Service, path: str, body: Any, field: str) -> None:
    """422 says which field and what about it."""
    answer = service.post(path, body) if body is not None else post(service, path, b"null")
    assert answer.status_code == 422
    assert answer.json["errors"][0]["field"] == field
    assert answer.json["errors"][0]["message"]
    assert list(service.rooms.store.comments.all()) == []


def test_every_wrong_field_is_named_up_to_twenty(service: Service) -> None:
    """One look shows all that is wrong, and a hopeless batch stays readable."""
    answer = service.post("/v1/score", {"comment": {"text": 1, "colour": 2}, "x": 3})
    fields = [error["field"] for error in answer.json["errors"]]
    assert fields == ["comment.text", "comment.colour", "x"]
    many = service.post("/v1/score/batch", [{}] * 500)
    assert len(many.json["errors"]) == 20


def test_a_text_that_is_too_long_is_422(service: Service) -> None:
    """A mebibyte of text is refused by name; the largest allowed one is scored."""
    most = service.config.max_text_chars
    answer = service.post("/v1/score", {"comment": {"text": "a" * (1 << 20)}})
    assert answer.status_code == 422
    assert answer.json["errors"][0]["field"] == "comment.text"
    batch = service.post(
        "/v1/score/batch", [{"comment": {"text": "a"}}, {"comment": {"text": "a" * (most + 1)}}]
    )
    assert batch.json["errors"][0]["field"] == "[1].comment.text"


@pytest.mark.parametrize("path", ["/v1/score", "/v1/score/batch", "/v1/comments"])
def test_a_body_that_is_too_large_is_413(service: Service, path: str) -> None:
    """Ten mebibytes are not read, with or without a length said before."""
    data = b" " * (10 << 20)
    assert post(service, path, data).status_code == 413


def test_a_chunked_body_that_is_too_large_is_413(service: Service) -> None:
    """A body of unknown length is not cut in silence: its last lines would be lost."""
    line = b'{"comment": {"text": "a"}}\n'
    data = line * (service.config.max_body_bytes // len(line) + 2)
    answer = service.send(
        "POST",
        "/v1/score/batch",
        input_stream=BytesIO(data),
        environ_overrides={"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"},
        content_type="application/x-ndjson",
    )
    assert answer.status_code == 413


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "application/xml", ""]
)
def test_another_content_type_is_415(service: Service, kind: str) -> None:
    """Only JSON is JSON."""
    answer = post(service, "/v1/score", b'{"comment": {"text": "a"}}', content_type=kind)
    assert answer.status_code == 415


def test_a_charset_does_no_harm(service: Service) -> None:
    """Clients that say the charset are understood."""
    answer = post(
        service,
        "/v1/score",
        '{"comment": {"text": "é"}}'.encode(),
        content_type="application/json; charset=utf-8",
    )
    assert answer.status_code == 200


@pytest.mark.parametrize("text", ["a\x00b", "\x00", "​", "﻿x", "😀" * 50, "\u202ea"])
def test_strange_characters_are_taken(service: Service, text: str) -> None:
    """NUL and invisible characters are evidence, not errors, and survive storage."""
    answer = service.post("/v1/comments", {"comment": {"text": text}})
    assert answer.status_code == 201
    assert service.send("GET", f"/v1/comments/{answer.json['id']}").status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nowhere", 404),
        ("GET", "/v1/comments/nope", 404),
        ("GET", "/v1/comments/" + "x" * 5000, 404),
        ("GET", "/v1/comments/%00", 404),
        ("GET", "/v1/comments/%ff%fe", 404),
        ("DELETE", "/v1/comments/nope", 404),
        ("DELETE", "/v1/keys/nope", 404),
        ("GET", "/v1/articles/nope", 404),
        ("GET", "/v1/articles/", 404),
        ("POST", "/v1/models/20200101-1/activate", 404),
        ("POST", "/v1/models/..%2F../activate", 404),
        ("PUT", "/v1/score", 405),
        ("POST", "/healthz", 405),
        ("PATCH", "/v1/comments/nope", 405),
    ],
)
def test_what_is_not_there_is_a_problem(
    service: Service, method: str, path: str, status: int
) -> None:
    """Unknown addresses, things and methods answer in the same form as everything else."""
    answer = service.send(method, path)
    assert answer.status_code == status
    assert answer.mimetype == "application/problem+json"
    assert answer.json["status"] == status
    assert ("Allow" in answer.headers) == (status == 405)


def test_a_get_with_a_body_is_answered(service: Service) -> None:
    """A body where none belongs is ignored."""
    assert service.send("GET", "/v1/queue", data=b"{]").status_code == 200


@pytest.mark.parametrize("value", ["", "x" * 256])
def test_an_idempotency_key_has_a_length(service: Service, value: str) -> None:
    """The header is named like a field."""
    answer = service.post(
        "/v1/comments", {"comment": {"text": "a"}}, headers={"Idempotency-Key": value}
    )
    assert answer.status_code == 422
    assert answer.json["errors"][0]["field"] == "Idempotency-Key"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"action": "hold"}, "action"),
        ({"action": "approve", "labels": ["nice"]}, "labels[0]"),
        ({"action": "approve", "labels": "spam"}, "labels"),
        ({"action": "approve", "version": "1"}, "version"),
        ({"action": "approve", "version": 10**30}, "version"),
        ({"action": "approve", "note": "x" * 2001}, "note"),
        ({}, "action"),
    ],
)
def test_a_wrong_verdict_is_named(service: Service, body: Any, field: str) -> None:
    """Verdicts are checked like everything else."""
    id = service.post("/v1/comments", {"comment": {"text": "a"}}).json["id"]
    answer = service.post(f"/v1/comments/{id}/verdict", body)
    assert answer.status_code == 422
    assert answer.json["errors"][0]["field"] == field


@many_times(60)
@given(
    body=JSON
    | st.fixed_dictionaries(
        {"comment": st.fixed_dictionaries({"text": st.text()}, optional={"author": JSON})},
        optional={"article": JSON},
    )
)
def test_no_json_makes_it_break(service: Service, body: Any) -> None:
    """Whatever JSON comes, the answer is a score or a problem, never a 500."""
    data = bytes_of(body)
    for path in ("/v1/score", "/v1/comments", "/v1/score/batch"):
        assert post(service, path, data).status_code in {200, 201, 400, 422}
