"""
Errors as RFC 9457 problem documents, and the one table from the product's errors to statuses.

Renders only; catches nothing itself and shows nothing of the inside.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

import orjson
from flask import Response
from pydantic import ValidationError
from pydantic_core import ErrorDetails
from werkzeug.exceptions import HTTPException

from moderation.errors import (
    AccessDenied,
    BundleRefused,
    CaseConflict,
    InputError,
    ModelError,
    ModerationError,
    NotFound,
    RateExceeded,
    StoreError,
    Taken,
    TrainingBusy,
)
from moderation.web.schemas import NOT_BLANK

__all__ = [
    "BadInput",
    "Unreadable",
    "UnsupportedMedia",
    "body_of",
    "from_error",
    "from_http",
    "problem",
    "problem_body",
    "sentence_of",
    "status_of",
    "unreadable",
]


class Unreadable(InputError):
    """The body is not what its content type says, so no field can be named: 400."""

    default_message = "The body cannot be read."


class UnsupportedMedia(InputError):
    """The body has a content type this address does not take: 415."""

    default_message = "The body must be application/json."


class BadInput(InputError):
    """
    Several fields are wrong at once: 422.

    Attributes:
        faults: (dotted field, sentence) in the order found.
    """

    def __init__(self, faults: Sequence[tuple[str, str]]) -> None:
        super().__init__(faults[0][1], field=faults[0][0])
        self.faults = tuple(faults)


# The first class that fits counts, so narrower ones stand before wider ones.
_STATUSES: tuple[tuple[type[ModerationError], int], ...] = (
    (Unreadable, 400),
    (UnsupportedMedia, 415),
    (Taken, 409),
    (InputError, 422),
    (NotFound, 404),
    (RateExceeded, 429),
    (CaseConflict, 409),
    (BundleRefused, 409),
    (TrainingBusy, 409),
    (StoreError, 503),
    (ModelError, 503),
)

_TITLES = {422: "Unprocessable Content", 413: "Content Too Large"}


def status_of(error: ModerationError) -> int:
    """Give the HTTP status an error of the product stands for; 500 for one no caller causes."""
    if isinstance(error, AccessDenied):
        return 403 if error.scope else 401
    return next((status for kind, status in _STATUSES if isinstance(error, kind)), 500)


def problem_body(
    status: int, detail: str, *, faults: Sequence[tuple[str, str]] = (), **more: object
) -> dict[str, Any]:
    """
    Give a problem document.

    Args:
        faults: (dotted field, sentence) pairs.
        more: extension members; those that are None are left out.
    """
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": _TITLES.get(status) or HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
    }
    if faults:
        body["errors"] = [{"field": field, "message": message} for field, message in faults]
    body.update((name, value) for name, value in more.items() if value is not None)
    return body


def problem(
    status: int,
    detail: str,
    *,
    faults: Sequence[tuple[str, str]] = (),
    headers: Mapping[str, str] | None = None,
    **more: object,
) -> Response:
    """Give the answer with the problem document of `problem_body`."""
    return Response(
        orjson.dumps(problem_body(status, detail, faults=faults, **more)),
        status,
        headers,
        content_type="application/problem+json",
    )


def body_of(error: ModerationError) -> dict[str, Any]:
    """Give the problem document of an error of the product."""
    status = status_of(error)
    if status == 500:
        return problem_body(500, "Something went wrong here; it has been logged.")
    faults = error.faults if isinstance(error, BadInput) else ()
    if not faults and error.field:
        faults = ((error.field, error.message),)
    version = error.current_version if isinstance(error, CaseConflict) else None
    detail = error.message
    if isinstance(error, InputError) and faults:
        detail = "; ".join(f"{field} {message}" for field, message in faults[:3])
    if isinstance(error, StoreError):
        # A driver's own words may quote what was being written.
        detail = "The store did not answer; nothing was stored. Try again."
    return problem_body(status, detail, faults=faults, current_version=version)


def from_error(error: ModerationError) -> Response:
    """Give the answer an error of the product stands for."""
    body = body_of(error)
    headers: dict[str, str] = {}
    if isinstance(error, AccessDenied):
        headers["WWW-Authenticate"] = (
            f'Bearer error="insufficient_scope", scope="{error.scope}"' if error.scope else "Bearer"
        )
    elif isinstance(error, RateExceeded):
        headers["Retry-After"] = str(error.retry_after_seconds)
    elif isinstance(error, StoreError):
        headers["Retry-After"] = "1"
    return Response(
        orjson.dumps(body), body["status"], headers, content_type="application/problem+json"
    )


_HTTP_DETAILS = {
    404: "There is nothing at this address.",
    405: "This address does not take that method.",
    413: "The body is too large.",
}


def from_http(error: HTTPException) -> Response:
    """Give the answer for what the framework refused: unknown routes, wrong methods, big bodies."""
    status = error.code or 500
    if status < 400:
        return Response(status=status, headers=dict(error.get_headers()))
    # Headers such as Allow belong to the refusal; its HTML body does not.
    kept = {"Allow", "Location", "Retry-After"}
    headers = {name: value for name, value in error.get_headers() if name in kept}
    detail = _HTTP_DETAILS.get(status) or error.description or HTTPStatus(status).phrase
    return problem(status, detail, headers=headers)


_SENTENCES = {
    "missing": "is required",
    "extra_forbidden": "is not a field here",
    "string_type": "must be text",
    "bool_type": "must be true or false",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "float_type": "must be a number",
    "list_type": "must be a list",
    "model_type": "must be an object",
    "dict_type": "must be an object",
}


_MOST_FAULTS = 20
# A batch can be wrong ten thousand times; its sender needs a few to see what is the matter.


def unreadable(error: ValidationError) -> InputError:
    """Turn what pydantic found into one error that names the fields, in our own words."""
    faults = []
    for fault in error.errors(include_url=False, include_input=False)[:_MOST_FAULTS]:
        if fault["type"] == "json_invalid":
            reason = str(fault.get("ctx", {}).get("error", "not JSON"))
            return Unreadable(f"The body is not valid JSON: {reason}.")
        faults.append((_dotted(fault["loc"]), sentence_of(fault)))
    return BadInput(faults)


def sentence_of(fault: ErrorDetails) -> str:
    """Say in our own words what pydantic found wrong, to follow the name of the field."""
    if fault["type"] == "string_pattern_mismatch":
        pattern = fault.get("ctx", {}).get("pattern")
        return "must not be blank" if pattern == NOT_BLANK else f"must match {pattern}"
    return _SENTENCES.get(fault["type"]) or fault["msg"].lower()


def _dotted(place: tuple[int | str, ...]) -> str:
    """Write ``(3, "comment", "text")`` as ``[3].comment.text``."""
    parts = (f"[{part}]" if isinstance(part, int) else f".{part[:100]}" for part in place)
    return "".join(parts).lstrip(".") or "body"
