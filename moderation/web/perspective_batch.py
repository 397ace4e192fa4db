"""
Batches as Google defines them: many HTTP requests as parts of one multipart body, and back.

Takes bytes apart and puts bytes together; who answers a part is the caller's.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import orjson
from werkzeug.http import parse_options_header

from moderation.web.perspective_errors import Unfit, body_of_error

__all__ = ["MOST_PARTS", "Inner", "answer_batch", "read_inner", "split_parts"]

MOST_PARTS = 100
"""Google's own limit for one batch."""

_BLANK_LINE = re.compile(rb"\r?\n\r?\n")
_FOLDED = re.compile(rb"\r?\n[ \t]+")
_REQUEST_LINE = re.compile(r"([A-Z]{1,20}) (\S+)(?: HTTP/\d(?:\.\d)?)?[ \t]*\Z")
_NOT_PRINTABLE = re.compile(r"[^\x20-\x7e]")
_LONGEST_ID = 500


@dataclass(frozen=True, slots=True)
class Inner:
    """
    One request out of a batch.

    Attributes:
        path: decoded.
        args: of the query; of a name given twice the first counts.
        headers: by lower-case name.
    """

    method: str
    path: str
    args: Mapping[str, str]
    headers: Mapping[str, str]
    raw: bytes


def answer_batch(
    raw: bytes, content_type: str, answer: Callable[[Inner], tuple[int, Any]]
) -> tuple[bytes, str]:
    """
    Answer every part of a batch, in order; what is wrong with a part is that part's answer.

    Args:
        answer: gives status and JSON body of one request; raises `Unfit` for none.

    Returns:
        the multipart body and its content type.

    Raises:
        Unfit: the whole is not multipart, holds no part or more than `MOST_PARTS`.
    """
    kind, options = parse_options_header(content_type)
    boundary = options.get("boundary", "")
    parts = []
    if kind == "multipart/mixed" and boundary:
        parts = split_parts(raw, boundary.encode("utf-8", "replace"))
    if not parts:
        words = f"error: 0 items. Received batch body: ({len(raw)}) bytes redacted"
        raise _refused(f"Failed to parse batch request, {words}")
    if len(parts) > MOST_PARTS:
        raise _refused(
            f"The batch request holds {len(parts)} calls; the maximum number of calls in a single "
            f"batch request is {MOST_PARTS}."
        )
    own = f"batch_{os.urandom(16).hex()}"
    pieces = [_answer_part(part, answer) for part in parts]
    opened = b"".join(b"--" + own.encode() + b"\r\n" + piece + b"\r\n" for piece in pieces)
    return opened + f"--{own}--\r\n".encode(), f'multipart/mixed; boundary="{own}"'


def split_parts(raw: bytes, boundary: bytes) -> list[bytes]:
    """
    Give the parts of a multipart body, without the line break before each boundary.

    Lines may end in CR LF or LF, and the last boundary may be missing: clients differ.
    """
    line = re.compile(rb"(?:\A|\r?\n)--" + re.escape(boundary) + rb"(--)?[ \t]*(?=\r?\n|\Z)")
    parts: list[bytes] = []
    start: int | None = None
    for found in line.finditer(raw):
        if start is not None:
            parts.append(_without_first_break(raw[start : found.start()]))
        start = None if found[1] else found.end()
        if start is None:
            return parts
    if start is not None and raw[start:].strip():
        parts.append(_without_first_break(raw[start:]))
    return parts


def read_inner(payload: bytes) -> Inner:
    """
    Read the request in a part's payload.

    Raises:
        Unfit: it is none.
    """
    head, raw = _cut(payload.lstrip(b"\r\n"))
    line, _, rest = head.partition(b"\n")
    found = _REQUEST_LINE.fullmatch(line.rstrip(b"\r").decode("utf-8", "replace"))
    if found is None:
        raise _refused("Failed to parse batch request, error: the part is not an HTTP request.")
    try:
        target = urlsplit(found[2])
        args: dict[str, str] = {}
        for name, value in parse_qsl(target.query, keep_blank_values=True):
            args.setdefault(name, value)
    except ValueError:
        raise _refused("Failed to parse batch request, error: invalid address.") from None
    return Inner(found[1], unquote(target.path), args, _headers(rest), raw)


def _answer_part(part: bytes, answer: Callable[[Inner], tuple[int, Any]]) -> bytes:
    head, payload = _cut(part)
    headers = _headers(head)
    kind = headers.get("content-type", "application/http").partition(";")[0].strip().lower()
    try:
        if kind != "application/http":
            raise _refused("Failed to parse batch request, error: the part is no application/http.")
        inner = read_inner(payload)
    except Unfit as error:
        status, body = 400, body_of_error(error)
    else:
        status, body = answer(inner)
    lines = ["Content-Type: application/http"]
    if (id := _NOT_PRINTABLE.sub("", headers.get("content-id", ""))[:_LONGEST_ID]) != "":
        named = f"<response-{id[1:]}" if id.startswith("<") else f"response-{id}"
        lines.append(f"Content-ID: {named}")
    content = orjson.dumps(body)
    lines += [
        "",
        f"HTTP/1.1 {status} {HTTPStatus(status).phrase}",
        "Content-Type: application/json; charset=UTF-8",
        f"Content-Length: {len(content)}",
        "",
        "",
    ]
    return "\r\n".join(lines).encode() + content


def _cut(message: bytes) -> tuple[bytes, bytes]:
    """Give head and body of a message; a message that begins with a blank line has no head."""
    if message.startswith((b"\n", b"\r\n")):
        return b"", _without_first_break(message)
    found = _BLANK_LINE.search(message)
    return (message[: found.start()], message[found.end() :]) if found else (message, b"")


def _headers(head: bytes) -> dict[str, str]:
    lines = _FOLDED.sub(b" ", head).decode("utf-8", "replace").splitlines()
    pairs = (line.partition(":") for line in lines)
    return {name.strip().lower(): value.strip() for name, colon, value in pairs if colon}


def _without_first_break(piece: bytes) -> bytes:
    return piece[2:] if piece.startswith(b"\r\n") else piece.removeprefix(b"\n")


def _refused(words: str) -> Unfit:
    return Unfit([("", words)])
