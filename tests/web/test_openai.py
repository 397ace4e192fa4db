"""OpenAI's moderations: every kind of input, thirteen categories, and its errors."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.terms import Scope
from moderation.web.openai import CATEGORIES, MODELS
from tests.any_json import JSON, bytes_of, many_times
from tests.fakes import Service, make_service

PATH = "/v1/moderations"
TEXT = "The tram is late again."
MEASURED = {"harassment", "harassment/threatening", "sexual"}
SCORES = {"toxicity": 0.42, "insult": 0.33, "threat": 0.05, "sexual": 0.01, "spam": 0.9}


@pytest.fixture(autouse=True)
def scores(service: Service) -> None:
    """Let the model give every score but identity attack, which it was not measured for."""
    service.model.scores = dict(SCORES)


def ask(service: Service, input: Any = TEXT, **fields: Any) -> Any:
    """Send a request as the client does."""
    headers = service.headers(service.scores_key)
    return service.client.post(PATH, json={"input": input, **fields}, headers=headers)


def results(service: Service, input: Any = TEXT, **fields: Any) -> Any:
    """Give the results of a request that must be answered."""
    answer = ask(service, input, **fields)
    assert answer.status_code == 200, answer.text
    return answer.json["results"]


def error(answer: Any, status: int = 400) -> Any:
    """Give the error of an answer that must be one of OpenAI's."""
    assert answer.status_code == status, answer.text
    assert answer.mimetype == "application/json"
    assert set(answer.json) == {"error"}
    found = answer.json["error"]
    assert set(found) == {"message", "type", "param", "code"}
    return found


def test_a_text_is_judged(service: Service) -> None:
    """All thirteen categories are there; those nobody measured are zero and not applied."""
    answer = ask(service)
    assert answer.status_code == 200
    assert answer.json["id"].startswith("modr-")
    assert answer.json["model"] == "omni-moderation-latest"
    (result,) = answer.json["results"]
    for part in ("categories", "category_scores", "category_applied_input_types"):
        assert list(result[part]) == list(CATEGORIES)
        assert len(result[part]) == 13
    assert result["category_scores"] == {
        **dict.fromkeys(CATEGORIES, 0.0),
        "harassment": 0.42,
        "harassment/threatening": 0.05,
        "sexual": 0.01,
    }
    applied = result["category_applied_input_types"]
    assert {name for name, kinds in applied.items() if kinds == ["text"]} == MEASURED
    assert all(kinds == [] for name, kinds in applied.items() if name not in MEASURED)
    assert result["flagged"] is False


def test_hate_is_there_once_the_model_offers_it(service: Service) -> None:
    """A model that was measured for attacks on identity makes it a measured category."""
    service.model.scores = {**SCORES, "identity_attack": 0.7}
    (result,) = results(service)
    assert result["category_scores"]["hate"] == 0.7
    assert result["categories"]["hate"] is True
    assert result["category_applied_input_types"]["hate"] == ["text"]


@pytest.mark.parametrize(
    ("head", "category"),
    [
        ("toxicity", "harassment"),
        ("insult", "harassment"),
        ("threat", "harassment/threatening"),
        ("sexual", "sexual"),
    ],
)
def test_the_policy_says_from_where_a_category_applies(
    service: Service, head: str, category: str
) -> None:
    """The shipped policy holds toxicity from .50; its kinds have no threshold of their own."""
    for value, applies in ((0.49, False), (0.5, True)):
        service.model.scores = {**SCORES, head: value}
        (result,) = results(service)
        assert result["categories"][category] is applies
        assert result["flagged"] is applies
        assert sum(result["categories"].values()) == applies


def test_a_site_moves_the_thresholds(tmp_path: Path) -> None:
    """Its own policy counts: for a kind by itself, and not at all when toxicity is switched off."""
    policy = tmp_path / "own.toml"
    policy.write_text(
        "[thresholds.toxicity]\nhold = false\nreject = false\n[thresholds.threat]\nhold = 0.1\n"
    )
    service = make_service(tmp_path, policy=policy)
    service.model.scores = {"toxicity": 0.99, "threat": 0.2, "sexual": 0.99}
    (result,) = results(service)
    assert [name for name, applies in result["categories"].items() if applies] == [
        "harassment/threatening"
    ]
    service.rooms.store.close()
    service.app.extensions["moderation.limits"].close()


def test_spam_is_no_category(service: Service) -> None:
    """OpenAI has none for it, so that spam is not flagged here; the native API says it."""
    service.model.scores = {"spam": 0.99}
    assert results(service)[0]["flagged"] is False


def test_a_list_has_a_result_for_each_text(service: Service) -> None:
    """In order, with one call of the model, and an empty text has a result too."""
    found = results(service, ["a b c", "", " \n", "d e f"])
    assert [one["category_scores"]["harassment"] for one in found] == [0.42, 0.0, 0.0, 0.42]
    assert found[1]["flagged"] is False
    assert set(map(tuple, found[1]["category_applied_input_types"].values())) == {()}
    assert service.model.calls == [2]


def test_the_parts_of_a_multi_part_input_are_one_text(service: Service) -> None:
    """One result for all of them."""
    parts = [{"type": "text", "text": "The tram"}, {"type": "text", "text": "is late."}]
    assert len(results(service, parts)) == 1
    assert [item.text.raw for item in service.model.items] == ["The tram\nis late."]


def test_an_image_is_refused(service: Service) -> None:
    """An image nobody looked at must not pass for harmless, not even beside a text."""
    image = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}
    for input in ([image], [{"type": "text", "text": TEXT}, image]):
        found = error(ask(service, input))
        assert found["message"].startswith("Image inputs are not supported")
        assert found["type"] == "invalid_request_error"
        assert found["code"] == "image_not_supported"
        assert found["param"] == f"input[{len(input) - 1}]"
    assert service.model.calls == []


def test_models_are_taken_by_name(service: Service) -> None:
    """The four names OpenAI has, or none; the answer names the one asked for."""
    for model in MODELS:
        assert ask(service, model=model).json["model"] == model
    assert ask(service, model=None).json["model"] == "omni-moderation-latest"
    found = error(ask(service, model="gpt-4o"), 404)
    assert (found["code"], found["param"]) == ("model_not_found", "model")
    assert error(ask(service, model=5))["param"] == "model"


def test_nothing_is_stored(service: Service) -> None:
    """Moderations judge and forget."""
    service.model.scores = {"toxicity": 0.99}
    results(service)
    assert list(service.rooms.store.comments.all()) == []


@pytest.mark.parametrize(
    ("input", "code", "param"),
    [
        (None, "missing_required_parameter", "input"),
        ([], "empty_array", "input"),
        (5, "invalid_type", "input"),
        ({}, "invalid_type", "input"),
        (True, "invalid_type", "input"),
        (["a", 5], "invalid_type", "input[1]"),
        ([1, 2, 3], "invalid_type", "input[0]"),
        (["a", {"type": "text", "text": "b"}], "invalid_type", "input[1]"),
        ([{"type": "text", "text": "b"}, "a"], "invalid_type", "input[1]"),
        ([{"type": "text"}], "invalid_type", "input[0].text"),
        ([{"type": "video"}], "invalid_value", "input[0].type"),
        ([{}], "invalid_value", "input[0].type"),
        (["a"] * 10_001, "array_above_max_length", "input"),
        ("a" * 100_001, "string_above_max_length", "input"),
        (["a", "a" * 100_001], "string_above_max_length", "input[1]"),
        ([{"type": "text", "text": "a" * 60_000}] * 2, "string_above_max_length", "input"),
    ],
)
def test_a_wrong_input_is_named(service: Service, input: Any, code: str, param: str) -> None:
    """Type, code and parameter as OpenAI gives them."""
    found = error(ask(service, input))
    assert (found["type"], found["code"], found["param"]) == ("invalid_request_error", code, param)
    assert found["message"]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff",
        b'{"input": "\\ud800"}',
        b'{"input": "\xe9"}',
        b"[" * 99_999,
    ],
    ids=["empty", "cut", "list", "null", "bytes", "surrogate", "latin-1", "deep"],
)
def test_what_is_not_a_json_object_is_400(service: Service, data: bytes) -> None:
    """In OpenAI's form, whatever the content type."""
    headers = service.headers(service.scores_key)
    for kind in ("application/json", "application/x-www-form-urlencoded"):
        answer = service.client.post(PATH, data=data, headers=headers, content_type=kind)
        assert error(answer)["message"].startswith("We could not parse the JSON body")


def test_a_body_that_is_too_large_is_413(service: Service) -> None:
    """It is not read."""
    headers = service.headers(service.scores_key)
    data = b" " * (service.config.max_body_bytes + 1)
    error(service.client.post(PATH, data=data, headers=headers), 413)


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
def test_only_post_is_taken(service: Service, method: str) -> None:
    """Another method is refused in the same form."""
    answer = service.client.open(PATH, method=method)
    assert error(answer, 405)["code"] == "method_not_supported"


def test_keys_are_asked_for_in_openais_words(service: Service) -> None:
    """None, a wrong one, one without the scope, one that is used up."""
    accounts, now = service.rooms.store.accounts, service.clock()

    def with_key(key: str) -> Any:
        return service.client.post(PATH, json={"input": TEXT}, headers=service.headers(key))

    found = error(service.client.post(PATH, json={"input": TEXT}), 401)
    assert found["message"].startswith("You didn't provide an API key.")
    found = error(with_key("nonsense"), 401)
    assert found["code"] == "invalid_api_key"
    assert found["message"].startswith("Incorrect API key provided")
    assert "nonsense" not in found["message"]
    _, key = accounts.add_key(name="m", scopes={Scope.MODERATE}, now=now)
    assert error(with_key(key), 403)["code"] == "insufficient_permissions"
    _, key = accounts.add_key(name="slow", scopes={Scope.SCORE}, per_minute=1, now=now)
    assert with_key(key).status_code == 200
    answer = with_key(key)
    assert error(answer, 429)["code"] == "rate_limit_exceeded"
    assert int(answer.headers["Retry-After"]) >= 1


def test_a_broken_model_is_no_result(service: Service) -> None:
    """A check that broke is an error: an unflagged result would be a lie."""
    service.model.broken_by = "late"
    assert error(ask(service), 503)["type"] == "server_error"
    assert error(ask(service, ["a b c", TEXT]), 503)["type"] == "server_error"


@many_times(60)
@given(
    body=JSON
    | st.fixed_dictionaries(
        {"input": JSON | st.text() | st.lists(st.text())}, optional={"model": JSON}
    )
)
def test_no_json_makes_it_break(service: Service, body: Any) -> None:
    """Whatever JSON comes, the answer is results or one of OpenAI's errors, never a 500."""
    data = bytes_of(body)
    answer = service.client.post(PATH, data=data, headers=service.headers(service.scores_key))
    if answer.status_code != 200:
        error(answer, 404 if answer.status_code == 404 else 400)
