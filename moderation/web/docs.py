"""
The API document and a page to read it: `/openapi.json` and `/docs`.

Renders what `openapi` builds; needs no JavaScript and loads nothing from elsewhere.
"""

from __future__ import annotations

from typing import Any

import orjson
from flask import Blueprint, Response, current_app, render_template
from markupsafe import Markup, escape

from moderation.web.openapi import build_document
from moderation.web.rooms import rooms

__all__ = ["bp"]

bp = Blueprint("docs", __name__)


@bp.get("/")
def home() -> Response:
    """Lead a visitor to the documentation."""
    return Response(status=303, headers={"Location": "/docs"})


@bp.get("/openapi.json")
def openapi() -> Response:
    """Give the OpenAPI document."""
    return Response(orjson.dumps(_document()), content_type="application/json")


@bp.get("/docs")
def page() -> Response:
    """Give the document as a page."""
    document = _document()
    html = render_template("docs.html", document=document, prose=_prose, kind=_kind)
    policy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
    return Response(html, content_type="text/html", headers={"Content-Security-Policy": policy})


def _document() -> dict[str, Any]:
    kept: dict[str, Any] | None = current_app.extensions.get("moderation.document")
    if kept is None:
        # Two threads may both build it the first time; they build the same.
        kept = build_document(current_app, rooms().config)
        current_app.extensions["moderation.document"] = kept
    return kept


def _prose(text: str) -> Markup:
    """Render the document's prose: paragraphs and `code`."""
    paragraphs = []
    for paragraph in text.split("\n\n"):
        parts = str(escape(paragraph)).split("`")
        marked = (f"<code>{part}</code>" if odd % 2 else part for odd, part in enumerate(parts))
        paragraphs.append(f"<p>{''.join(marked)}</p>")
    return Markup("".join(paragraphs))  # noqa: S704 - escaped above


def _kind(schema: dict[str, Any]) -> Markup:
    """Say in a few words what a schema takes, with a link to a named one."""
    if "$ref" in schema:
        name = escape(schema["$ref"].rpartition("/")[2])
        return Markup('<a href="#{0}">{0}</a>').format(name)
    if "anyOf" in schema and "type" not in schema:
        return Markup(" or ").join(_kind(part) for part in schema["anyOf"])
    if "const" in schema or "enum" in schema:
        words = schema.get("enum", [schema.get("const")])
        return Markup(" | ").join(Markup("<code>{}</code>").format(word) for word in words)
    if schema.get("type") == "array":
        return Markup("list of ") + _kind(schema.get("items", {}))
    bounds = {
        "minLength": "at least {} characters",
        "maxLength": "at most {} characters",
        "minimum": "from {}",
        "maximum": "to {}",
        "maxItems": "at most {} items",
        "format": "{}",
    }
    said = [words.format(schema[name]) for name, words in bounds.items() if name in schema]
    return escape(", ".join([str(schema.get("type", "anything")), *said]))
