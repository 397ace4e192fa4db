"""Batches: many requests in one, each with an answer of its own."""

from __future__ import annotations

import json
from email.message import Message
from email.parser import BytesParser
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from moderation.terms import Scope
from moderation.web.perspective_batch import MOST_PARTS, read_inner, split_parts
from moderation.web.perspective_errors import Unfit
from tests.fakes import Service

BODY = '{"comment": {"text": "The tram is late again."}, "requestedAttributes": {"SPAM": {}}}'
ANALYZE = "/v1alpha1/comments:analyze"


def part(id: str, inner: str, kind: str = "application/http") -> str:
    """Give a part as Google's clients write it."""
    return f"Content-Type: {kind}\nContent-ID: <b + {id}>\n\n{inner}"


def call(key: str, body: str = BODY, path: str = ANALYZE, method: str = "POST") -> str:
    """Give an HTTP request to put into a part."""
    return f"{method} {path}?key={key}&alt=json HTTP/1.1\nContent-Type: application/json\n\n{body}"


def post(service: Service, parts: list[str], line: str = "\n", **more: Any) -> Any:
    """Send a batch; without a key of its own unless `query` has one."""
    data = "".join(f"--X\n{one}\n" for one in parts) + "--X--\n"
    return service.client.post(
        f"/batch{more.get('query', '')}",
        data=data.replace("\n", line).encode(),
        content_type=more.get("content_type", 'multipart/mixed; boundary="X"'),
        headers=more.get("headers"),
    )


def answers(answer: Any) -> list[tuple[str, int, Any]]:
    """Give Content-ID, status and body of every part, read by the standard library."""
    assert answer.status_code == 200, answer.text
    whole = f"Content-Type: {answer.content_type}\r\n\r\n".encode() + answer.data
    found = []
    read: Message = BytesParser().parsebytes(whole)
    assert read.is_multipart()
    for one in read.get_payload():
        assert isinstance(one, Message)
        assert one.get_content_type() == "application/http"
        line, _, rest = str(one.get_payload()).partition("\r\n")
        protocol, status, reason = line.split(" ", 2)
        assert protocol == "HTTP/1.1"
        assert reason
        head, _, body = rest.partition("\r\n\r\n")
        assert "Content-Type: application/json; charset=UTF-8" in head
        found.append((str(one["Content-ID"]), int(status), json.loads(body)))
    return found


@pytest.mark.parametrize("line", ["\n", "\r\n"])
def test_every_part_is_answered_in_order(service: Service, line: str) -> None:
    """Under its own id, with its own status, whichever line breaks a client uses."""
    key = service.scores_key
    parts = [part("1", call(key)), part("2", call("nonsense")), part("3", call(key, body="{"))]
    (one, two, three) = answers(post(service, parts, line))
    assert (one[0], one[1]) == ("<response-b + 1>", 200)
    assert one[2]["attributeScores"]["SPAM"]["summaryScore"]["value"] == 0.02
    assert (two[0], two[1]) == ("<response-b + 2>", 400)
    assert two[2]["error"]["message"] == "API key not valid. Please pass a valid API key."
    assert (three[0], three[1]) == ("<response-b + 3>", 400)
    assert three[2]["error"]["message"].startswith("Invalid JSON payload received.")


def test_the_other_address_takes_batches_too(service: Service) -> None:
    """The address newer discovery documents name."""
    answer = service.client.post(
        "/batch/commentanalyzer/v1alpha1",
        data=f"--X\n{part('1', call(service.scores_key))}\n--X--",
        content_type="multipart/mixed; boundary=X",
    )
    assert [status for _, status, _ in answers(answer)] == [200]


def test_a_key_of_the_batch_counts_for_parts_without_one(service: Service) -> None:
    """In the address or a header; a part's own wins."""
    inner = f"POST {ANALYZE} HTTP/1.1\n\n{BODY}"
    parts = [part("1", inner), part("2", call("nonsense"))]
    key = service.scores_key
    for more in (
        {"query": f"?key={key}"},
        {"headers": {"X-Goog-Api-Key": key}},
        {"headers": {"Authorization": f"Bearer {key}"}},
    ):
        assert [status for _, status, _ in answers(post(service, parts, **more))] == [200, 400]
    ((_, status, body),) = answers(post(service, parts[:1]))
    assert (status, body["error"]["status"]) == (403, "PERMISSION_DENIED")


def test_a_part_may_show_its_key_in_a_header(service: Service) -> None:
    """Clients with credentials put them into every part."""
    inner = f"POST {ANALYZE} HTTP/1.1\nAuthorization: Bearer {service.scores_key}\n\n{BODY}"
    assert [status for _, status, _ in answers(post(service, [part("1", inner)]))] == [200]


@pytest.mark.parametrize(
    "inner",
    [
        "",
        "no request at all",
        "{}",
        "GET",
        "POST  HTTP/1.1",
        "POST http://[ HTTP/1.1\n\n{}",
        "\x00\x01\x02",
    ],
)
def test_a_part_that_is_not_http_has_an_error_of_its_own(service: Service, inner: str) -> None:
    """The parts around it are answered as if it were not there."""
    good = call(service.scores_key)
    found = answers(post(service, [part("1", good), part("2", inner), part("3", good)]))
    assert [status for _, status, _ in found] == [200, 400, 200]
    assert found[1][2]["error"]["message"].startswith("Failed to parse batch request, error: ")


def test_a_part_of_another_type_has_an_error_of_its_own(service: Service) -> None:
    """Only HTTP is taken; a part without headers is tried."""
    good = call(service.scores_key)
    found = answers(post(service, [part("1", good, "text/plain"), f"\n{good}"]))
    assert [(id, status) for id, status, _ in found] == [("<response-b + 1>", 400), ("None", 200)]


@pytest.mark.parametrize(
    ("method", "path"), [("GET", ANALYZE), ("POST", "/batch"), ("POST", "/v1/score"), ("POST", "/")]
)
def test_a_part_leads_nowhere_else(service: Service, method: str, path: str) -> None:
    """Neither to another batch nor to another protocol."""
    inner = call(service.key, path=path, method=method)
    ((_, status, body),) = answers(post(service, [part("1", inner)]))
    assert (status, body["error"]["status"]) == (404, "NOT_FOUND")


def test_an_absolute_address_is_taken(service: Service) -> None:
    """Some clients name the host in every part, and a proxy may serve us below a path."""
    inner = call(service.scores_key, path=f"https://commentanalyzer.googleapis.com{ANALYZE}")
    inner = inner.replace("comments:analyze", "comments%3Aanalyze")
    below = call(service.scores_key, path=f"/moderation{ANALYZE}")
    parts = [part("1", inner), part("2", below)]
    assert [status for _, status, _ in answers(post(service, parts))] == [200, 200]


def test_a_hundred_parts_are_taken_and_one_more_is_not(service: Service) -> None:
    """Google's limit; the whole batch is refused, and nothing of it is answered."""
    parts = [part(str(number), call(service.scores_key)) for number in range(MOST_PARTS + 1)]
    assert len(answers(post(service, parts[:-1]))) == MOST_PARTS
    answer = post(service, parts)
    assert answer.status_code == 400
    assert answer.json["error"]["status"] == "INVALID_ARGUMENT"
    assert answer.json["error"]["message"] == (
        "The batch request holds 101 calls; the maximum number of calls in a single batch request "
        "is 100."
    )


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json",
        "multipart/mixed",
        "multipart/mixed; boundary=",
        "multipart/mixed; boundary=Y",
        "multipart/form-data; boundary=X",
        "",
    ],
)
def test_what_is_no_batch_is_refused(service: Service, content_type: str) -> None:
    """Without multipart and its boundary there is no part."""
    answer = post(service, [part("1", call(service.scores_key))], content_type=content_type)
    assert answer.status_code == 400
    assert answer.json["error"]["message"].startswith(
        "Failed to parse batch request, error: 0 items."
    )


def test_each_part_counts_against_the_quota(service: Service) -> None:
    """A batch is no way around a limit."""
    _, key = service.rooms.store.accounts.add_key(
        name="slow", scopes={Scope.SCORE}, per_minute=2, now=service.clock()
    )
    parts = [part(str(number), call(key)) for number in range(3)]
    assert [status for _, status, _ in answers(post(service, parts))] == [200, 200, 429]


def test_an_id_cannot_smuggle_a_header(service: Service) -> None:
    """What comes back of a client's id is one line of printable characters."""
    inner = call(service.scores_key)
    smuggled = f"Content-Type: application/http\nContent-ID: <a\r\n b\x0b\x7f +1>\n\n{inner}"
    ((id, status, _),) = answers(post(service, [smuggled]))
    assert status == 200
    assert "\n" not in id
    assert "\x7f" not in id


# A carriage return before a boundary belongs to the line break, so no part can end with one.
CONTENTS = st.binary(max_size=60).filter(lambda raw: b"--X" not in raw and raw[-1:] != b"\r")


@given(st.lists(CONTENTS, min_size=1, max_size=5), st.sampled_from([b"\n", b"\r\n"]))
def test_parts_come_apart_as_they_were_put_together(parts: list[bytes], line: bytes) -> None:
    """Any bytes between two boundaries come back as they were, preamble and epilogue left out."""
    whole = b"before" + line
    whole += b"".join(b"--X" + line + line + part + line for part in parts) + b"--X--" + line
    assert split_parts(whole + b"after", b"X") == [line + part for part in parts]


@given(st.binary(max_size=200), st.binary(min_size=1, max_size=5))
def test_any_bytes_come_apart(raw: bytes, boundary: bytes) -> None:
    """Nothing breaks it, and no part holds more than there was."""
    assert sum(map(len, split_parts(raw, boundary))) <= len(raw)


@given(st.binary(max_size=100) | st.builds(lambda rest: b"POST /" + rest, st.binary(max_size=60)))
def test_any_payload_is_a_request_or_none(payload: bytes) -> None:
    """Whatever stands in a part is read or refused, and nothing else happens."""
    try:
        inner = read_inner(payload)
    except Unfit:
        return
    assert payload.endswith(inner.raw)


@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(parts=st.lists(st.binary(max_size=80), max_size=4))
def test_no_batch_makes_it_break(service: Service, parts: list[bytes]) -> None:
    """Every batch is answered part by part or refused, never with a 500."""
    data = b"".join(b"--X\r\n" + one + b"\r\n" for one in parts) + b"--X--"
    answer = service.client.post("/batch", data=data, content_type="multipart/mixed; boundary=X")
    assert answer.status_code in {200, 400}
    if answer.status_code == 200:
        assert answer.data.count(b"\r\n\r\nHTTP/1.1 ") >= 1
