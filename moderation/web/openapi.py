"""
The OpenAPI 3.1 document, made from what the endpoints declare and the types that validate.

Reads declarations only; adds no address and no rule of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, get_args, get_origin

from flask import Flask
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

import moderation
from moderation.config import Config
from moderation.web.answer_schemas import Problem
from moderation.web.endpoint import NDJSON, Endpoint

__all__ = ["build_document", "endpoints"]

_PROBLEMS = {
    400: "The body is not valid JSON or not UTF-8.",
    401: "No key came, or one that is not known.",
    403: "The key lacks the scope.",
    404: "There is no such thing here.",
    409: "It changed meanwhile, is in use already, or cannot be done as things stand.",
    413: "The body is too large.",
    415: "The content type is not one this address takes.",
    422: "A field is missing or wrong; `errors` name it.",
    429: "The key used up its requests of this minute; `Retry-After` says when to come back.",
    503: "The store did not answer; nothing was stored.",
}

_ANSWERS = {200: "Done.", 201: "Stored.", 204: "Done; there is nothing to say.", 503: "Not ready."}

_REF = "#/components/schemas/{model}"


def endpoints(app: Flask) -> list[Endpoint]:
    """Give what every endpoint of the application declares, in the order of registration."""
    declared = (getattr(view, "endpoint", None) for view in app.view_functions.values())
    return [found for found in declared if isinstance(found, Endpoint)]


def build_document(app: Flask, config: Config) -> dict[str, Any]:
    """Give the OpenAPI 3.1 document of the application as plain data."""
    found = endpoints(app)
    paths: dict[str, dict[str, Any]] = {}
    for declared in found:
        paths.setdefault(_path(declared), {})[declared.method.lower()] = _operation(declared)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Comment moderation",
            "version": moderation.__version__,
            "summary": "Scores reader comments for spam, toxicity and relevance to their article.",
            "description": (
                "Send a comment with the article it stands under; get scores, a decision and its "
                "reasons. Every error is `application/problem+json` and names the field at fault. "
                "Spans are offsets in Unicode code points of the text as it was sent."
            ),
        },
        "servers": [{"url": config.public_url or "/"}],
        "paths": paths,
        "components": {
            "schemas": _schemas(found, config),
            "responses": {str(status): _problem(words) for status, words in _PROBLEMS.items()},
            "securitySchemes": {
                "key": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "An API key: `Authorization: Bearer KEY`.",
                }
            },
        },
    }


def _path(declared: Endpoint) -> str:
    return re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", declared.path)


def _operation(declared: Endpoint) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "summary": declared.summary,
        "operationId": declared.name,
        "security": [{"key": []}] if declared.scope else [],
    }
    words = [declared.description] if declared.description else []
    if declared.scope:
        words.append(f"Needs a key with the scope `{declared.scope.value}`.")
    if words:
        operation["description"] = "\n\n".join(words)
    if parameters := list(_parameters(declared)):
        operation["parameters"] = parameters
    if declared.body is not None:
        content = {"application/json": {"schema": _schema_of(declared.body)}}
        if declared.lines:
            content[NDJSON] = {"schema": {"type": "string", "description": "One such item a line."}}
        operation["requestBody"] = {"required": True, "content": content}
    operation["responses"] = {
        **{str(s): _answer(s, shape, declared.lines) for s, shape in declared.answers.items()},
        **{
            str(status): {"$ref": f"#/components/responses/{status}"}
            for status in sorted(_problems(declared) - set(declared.answers))
        },
    }
    return operation


def _problems(declared: Endpoint) -> set[int]:
    """Give the statuses that follow from a declaration, and those it names itself."""
    statuses = set(declared.problems)
    if declared.scope:
        statuses |= {401, 403, 429, 503}
    if declared.body is not None:
        statuses |= {400, 413, 415, 422}
    if declared.query is not None or declared.longest:
        statuses |= {422}
    return statuses


def _parameters(declared: Endpoint) -> Iterator[dict[str, Any]]:
    for name in re.findall(r"<(?:\w+:)?(\w+)>", declared.path):
        schema: dict[str, Any] = {"type": "string", "minLength": 1}
        if name in declared.longest:
            schema["maxLength"] = declared.longest[name]
        yield {"name": name, "in": "path", "required": True, "schema": schema}
    if declared.query is not None:
        properties = _tidy(declared.query.model_json_schema(ref_template=_REF))["properties"]
        for name, schema in properties.items():
            words = schema.pop("description", "")
            yield {"name": name, "in": "query", "description": words, "schema": _of_text(schema)}
    for name, words in (declared.headers or {}).items():
        schema = {"type": "string", "minLength": 1, "maxLength": 255}
        yield {"name": name, "in": "header", "description": words, "schema": schema}


def _of_text(schema: dict[str, Any]) -> dict[str, Any]:
    """Give the schema of a query's value, which is text and never null: it is left out instead."""
    kinds = [kind for kind in schema.get("anyOf", ()) if kind != {"type": "null"}]
    return kinds[0] if len(kinds) == 1 else schema


def _answer(status: int, shape: Any, lines: bool) -> dict[str, Any]:
    answer: dict[str, Any] = {"description": _ANSWERS[status]}
    if shape is str:
        answer["content"] = {"text/plain": {"schema": {"type": "string"}}}
    elif shape is not None:
        answer["content"] = {"application/json": {"schema": _schema_of(shape)}}
        if lines:
            answer["content"][NDJSON] = {"schema": {"type": "string"}}
    return answer


def _problem(words: str) -> dict[str, Any]:
    schema = {"$ref": _REF.format(model="Problem")}
    return {"description": words, "content": {"application/problem+json": {"schema": schema}}}


def _schema_of(shape: Any) -> dict[str, Any]:
    if get_origin(shape) is list:
        return {"type": "array", "items": _schema_of(get_args(shape)[0])}
    return {"$ref": _REF.format(model=shape.__name__)}


def _schemas(found: list[Endpoint], config: Config) -> dict[str, Any]:
    """Give every type the endpoints name, once, with the limits of this installation."""
    shapes: dict[type[BaseModel], None] = {Problem: None}
    for declared in found:
        for shape in (declared.body, declared.query, *declared.answers.values()):
            inner = get_args(shape)[0] if get_origin(shape) is list else shape
            if isinstance(inner, type) and issubclass(inner, BaseModel):
                shapes[inner] = None
    wanted = [(shape, "validation") for shape in shapes]
    _, document = models_json_schema(wanted, ref_template=_REF)  # type: ignore[arg-type]
    schemas: dict[str, Any] = _tidy(document["$defs"])
    schemas["CommentPart"]["properties"]["text"]["maxLength"] = config.max_text_chars
    return schemas


def _tidy(schema: Any) -> Any:
    """Leave out the titles pydantic makes of every field's name."""
    if isinstance(schema, dict):
        return {
            name: _tidy(value)
            for name, value in schema.items()
            # A property called title is an object here; a title is text.
            if not (name == "title" and isinstance(value, str))
        }
    if isinstance(schema, list):
        return [_tidy(item) for item in schema]
    return schema
