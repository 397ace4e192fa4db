"""
OpenAI's ``POST /v1/moderations``: texts in that dialect, for clients that speak it.

Turns requests into `Comment` and scores into categories; the desk checks. Has no policy, store or
model of its own: from which score on a category applies is asked of the site's policy.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from flask import Blueprint, Response, g, request
from pydantic import BaseModel, ConfigDict, JsonValue, TypeAdapter, ValidationError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from moderation.desk.check import Checked
from moderation.errors import (
    AccessDenied,
    InputError,
    ModelError,
    RateExceeded,
    StoreError,
)
from moderation.policy import Policy
from moderation.terms import Comment, Key, Scope
from moderation.web.auth import admit, bearer
from moderation.web.endpoint import read_body
from moderation.web.logs import log_failure
from moderation.web.metrics import count_checks
from moderation.web.rooms import Rooms, rooms
from moderation.web.schemas import is_blank

__all__ = ["CATEGORIES", "bp"]

bp = Blueprint("openai", __name__)

CATEGORIES: Mapping[str, tuple[str, ...]] = {
    "harassment": ("toxicity", "insult"),
    "harassment/threatening": ("threat",),
    "hate": ("identity_attack",),
    "hate/threatening": (),
    "illicit": (),
    "illicit/violent": (),
    "self-harm": (),
    "self-harm/instructions": (),
    "self-harm/intent": (),
    "sexual": ("sexual",),
    "sexual/minors": (),
    "violence": (),
    "violence/graphic": (),
}
"""Category -> the scores that measure it; one without any is always zero."""

MODELS = (
    "omni-moderation-latest",
    "omni-moderation-2024-09-26",
    "text-moderation-latest",
    "text-moderation-stable",
)

_LARGEST_OF_ALL = "toxicity"
# A kind of toxicity without a threshold of its own in the policy is judged by that of the whole.


class Refusal(InputError):
    """
    A request that cannot be answered.

    Attributes:
        code: OpenAI's name of what is wrong, or None.
        status: HTTP status.
    """

    def __init__(
        self, message: str, *, param: str | None = None, code: str | None = None, status: int = 400
    ) -> None:
        super().__init__(message, field=param)
        self.code = code
        self.status = status


class ModerationRequest(BaseModel):
    """A request; fields of other endpoints, such as `user`, are ignored as OpenAI does."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    input: JsonValue = None
    model: JsonValue = None


_REQUEST = TypeAdapter(ModerationRequest)


@bp.post("/v1/moderations")
def moderate() -> Response:
    """Judge one text, or several."""
    key = admit(bearer(), Scope.SCORE)
    opened = rooms()
    sent = _read(read_body(opened.config.max_body_bytes))
    model = _model(sent.model)
    texts = _texts(sent.input, opened)
    results = _judge(texts, key, opened)
    return _reply(200, {"id": f"modr-{os.urandom(12).hex()}", "model": model, "results": results})


@bp.route("/v1/moderations", methods=["GET", "PUT", "PATCH", "DELETE"])
def elsewhere() -> Response:
    """Say in this dialect that only POST is taken."""
    message = f"Not allowed to {request.method} on /v1/moderations."
    raise Refusal(message, code="method_not_supported", status=405)


def _read(raw: bytes) -> ModerationRequest:
    try:
        return _REQUEST.validate_json(raw)
    except ValidationError:
        raise Refusal(
            "We could not parse the JSON body of your request. It must be a JSON object in UTF-8."
        ) from None


def _model(sent: JsonValue) -> str:
    if sent is None:
        return MODELS[0]
    if not isinstance(sent, str):
        raise Refusal(
            "Invalid type for 'model': expected a string.", param="model", code="invalid_type"
        )
    if sent not in MODELS:
        raise Refusal(
            f"The model `{sent[:100]}` does not exist or you do not have access to it.",
            param="model",
            code="model_not_found",
            status=404,
        )
    return sent


def _texts(sent: JsonValue, rooms: Rooms) -> list[str]:
    """Give the texts to judge, one a result; the parts of a multi-part input are one text."""
    if sent is None:
        raise Refusal(
            "Missing required parameter: 'input'.", param="input", code="missing_required_parameter"
        )
    if isinstance(sent, str):
        return [_bounded(sent, "input", rooms)]
    if not isinstance(sent, list):
        raise _wrong_type("input", "a string, a list of strings or a list of text parts")
    if not sent:
        raise Refusal(
            "Invalid 'input': empty array. Expected an array with minimum length 1, but got an "
            "empty array instead.",
            param="input",
            code="empty_array",
        )
    most = rooms.config.max_batch_items
    if len(sent) > most:
        raise Refusal(
            f"Invalid 'input': array too long. Expected an array with maximum length {most}, but "
            f"got an array with length {len(sent)} instead.",
            param="input",
            code="array_above_max_length",
        )
    if isinstance(sent[0], dict):
        joined = "\n".join(_part(part, f"input[{at}]") for at, part in enumerate(sent))
        return [_bounded(joined, "input", rooms)]
    texts = []
    for at, item in enumerate(sent):
        if not isinstance(item, str):
            raise _wrong_type(f"input[{at}]", "a string")
        texts.append(_bounded(item, f"input[{at}]", rooms))
    return texts


def _part(part: JsonValue, param: str) -> str:
    if not isinstance(part, dict):
        raise _wrong_type(param, "an object")
    kind, text = part.get("type"), part.get("text")
    if kind == "image_url":
        raise Refusal(
            "Image inputs are not supported: this server reads text only, and an image that nobody "
            "looked at must not pass for a harmless one.",
            param=param,
            code="image_not_supported",
        )
    if kind != "text":
        words = "Supported values are: 'text'."
        raise Refusal(
            f"Invalid value for '{param}.type'. {words}",
            param=f"{param}.type",
            code="invalid_value",
        )
    if not isinstance(text, str):
        raise _wrong_type(f"{param}.text", "a string")
    return text


def _bounded(text: str, param: str, rooms: Rooms) -> str:
    most = rooms.config.max_text_chars
    if len(text) > most:
        raise Refusal(
            f"Invalid '{param}': string too long. Expected a string with maximum length {most}, "
            f"but got a string with length {len(text)} instead.",
            param=param,
            code="string_above_max_length",
        )
    return text


def _wrong_type(param: str, expected: str) -> Refusal:
    return Refusal(
        f"Invalid type for '{param}': expected {expected}.", param=param, code="invalid_type"
    )


def _judge(texts: Sequence[str], key: Key, rooms: Rooms) -> list[dict[str, Any]]:
    now = rooms.now()
    written = [text for text in texts if not is_blank(text)]
    comments = [Comment(text=text, received_at=now, site=key.site) for text in written]
    results = rooms.desk.check_many(comments, explain=False) if comments else []
    checked: list[Checked] = []
    for result in results:
        if isinstance(result, InputError):
            raise result
        checked.append(result)
    count_checks([(one.decision.action, one.failed) for one in checked])
    # Of the model that scored them; a moment later another may be in use.
    version = checked[0].scores.model if checked else rooms.live.model.version
    policy = rooms.budgets.in_force(version).for_site(key.site)
    judged = iter(checked)
    # A text without a letter in it is nothing to ask a model about.
    return [_result(None if is_blank(text) else next(judged), policy) for text in texts]


def _result(checked: Checked | None, policy: Policy) -> dict[str, Any]:
    categories: dict[str, bool] = {}
    scores: dict[str, float] = {}
    applied: dict[str, list[str]] = {}
    for category, heads in CATEGORIES.items():
        given = _given(checked, heads)
        categories[category] = any(_applies(policy, head, value) for head, value in given.items())
        scores[category] = round(max(given.values(), default=0.0), 4)
        applied[category] = ["text"] if given else []
    return {
        "flagged": any(categories.values()),
        "categories": categories,
        "category_scores": scores,
        "category_applied_input_types": applied,
    }


def _given(checked: Checked | None, heads: Sequence[str]) -> dict[str, float]:
    """
    Give the scores of a category that the live model offers.

    Raises:
        ModelError: one that it offers could not be worked out.
    """
    if checked is None:
        return {}
    broken = [head for head in heads if head in checked.scores.failed]
    if broken:
        raise ModelError(f"the score {broken[0]} could not be worked out")
    values = {head: checked.scores.values.get(head) for head in heads}
    return {head: value for head, value in values.items() if value is not None}


def _applies(policy: Policy, head: str, value: float) -> bool:
    """Tell whether the site's policy would hold or reject a comment for this score."""
    thresholds = {one.head: one for one in policy.thresholds if not one.is_off}
    asked = thresholds.get(head) or thresholds.get(_LARGEST_OF_ALL)
    limits = [] if asked is None else [x for x in (asked.hold, asked.reject) if x is not None]
    return bool(limits) and value >= min(limits)


@bp.errorhandler(Exception)
def refuse(error: Exception) -> Response:
    """Answer whatever went wrong, in OpenAI's form."""
    status, body = _error(error)
    if status >= 500:
        log_failure("request failed", error)
    return _reply(status, body)


def _error(error: Exception) -> tuple[int, dict[str, Any]]:
    if isinstance(error, Refusal):
        return error.status, _body(error.message, param=error.field, code=error.code)
    if isinstance(error, AccessDenied):
        if error.scope:
            return 403, _body(error.message, code="insufficient_permissions")
        if bearer() is None:
            message = (
                "You didn't provide an API key. You need to provide your API key in an "
                "Authorization header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY)."
            )
            return 401, _body(message)
        return 401, _body("Incorrect API key provided.", code="invalid_api_key")
    if isinstance(error, RateExceeded):
        wait = error.retry_after_seconds
        message = f"Rate limit reached for requests. Please try again in {wait}s."
        return 429, _body(message, kind="requests", code="rate_limit_exceeded")
    if isinstance(error, InputError):
        return 400, _body(error.message, param="input")
    if isinstance(error, RequestEntityTooLarge):
        return 413, _body("The request body is too large.")
    if isinstance(error, HTTPException) and 400 <= (error.code or 500) < 500:
        return error.code or 400, _body("The request cannot be read.")
    if isinstance(error, StoreError | ModelError):
        return 503, _body("The server cannot judge this at the moment.", kind="server_error")
    return 500, _body("The server had an error while processing your request.", kind="server_error")


def _body(
    message: str,
    *,
    kind: str = "invalid_request_error",
    param: str | None = None,
    code: str | None = None,
) -> dict[str, Any]:
    return {"error": {"message": message, "type": kind, "param": param, "code": code}}


def _reply(status: int, body: object) -> Response:
    usage = g.get("usage")
    late = status == 429 and usage is not None
    headers = {"Retry-After": str(usage.resets_in_seconds)} if late else None
    return Response(orjson.dumps(body), status, headers, content_type="application/json")
