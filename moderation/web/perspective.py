"""
Perspective (commentanalyzer v1alpha1): comments and scores in the dialect of its clients.

Turns requests into `Comment` and scores into answers; the desk checks. No policy, store or model.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from flask import Blueprint, Response, g, request

from moderation.desk.check import Checked
from moderation.errors import AccessDenied, InputError, ModelError
from moderation.terms import Comment, Key, Scope, Span
from moderation.web.auth import admit
from moderation.web.endpoint import read_body
from moderation.web.logs import log_failure
from moderation.web.metrics import count_checks
from moderation.web.perspective_attributes import (
    Attribute,
    find_attribute,
    unknown,
)
from moderation.web.perspective_batch import Inner, answer_batch
from moderation.web.perspective_discovery import discovery_document
from moderation.web.perspective_errors import BadKey, Missing, NoKey, Refusal, body_of_error
from moderation.web.perspective_languages import Languages
from moderation.web.perspective_schemas import (
    AnalyzeRequest,
    AttributeParameters,
    comment_text,
    read_context,
    read_message,
)
from moderation.web.perspective_spans import sentence_spans, to_utf16
from moderation.web.perspective_suggest import suggest_score
from moderation.web.rooms import Rooms, rooms

__all__ = ["bp"]

bp = Blueprint("perspective", __name__)

_MOST_ATTRIBUTES = 100
# More than Perspective ever had; each costs an answer of its own.

_JSON = "application/json; charset=UTF-8"

_ALL = ("GET", "POST", "PUT", "PATCH", "DELETE")
_NOT_POST = ("GET", "PUT", "PATCH", "DELETE")
_NOT_GET = ("POST", "PUT", "PATCH", "DELETE")


@dataclass(frozen=True, slots=True)
class Wanted:
    """One attribute as it was asked for; `attribute` is None for one we have no score for."""

    name: str
    attribute: Attribute | None
    threshold: float | None


def analyze(rooms: Rooms, key: Key, raw: bytes) -> dict[str, Any]:
    """
    Answer ``comments:analyze``; stores nothing, whatever `doNotStore` says.

    Raises:
        Refusal, Unfit: in Perspective's own words.
        ModelError: a score asked for could not be worked out.
    """
    sent = read_message(AnalyzeRequest, raw)
    text = comment_text(sent.comment)
    wanted = _wanted(sent.requested_attributes or {})
    surroundings = read_context(sent.context)
    comment = Comment(
        text=text,
        received_at=rooms.now(),
        site=key.site,
        article=surroundings.article,
        parent_text=surroundings.parent_text,
    )
    (checked,) = _check(rooms, [comment])
    count_checks([(checked.decision.action, checked.failed)])
    languages = Languages.of(
        sent.languages or [],
        text,
        checked.scores.language,
        any_language=rooms.config.perspective_languages == "any",
    )
    drop = bool(sent.drop_unsupported_attributes)
    kept = [one for one in wanted if _can_answer(one, checked, languages, drop)]
    spans = sentence_spans(text) if sent.span_annotations else [Span(0, len(text))]
    parts = [checked]
    if kept and len(spans) > 1:
        sentences = [text[span.start : span.end] for span in spans]
        parts = _check(rooms, [_with_text(comment, sentence) for sentence in sentences])
    places = to_utf16(text, spans)
    scored = {one.name: _scores(one, checked, parts, places) for one in kept}
    answer: dict[str, Any] = {
        "attributeScores": {name: scores for name, scores in scored.items() if scores is not None},
        "languages": languages.requested or languages.detected,
        "detectedLanguages": languages.detected,
    }
    if sent.client_token is not None:
        answer["clientToken"] = sent.client_token
    return answer


def _wanted(requested: Mapping[str, AttributeParameters | None]) -> list[Wanted]:
    if not requested:
        raise Refusal("Missing requested_attributes", kind="NO_REQUESTED_ATTRIBUTES")
    if len(requested) > _MOST_ATTRIBUTES:
        raise Refusal(f"At most {_MOST_ATTRIBUTES} attributes can be requested")
    wanted = []
    for name, parameters in requested.items():
        attribute = find_attribute(name)
        parameters = parameters or AttributeParameters()
        kind = parameters.score_type
        if kind not in (None, "PROBABILITY", "SCORE_TYPE_UNSPECIFIED"):
            raise Refusal(f"Requested score type {kind[:100]} is not supported by attribute {name}")
        wanted.append(Wanted(name, attribute, parameters.score_threshold))
    return wanted


def _check(rooms: Rooms, comments: Sequence[Comment]) -> list[Checked]:
    # Without spans behind the scores: nothing here shows them.
    results = rooms.desk.check_many(comments, explain=False)
    for result in results:
        if isinstance(result, InputError):
            raise result
    return [result for result in results if isinstance(result, Checked)]


def _with_text(comment: Comment, text: str) -> Comment:
    return Comment(
        text=text,
        received_at=comment.received_at,
        site=comment.site,
        article=comment.article,
        parent_text=comment.parent_text,
    )


def _can_answer(one: Wanted, checked: Checked, languages: Languages, drop: bool) -> bool:
    """
    Tell whether an attribute gets an answer; False when it is left out because the client said so.

    Raises:
        Refusal: it gets none, and the client did not ask to leave such attributes out.
        ModelError: it should get one, but the check broke.
    """
    refusal = _why_not(one, checked, languages)
    if refusal is not None and not drop:
        raise refusal
    return refusal is None


def _why_not(one: Wanted, checked: Checked, languages: Languages) -> Refusal | None:
    if one.attribute is None:
        return unknown(one.name)
    refusal = languages.refusal(one.name)
    if refusal is not None:
        return refusal
    if one.attribute.value(checked.scores.values) is not None:
        return None
    head = one.attribute.head
    if head in checked.scores.failed:
        raise ModelError(f"the score {head} could not be worked out")
    if head != "relevance":
        return unknown(one.name)
    if "article" in checked.failed:
        raise ModelError("the article could not be read")
    return Refusal(
        f"Attribute {one.name} requires the article: context.article_and_parent_comment.article"
    )


def _scores(
    one: Wanted, checked: Checked, parts: Sequence[Checked], places: Sequence[tuple[int, int]]
) -> dict[str, Any] | None:
    """Give the scores of one attribute, None when it stays below its threshold."""
    summary = _score(one, checked)
    if one.threshold is not None and summary["value"] < one.threshold:
        return None
    spans = [
        {"begin": begin, "end": end, "score": _score(one, part)}
        for part, (begin, end) in zip(parts, places, strict=True)
    ]
    return {"spanScores": spans, "summaryScore": summary}


def _score(one: Wanted, checked: Checked) -> dict[str, Any]:
    value = one.attribute.value(checked.scores.values) if one.attribute else None
    if value is None:
        raise ModelError("a score could not be worked out")
    return {"value": value, "type": "PROBABILITY"}


@dataclass(frozen=True, slots=True)
class Method:
    """One method of the API; `name` is the one that quotas are counted under."""

    name: str
    run: Callable[[Rooms, Key, bytes], dict[str, Any]]


METHODS: Mapping[str, Method] = {
    "comments:analyze": Method("AnalyzeComment", analyze),
    "comments:suggestscore": Method("SuggestCommentScore", suggest_score),
}


def answer_one(inner: Inner) -> tuple[int, dict[str, Any]]:
    """Answer one request, whole or out of a batch, with its status; whatever happens, in JSON."""
    # Coral puts its own path after the one its administrator typed, with or without a slash; and in
    # a batch stands the whole outside address, of which a proxy may have taken off a part.
    _, version, name = inner.path.replace("//", "/").rpartition("/v1alpha1/")
    method = METHODS.get(name) if version and inner.method == "POST" else None
    try:
        if method is None:
            raise Missing
        return 200, method.run(rooms(), _admit(inner), inner.raw)
    except Exception as error:
        return _refused(error, method.name if method else "")


def _admit(inner: Inner) -> Key:
    scheme, _, token = inner.headers.get("authorization", "").partition(" ")
    bearer = token.strip() if scheme.lower() == "bearer" else ""
    plain = inner.args.get("key", "").strip() or inner.headers.get("x-goog-api-key", "").strip()
    if not plain and not bearer:
        raise NoKey
    try:
        return admit(plain or bearer, Scope.SCORE)
    except AccessDenied as error:
        if error.scope:
            raise
        raise BadKey(as_token=not plain) from None


def _refused(error: Exception, method: str = "") -> tuple[int, dict[str, Any]]:
    body = body_of_error(error, method=method)
    status: int = body["error"]["code"]
    if status >= 500:
        log_failure("request failed", error)
    return status, body


def _reply(status: int, body: object) -> Response:
    usage = g.get("usage")
    late = status == 429 and usage is not None
    headers = {"Retry-After": str(usage.resets_in_seconds)} if late else None
    return Response(orjson.dumps(body), status, headers, content_type=_JSON)


def _read() -> bytes:
    return read_body(rooms().config.max_body_bytes)


@bp.post("/v1alpha1/comments:analyze")
@bp.post("/v1alpha1//comments:analyze")
@bp.post("/v1alpha1/comments:suggestscore")
@bp.post("/v1alpha1//comments:suggestscore")
def serve() -> Response:
    """Answer one request."""
    inner = Inner(
        "POST", request.path, request.args, {k.lower(): v for k, v in request.headers}, _read()
    )
    return _reply(*answer_one(inner))


@bp.post("/batch")
@bp.post("/batch/commentanalyzer/v1alpha1")
def batch() -> Response:
    """Answer every part of a batch; a part without a key of its own is let in by the batch's."""
    outer = {
        name: value
        for name in ("Authorization", "X-Goog-Api-Key")
        if (value := request.headers.get(name)) is not None
    }

    def answer(inner: Inner) -> tuple[int, dict[str, Any]]:
        args = inner.args if "key" in inner.args else {**request.args, **inner.args}
        headers = {**{name.lower(): value for name, value in outer.items()}, **inner.headers}
        return answer_one(Inner(inner.method, inner.path, args, headers, inner.raw))

    body, kind = answer_batch(_read(), request.headers.get("Content-Type", ""), answer)
    return Response(body, content_type=kind)


@bp.get("/$discovery/rest")
@bp.get("/discovery/v1/apis/commentanalyzer/v1alpha1/rest")
def discover() -> Response:
    """Give the discovery document, with the address this service is reached at."""
    if request.args.get("version", "v1alpha1") != "v1alpha1":
        raise Missing
    root = rooms().config.public_url or request.url_root
    return _reply(200, discovery_document(f"{root.rstrip('/')}/"))


@bp.route("/v1alpha1", methods=_ALL)
@bp.route("/v1alpha1/<path:rest>", methods=_ALL)
@bp.route("/batch", methods=_NOT_POST)
@bp.route("/batch/<path:rest>", methods=_ALL)
@bp.route("/$discovery/rest", methods=_NOT_GET)
@bp.route("/discovery/<path:rest>", methods=_ALL)
def elsewhere(rest: str = "") -> Response:
    """Say in this dialect that there is nothing."""
    raise Missing


@bp.errorhandler(Exception)
def refuse(error: Exception) -> Response:
    """Answer whatever went wrong on the way to `answer_one`."""
    return _reply(*_refused(error))
