"""
Perspective's errors: Google's error model, word for word where clients compare words.

Renders only; raises nothing but what a request deserved and knows no request.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from moderation.errors import (
    AccessDenied,
    InputError,
    ModelError,
    ModerationError,
    NotFound,
    RateExceeded,
    StoreError,
)
from moderation.web.problems import sentence_of

__all__ = ["BadKey", "Missing", "NoKey", "Refusal", "Unfit", "body_of_error", "unfit"]

SERVICE = "commentanalyzer.googleapis.com"

_ANALYZE_ERROR = "type.googleapis.com/google.commentanalyzer.v1alpha1.Error"
_ERROR_INFO = "type.googleapis.com/google.rpc.ErrorInfo"
_BAD_REQUEST = "type.googleapis.com/google.rpc.BadRequest"

_MOST_FAULTS = 20


class Refusal(InputError):
    """
    A request that was understood and cannot be answered.

    Attributes:
        kind: Perspective's own name of the error.
        data: further members of its detail.
    """

    default_message = "The request cannot be answered."

    def __init__(
        self,
        message: str,
        *,
        kind: str = "INVALID_REQUEST",
        data: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(message)
        self.kind = kind
        self.data = dict(data or {})


class Unfit(InputError):
    """
    A body that does not fit the schema.

    Attributes:
        faults: (field, sentence) pairs; the field is empty where it cannot be named.
    """

    default_message = "Invalid JSON payload received."

    def __init__(self, faults: Sequence[tuple[str, str]]) -> None:
        super().__init__("\n".join(sentence for _, sentence in faults))
        self.faults = tuple(faults)


class NoKey(AccessDenied):
    """A request came without any key."""

    default_message = (
        "Method doesn't allow unregistered callers (callers without established identity). Please "
        "use API Key or other form of API consumer identity to call this API."
    )


class BadKey(AccessDenied):
    """
    A key came that is not known.

    Attributes:
        as_token: whether it came as a Bearer token, which Google answers otherwise.
    """

    default_message = "API key not valid. Please pass a valid API key."

    def __init__(self, *, as_token: bool) -> None:
        super().__init__(
            "Request had invalid authentication credentials. Expected OAuth 2 access token, login "
            "cookie or other valid authentication credential."
            if as_token
            else None
        )
        self.as_token = as_token


class Missing(ModerationError):
    """There is no such method here."""

    default_message = "Method not found."


def unfit(error: ValidationError) -> Unfit:
    """Turn what pydantic found into one error in Google's words."""
    faults = []
    for fault in error.errors(include_url=False, include_input=False)[:_MOST_FAULTS]:
        place = _dotted(fault["loc"])
        if fault["type"] == "json_invalid":
            why = str(fault.get("ctx", {}).get("error", "Unexpected token"))
            faults.append(("", f"Invalid JSON payload received. {why}."))
        elif fault["type"] == "extra_forbidden":
            above, _, name = place.rpartition(".")
            at = f" at '{above}'" if above else ""
            words = f'Invalid JSON payload received. Unknown name "{name}"{at}: Cannot find field.'
            faults.append((above, words))
        elif not place:
            words = "Invalid JSON payload received. Root element must be a message."
            faults.append(("", words))
        else:
            faults.append((place, f"Invalid value at '{place}': it {sentence_of(fault)}"))
    return Unfit(faults)


def body_of_error(error: Exception, *, method: str = "AnalyzeComment") -> dict[str, Any]:
    """
    Give the body an error is answered with; its ``error.code`` is the HTTP status.

    Args:
        method: named in the words on a quota.
    """
    if isinstance(error, Refusal):
        detail = {"@type": _ANALYZE_ERROR, "errorType": error.kind, **error.data}
        return _body(400, "INVALID_ARGUMENT", error.message, detail)
    if isinstance(error, Unfit):
        violations = [
            {"field": field, "description": sentence} if field else {"description": sentence}
            for field, sentence in error.faults
        ]
        detail = {"@type": _BAD_REQUEST, "fieldViolations": violations}
        return _body(400, "INVALID_ARGUMENT", error.message, detail)
    if isinstance(error, AccessDenied):
        return _denied(error)
    if isinstance(error, RateExceeded):
        return _over_quota(method)
    if isinstance(error, InputError):
        # What the product refuses by bounds of its own: a text longer than the installation takes.
        return body_of_error(Refusal("Comment text too long.", kind="COMMENT_TOO_LONG"))
    if isinstance(error, RequestEntityTooLarge):
        return _body(400, "INVALID_ARGUMENT", "Request payload size exceeds the limit.")
    if isinstance(error, HTTPException) and 400 <= (error.code or 500) < 500:
        return _body(400, "INVALID_ARGUMENT", "Request contains an invalid argument.")
    code, status, message = next(
        (words for kind, words in _IN_WORDS if isinstance(error, kind)),
        (500, "INTERNAL", "Internal error encountered."),
    )
    return _body(code, status, message)


# The first class that fits counts, so narrower ones stand before wider ones.
_IN_WORDS: tuple[tuple[type[Exception], tuple[int, str, str]], ...] = (
    (Missing, (404, "NOT_FOUND", Missing.default_message)),
    (StoreError, (503, "UNAVAILABLE", "The service is currently unavailable.")),
    (ModelError, (503, "UNAVAILABLE", "The service is currently unavailable.")),
    (NotFound, (404, "NOT_FOUND", "Requested entity was not found.")),
)


def _denied(error: AccessDenied) -> dict[str, Any]:
    if isinstance(error, BadKey):
        if error.as_token:
            return _body(401, "UNAUTHENTICATED", error.message)
        info = _info("API_KEY_INVALID", {"service": SERVICE})
        return _body(400, "INVALID_ARGUMENT", error.message, info)
    return _body(403, "PERMISSION_DENIED", error.message)


def _over_quota(method: str) -> dict[str, Any]:
    metric = f"Analysis requests ({method})"
    message = (
        f"Quota exceeded for quota metric '{metric}' and limit '{metric} per minute' of service "
        f"'{SERVICE}'."
    )
    info = _info("RATE_LIMIT_EXCEEDED", {"service": SERVICE, "quota_metric": metric})
    return _body(429, "RESOURCE_EXHAUSTED", message, info)


def _info(reason: str, metadata: dict[str, str]) -> dict[str, Any]:
    domain = "googleapis.com"
    return {"@type": _ERROR_INFO, "reason": reason, "domain": domain, "metadata": metadata}


def _body(code: int, status: str, message: str, *details: dict[str, Any]) -> dict[str, Any]:
    error: dict[str, Any] = {"code": code, "message": message, "status": status}
    if details:
        error["details"] = list(details)
    return {"error": error}


def _dotted(place: tuple[int | str, ...]) -> str:
    """Write ``("context", "entries", 3, "text")`` as ``context.entries[3].text``."""
    parts = (f"[{part}]" if isinstance(part, int) else f".{part[:100]}" for part in place)
    return "".join(parts).lstrip(".")
