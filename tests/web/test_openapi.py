"""The API document: complete, true to the service, and readable."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import schemathesis
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    positive_data_acceptance,
    response_schema_conformance,
    status_code_conformance,
)

from moderation.terms import Scope
from moderation.web.openapi import build_document, endpoints
from tests.fakes import Service, make_service

EXAMPLES = 12

CONFIG = Path(__file__).parents[2] / "schemathesis.toml"

OTHERS = (
    "/1.1/",
    "/1.2/",
    "/coral",
    "/v1alpha1",
    "/batch",
    "/$discovery",
    "/discovery",
    "/v1/moderations",
)
"""Addresses of other vendors' protocols, which have descriptions of their own."""

NOT_DOCUMENTED = ("/review", "/docs", "/openapi.json", "/static", *OTHERS)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Give one application for the whole module: the document does not change it."""
    made = make_service(tmp_path_factory.mktemp("openapi"))
    yield made
    made.rooms.store.close()
    made.app.extensions["moderation.limits"].close()


def operations(document: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    """Give (method, path) -> operation."""
    return {
        (method.upper(), path): operation
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }


def test_every_address_is_documented(service: Service) -> None:
    """Whoever adds a native route documents it by declaring it."""
    documented = {declared.path for declared in endpoints(service.app)}
    for rule in service.app.url_map.iter_rules():
        if rule.rule != "/" and not rule.rule.startswith(NOT_DOCUMENTED):
            assert rule.rule in documented, rule.rule


def test_the_document_says_what_is_enforced(service: Service) -> None:
    """Scopes, error answers and limits are those of the declarations."""
    document = service.send("GET", "/openapi.json").json
    assert document["openapi"] == "3.1.0"
    found = operations(document)
    for (method, path), operation in found.items():
        assert operation["summary"], path
        answers = set(operation["responses"])
        if operation["security"]:
            assert {"401", "403", "429", "503"} <= answers, (method, path)
        if "requestBody" in operation:
            assert {"400", "413", "415", "422"} <= answers, (method, path)
    assert ("POST", "/v1/comments/{comment_id}/verdict") in found
    text = document["components"]["schemas"]["CommentPart"]["properties"]["text"]
    assert text["maxLength"] == service.config.max_text_chars


def test_parts_of_a_path_and_a_query_are_described_as_they_are_sent(service: Service) -> None:
    """An id has its length, and no value of a query is null, which cannot be written there."""
    found = operations(build_document(service.app, service.config))
    for method in ("GET", "PUT"):
        (id,) = found[method, "/v1/articles/{article_id}"]["parameters"]
        assert id["schema"] == {"type": "string", "minLength": 1, "maxLength": 500}
    for parameter in found["GET", "/v1/queue"]["parameters"]:
        assert "null" not in str(parameter["schema"]), parameter


# White space that one of JavaScript, Rust and Python does not call so, and some that all do.
SPACES = "\x1c\x1f\x85\xa0\u2009\u3000\ufeff \t\n"


@pytest.mark.parametrize("text", [*SPACES, SPACES])
def test_a_blank_text_is_refused_as_the_document_says(service: Service, text: str) -> None:
    """The pattern names every kind of white space, so that it means the same in any language."""
    answer = service.post("/v1/score", {"comment": {"text": text}})
    assert answer.status_code == 422
    assert answer.json["errors"] == [{"field": "comment.text", "message": "must not be blank"}]
    document = build_document(service.app, service.config)
    pattern = document["components"]["schemas"]["CommentPart"]["properties"]["text"]["pattern"]
    assert re.search(pattern, text) is None
    assert re.search(pattern, f"{text}\u200d{text}")


def test_every_reference_leads_somewhere(service: Service) -> None:
    """No type or answer is named that is not there."""
    document = build_document(service.app, service.config)

    def check(part: Any) -> None:
        if isinstance(part, dict):
            if "$ref" in part:
                here: Any = document
                for step in part["$ref"].removeprefix("#/").split("/"):
                    here = here[step]
            for inner in part.values():
                check(inner)
        elif isinstance(part, list):
            for inner in part:
                check(inner)

    check(document)


@pytest.mark.parametrize("scope", list(Scope))
def test_a_missing_key_or_scope_is_refused_everywhere(service: Service, scope: Scope) -> None:
    """No address with a lock on it in the document is open."""
    _, key = service.rooms.store.accounts.add_key(
        name="one scope", scopes={scope}, now=service.clock()
    )
    for declared in endpoints(service.app):
        if declared.scope is None:
            continue
        path = re.sub(r"<[^>]+>", "7", declared.path)
        answer = service.client.open(path, method=declared.method)
        assert answer.status_code == 401, path
        assert answer.headers["WWW-Authenticate"] == "Bearer"
        if declared.scope is not scope:
            answer = service.send(declared.method, path, headers=service.headers(key))
            assert answer.status_code == 403, path


def test_schemathesis_finds_nothing(service: Service) -> None:
    """Generated requests, good and bad, get documented answers only, and never a 500."""
    service.model.scores = {"spam": 0.8}
    id = service.post("/v1/comments", {"comment": {"text": "Buy now"}}).json["id"]
    service.send("PUT", "/v1/articles/7", json={"title": "Bridge opens"})
    config = schemathesis.Config.from_path(CONFIG)
    schema = schemathesis.openapi.from_wsgi("/openapi.json", service.app, config=config)
    checks = [
        not_a_server_error,
        status_code_conformance,
        content_type_conformance,
        response_schema_conformance,
        negative_data_rejection,
        positive_data_acceptance,
    ]
    seen: set[int] = set()

    def probe(operation: Any) -> Any:
        @hypothesis.given(data=hypothesis.strategies.data())
        @hypothesis.settings(
            max_examples=EXAMPLES,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(hypothesis.HealthCheck),
        )
        def run(data: Any) -> None:
            modes = [schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE]
            mode = data.draw(hypothesis.strategies.sampled_from(modes))
            case = data.draw(operation.as_strategy(generation_mode=mode))
            # An empty list is not sent at all, so a name that is wrong with it is not either.
            hypothesis.assume([] not in (case.query or {}).values())
            if "comment_id" in (case.path_parameters or {}) and data.draw(
                hypothesis.strategies.booleans()
            ):
                case.path_parameters["comment_id"] = id
            response = case.call(headers=service.headers())
            seen.add(response.status_code)
            case.validate_response(response, checks=checks)

        return run()

    for found in schema.get_all_operations():
        operation: Any = found.ok()
        # Revoking a key found by chance would end this test.
        if (operation.method, operation.path) != ("delete", "/v1/keys/{key_id}"):
            probe(operation)
    assert {200, 201, 404, 422} <= seen
