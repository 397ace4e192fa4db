"""
One declaration per address: route, scope, types of body and answers, words for the API document.

Admits, reads and validates a request before its view runs; holds no view. `openapi` reads what is
declared here, so what is enforced and what is documented cannot differ.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, TypeVar

import orjson
from flask import Blueprint, Response, current_app, request
from pydantic import BaseModel, TypeAdapter, ValidationError
from werkzeug.exceptions import RequestEntityTooLarge

from moderation.errors import InputError
from moderation.terms import Key, Scope
from moderation.web.auth import admit, bearer
from moderation.web.problems import BadInput, UnsupportedMedia, unreadable
from moderation.web.rooms import Rooms

__all__ = ["NDJSON", "Call", "Endpoint", "endpoint", "open_endpoint", "read_body", "reply"]

NDJSON = "application/x-ndjson"

B = TypeVar("B")


@dataclass(frozen=True, slots=True)
class Call(Generic[B]):
    """
    What a view gets of one request.

    Attributes:
        key: who calls.
        raw: the body as sent.
        body: the validated body, or the validated query of a GET; None where there is neither.
        now: when the request came, aware UTC.
    """

    rooms: Rooms
    key: Key
    raw: bytes
    body: B
    now: datetime


@dataclass(frozen=True, slots=True)
class Endpoint:
    """
    What is declared of one address and method.

    Attributes:
        name: of the view; unique.
        path: Flask's pattern.
        longest: part of the path -> most characters it may have; longer ones get 422.
        scope: what a key needs; None is open to everyone.
        body: type of the JSON body; `query`: type of the query instead.
        lines: whether the body may also come as NDJSON, one item a line, answered likewise.
        answers: status -> type of the answer; None is an answer without a body.
        problems: statuses of errors beyond those that follow from the rest.
        headers: request header -> sentence.
    """

    name: str
    method: str
    path: str
    summary: str
    scope: Scope | None
    answers: Mapping[int, Any]
    body: Any = None
    query: type[BaseModel] | None = None
    lines: bool = False
    problems: tuple[int, ...] = ()
    headers: Mapping[str, str] | None = None
    longest: Mapping[str, int] = field(default_factory=dict)
    description: str = ""


def endpoint(
    bp: Blueprint,
    method: str,
    path: str,
    *,
    scope: Scope,
    answers: Mapping[int, Any],
    body: Any = None,
    query: type[BaseModel] | None = None,
    lines: bool = False,
    problems: tuple[int, ...] = (),
    headers: Mapping[str, str] | None = None,
    longest: Mapping[str, int] | None = None,
) -> Callable[[Callable[..., Response]], Callable[..., Response]]:
    """
    Declare a view as an endpoint; the view's docstring is its text in the API document.

    The view is called with a `Call` and the parts of the path by name. It may raise any error of
    the product: `app` turns them into answers.
    """
    adapter: TypeAdapter[Any] | None = TypeAdapter(body) if body is not None else None
    bounds = longest or {}

    def declare(view: Callable[..., Response]) -> Callable[..., Response]:
        summary, description = _words(view)

        def serve(**path_parts: str) -> Response:
            key = admit(bearer(), scope)
            rooms: Rooms = current_app.extensions["moderation"]
            for name, most in bounds.items():
                if len(path_parts[name]) > most:
                    raise InputError(f"must have at most {most} characters", field=name)
            raw, read = b"", None
            if adapter is not None:
                raw = read_body(rooms.config.max_body_bytes)
                read = None if lines and request.mimetype == NDJSON else _read(adapter, raw)
            elif query is not None:
                read = _read_query(query)
            return view(Call(rooms, key, raw, read, rooms.now()), **path_parts)

        serve.__name__ = view.__name__
        serve.__doc__ = view.__doc__
        serve.endpoint = Endpoint(  # type: ignore[attr-defined]
            name=view.__name__,
            method=method,
            path=path,
            summary=summary,
            description=description,
            scope=scope,
            answers=answers,
            body=body,
            query=query,
            lines=lines,
            problems=problems,
            headers=headers,
            longest=bounds,
        )
        bp.add_url_rule(path, view.__name__, serve, methods=[method])
        return view

    return declare


def open_endpoint(
    bp: Blueprint, path: str, *, answers: Mapping[int, Any]
) -> Callable[[Callable[[], Response]], Callable[[], Response]]:
    """Declare a view that everyone may GET, and that takes nothing."""

    def declare(view: Callable[[], Response]) -> Callable[[], Response]:
        summary, description = _words(view)
        view.endpoint = Endpoint(  # type: ignore[attr-defined]
            name=view.__name__,
            method="GET",
            path=path,
            summary=summary,
            scope=None,
            answers=answers,
            description=description,
        )
        bp.add_url_rule(path, view.__name__, view, methods=["GET"])
        return view

    return declare


def reply(data: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """Give a JSON answer."""
    return Response(orjson.dumps(data), status, headers, content_type="application/json")


def _words(view: Callable[..., Response]) -> tuple[str, str]:
    """Give the first sentence of a view's docstring, without its full stop, and the rest."""
    summary, _, description = inspect.cleandoc(view.__doc__ or "").partition("\n\n")
    return summary.rstrip("."), description


def read_body(most: int) -> bytes:
    """
    Read the body whole.

    Raises:
        RequestEntityTooLarge: it has more than `most` bytes.
    """
    raw = request.get_data(cache=False)
    # Of a chunked body the framework reads no more than the limit, but does not say that it cut.
    if len(raw) >= most and request.content_length is None:
        raise RequestEntityTooLarge
    return raw


def _read(adapter: TypeAdapter[Any], raw: bytes) -> Any:
    if request.mimetype != "application/json":
        raise UnsupportedMedia
    try:
        return adapter.validate_json(raw)
    except ValidationError as error:
        raise unreadable(error) from None


def _read_query(query: type[BaseModel]) -> BaseModel:
    sent = dict(request.args.lists())
    twice = [(name[:100], "must be given once") for name, values in sent.items() if len(values) > 1]
    if twice:
        raise BadInput(twice)
    try:
        return query.model_validate({name: values[0] for name, values in sent.items()})
    except ValidationError as error:
        raise unreadable(error) from None
