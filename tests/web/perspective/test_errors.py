"""What is refused, in Google's own words."""

from __future__ import annotations

from typing import Any

import pytest

from moderation.web.perspective_schemas import MOST_TEXT_BYTES
from tests.fakes import Service
from tests.web.perspective.asking import (
    ANALYZE,
    ARTICLE,
    SUGGEST,
    TEXT,
    analyzed,
    ask,
    error,
    refusal,
)


@pytest.mark.parametrize("comment", [None, {}, {"text": None}, {"text": ""}, {"text": " \n\t "}])
def test_an_empty_comment_is_refused(service: Service, comment: Any) -> None:
    """Nothing, or nothing but white space, is no comment."""
    refusal(ask(service, comment=comment), "COMMENT_EMPTY", "Comment must be non-empty.")


def test_an_empty_body_is_an_empty_request(service: Service) -> None:
    """As at Google, where a body may be missing."""
    answer = service.client.post(f"{ANALYZE}?key={service.scores_key}")
    refusal(answer, "COMMENT_EMPTY", "Comment must be non-empty.")


@pytest.mark.parametrize(("letter", "bytes_each"), [("a", 1), ("é", 2), ("😀", 4)])
def test_a_comment_may_have_20480_bytes(service: Service, letter: str, bytes_each: int) -> None:
    """The limit counts UTF-8, and the last byte within it is still taken."""
    most = letter * (MOST_TEXT_BYTES // bytes_each)
    analyzed(service, comment={"text": most}, languages=["en"])
    answer = ask(service, comment={"text": most + "a"}, languages=["en"])
    refusal(answer, "COMMENT_TOO_LONG", "Comment text too long.")


@pytest.mark.parametrize("wanted", [None, {}])
def test_attributes_must_be_asked_for(service: Service, wanted: Any) -> None:
    """There is no default set."""
    answer = ask(service, requestedAttributes=wanted)
    refusal(answer, "NO_REQUESTED_ATTRIBUTES", "Missing requested_attributes")


def test_more_attributes_than_there_are_are_refused(service: Service) -> None:
    """One attribute under many versions must not cost as many answers as a body has room for."""
    answer = ask(service, requestedAttributes={f"TOXICITY@{n}": {} for n in range(101)})
    refusal(answer, "INVALID_REQUEST", "At most 100 attributes can be requested")


@pytest.mark.parametrize(
    ("kind", "message"),
    [("HTML", "Currently, only 'PLAIN_TEXT' comments are supported"), ("X", "Unknown text type")],
)
def test_a_comment_is_plain_text(service: Service, kind: str, message: str) -> None:
    """HTML was never supported for comments."""
    answer = ask(service, comment={"text": TEXT, "type": kind})
    refusal(answer, "INVALID_REQUEST", message)


def test_an_article_may_be_html(service: Service) -> None:
    """Articles are read with or without markup; a type nobody knows is refused there too."""
    html = {"text": f"<p>{ARTICLE}</p>", "type": "HTML"}
    analyzed(service, context={"articleAndParentComment": {"article": html}})
    answer = ask(service, context={"entries": [{"text": "a", "type": "X"}]})
    refusal(answer, "INVALID_REQUEST", "Unknown text type")


def test_both_contexts_at_once_are_refused(service: Service) -> None:
    """One of the two, in Perspective's words."""
    context = {"entries": [{"text": "a"}], "articleAndParentComment": {"article": {"text": "b"}}}
    refusal(
        ask(service, context=context),
        "INVALID_REQUEST",
        "Context can have either entries or article_and_parent_comment, but both fields were "
        "populated.",
    )


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"{", "Invalid JSON payload received. EOF"),
        (b'{"comment": {"text": "\xe9"}}', "Invalid JSON payload received. invalid unicode"),
        (b'{"comment": {"text": "\\ud800"}}', "Invalid JSON payload received. "),
        (b"\xff\xfe{}", "Invalid JSON payload received. "),
        (b"[" * 100_000, "Invalid JSON payload received. "),
        (b"comment=a&api_key=b", "Invalid JSON payload received. "),
        (b"[]", "Invalid JSON payload received. Root element must be a message."),
        (b"null", "Invalid JSON payload received. Root element must be a message."),
        (
            b'{"colour": 1}',
            'Invalid JSON payload received. Unknown name "colour": Cannot find field.',
        ),
        (
            b'{"comment": {"colour": 1}}',
            "Invalid JSON payload received. Unknown name \"colour\" at 'comment': Cannot find",
        ),
        (b'{"comment": "a"}', "Invalid value at 'comment': it must be an object"),
        (b'{"comment": {"text": 5}}', "Invalid value at 'comment.text': it must be text"),
        (b'{"languages": "en"}', "Invalid value at 'languages': it must be a list"),
        (b'{"requestedAttributes": []}', "Invalid value at 'requestedAttributes': it must be an"),
        (
            b'{"requestedAttributes": {"SPAM": {"scoreThreshold": "high"}}}',
            "Invalid value at 'requestedAttributes.SPAM.scoreThreshold': it",
        ),
    ],
)
def test_what_does_not_fit_is_said_in_googles_words(
    service: Service, data: bytes, message: str
) -> None:
    """Whatever the content type says, the body is read as JSON, and its fault is named."""
    for kind in ("application/json", "application/x-www-form-urlencoded", "text/plain"):
        answer = service.client.post(
            f"{ANALYZE}?key={service.scores_key}", data=data, content_type=kind
        )
        found = error(answer)
        assert found["message"].startswith(message)
        assert found["status"] == "INVALID_ARGUMENT"
        assert found["details"][0]["@type"] == "type.googleapis.com/google.rpc.BadRequest"
        assert found["details"][0]["fieldViolations"][0]["description"]


def test_a_body_that_is_too_large_is_refused(service: Service) -> None:
    """It is not read."""
    data = b" " * (service.config.max_body_bytes + 1)
    for path in (ANALYZE, "/batch"):
        answer = service.client.post(f"{path}?key={service.scores_key}", data=data)
        assert error(answer)["message"] == "Request payload size exceeds the limit."


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", ANALYZE),
        ("PUT", SUGGEST),
        ("POST", "/v1alpha1/comments:nothing"),
        ("POST", "/v1alpha1"),
        ("GET", "/batch"),
        ("POST", "/batch/gmail/v1"),
        ("POST", "/$discovery/rest"),
        ("GET", "/$discovery/rest?version=v2"),
        ("GET", "/discovery/v1/apis/gmail/v1/rest"),
    ],
)
def test_what_is_not_there_is_said_in_json(service: Service, method: str, path: str) -> None:
    """No address of the protocol answers in another form."""
    found = error(service.client.open(path, method=method), 404)
    assert (found["status"], found["message"]) == ("NOT_FOUND", "Method not found.")
