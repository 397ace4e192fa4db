"""
The discovery document of the Perspective API, which Google's client libraries are built from.

Describes only; what it says of attributes and fields is enforced elsewhere.
"""

from __future__ import annotations

from typing import Any

__all__ = ["discovery_document"]

_STRING: dict[str, Any] = {"type": "string"}
_BOOLEAN: dict[str, Any] = {"type": "boolean"}
_FLOAT: dict[str, Any] = {"type": "number", "format": "float"}
_INTEGER: dict[str, Any] = {"type": "integer", "format": "int32"}
_STRINGS: dict[str, Any] = {"type": "array", "items": {"type": "string"}}
_SCORE_TYPES = ["SCORE_TYPE_UNSPECIFIED", "PROBABILITY", "STD_DEV_SCORE", "PERCENTILE", "RAW"]
_TEXT_TYPES = ["TEXT_TYPE_UNSPECIFIED", "PLAIN_TEXT", "HTML"]


def _ref(name: str) -> dict[str, Any]:
    return {"$ref": name}


def _list(name: str) -> dict[str, Any]:
    return {"type": "array", "items": _ref(name)}


def _map(name: str) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": _ref(name)}


def _enum(words: list[str]) -> dict[str, Any]:
    return {"type": "string", "enum": words}


_SCHEMAS: dict[str, tuple[str, dict[str, Any]]] = {
    "TextEntry": ("A text.", {"text": _STRING, "type": _enum(_TEXT_TYPES)}),
    "ArticleAndParentComment": (
        "The article a comment stands under, and the comment it answers.",
        {"article": _ref("TextEntry"), "parentComment": _ref("TextEntry")},
    ),
    "Context": (
        "What stands around the comment; one of the two.",
        {
            "entries": _list("TextEntry"),
            "articleAndParentComment": _ref("ArticleAndParentComment"),
        },
    ),
    "AttributeParameters": (
        "How one attribute is asked for.",
        {"scoreType": _enum(_SCORE_TYPES), "scoreThreshold": _FLOAT},
    ),
    "AnalyzeCommentRequest": (
        "A comment and the attributes to score it for.",
        {
            "comment": _ref("TextEntry"),
            "context": _ref("Context"),
            "requestedAttributes": _map("AttributeParameters"),
            "languages": _STRINGS,
            "doNotStore": _BOOLEAN,
            "clientToken": _STRING,
            "sessionId": _STRING,
            "communityId": _STRING,
            "spanAnnotations": _BOOLEAN,
            "dropUnsupportedAttributes": _BOOLEAN,
        },
    ),
    "Score": ("A score.", {"value": _FLOAT, "type": _enum(_SCORE_TYPES)}),
    "SpanScore": (
        "The score of a stretch of the text, in UTF-16 code units, end exclusive.",
        {"begin": _INTEGER, "end": _INTEGER, "score": _ref("Score")},
    ),
    "AttributeScores": (
        "The scores of one attribute.",
        {"summaryScore": _ref("Score"), "spanScores": _list("SpanScore")},
    ),
    "AnalyzeCommentResponse": (
        "The scores of a comment.",
        {
            "attributeScores": _map("AttributeScores"),
            "languages": _STRINGS,
            "detectedLanguages": _STRINGS,
            "clientToken": _STRING,
        },
    ),
    "SuggestCommentScoreRequest": (
        "What a person says of a comment.",
        {
            "comment": _ref("TextEntry"),
            "context": _ref("Context"),
            "attributeScores": _map("AttributeScores"),
            "languages": _STRINGS,
            "communityId": _STRING,
            "clientToken": _STRING,
            "sessionId": _STRING,
        },
    ),
    "SuggestCommentScoreResponse": (
        "That it was taken.",
        {
            "clientToken": _STRING,
            "detectedLanguages": _STRINGS,
            "requestedLanguages": _STRINGS,
        },
    ),
}


def _query(words: str, **more: Any) -> dict[str, Any]:
    return {"type": "string", "location": "query", "description": words, **more}


_PARAMETERS: dict[str, Any] = {
    "key": _query("The API key."),
    "alt": _query("Accepted and ignored: answers are JSON.", default="json", enum=["json"]),
    "fields": _query("Accepted and ignored."),
    "prettyPrint": {**_query("Accepted and ignored.", default="true"), "type": "boolean"},
    "quotaUser": _query("Accepted and ignored."),
    "access_token": _query("Accepted and ignored."),
    "oauth_token": _query("Accepted and ignored."),
    "callback": _query("Accepted and ignored."),
    "uploadType": _query("Accepted and ignored."),
    "upload_protocol": _query("Accepted and ignored."),
    "$.xgafv": _query("Accepted and ignored.", enum=["1", "2"]),
}


def discovery_document(root: str) -> dict[str, Any]:
    """
    Give the document as plain data.

    Args:
        root: this service's outside address with a slash at its end; clients send there.
    """
    return {
        "kind": "discovery#restDescription",
        "discoveryVersion": "v1",
        "id": "commentanalyzer:v1alpha1",
        "name": "commentanalyzer",
        "canonicalName": "Comment Analyzer",
        "version": "v1alpha1",
        "revision": "20260101",
        "title": "Perspective Comment Analyzer API",
        "description": "Scores comments; the protocol is that of the Perspective API.",
        "protocol": "rest",
        "rootUrl": root,
        "baseUrl": root,
        "basePath": "",
        "servicePath": "",
        "batchPath": "batch",
        "version_module": True,
        "fullyEncodeReservedExpansion": True,
        "parameters": _PARAMETERS,
        "schemas": {
            name: {"id": name, "type": "object", "description": words, "properties": properties}
            for name, (words, properties) in _SCHEMAS.items()
        },
        "resources": {
            "comments": {
                "methods": {
                    "analyze": _method("analyze", "Scores a comment.", "AnalyzeComment"),
                    "suggestscore": _method(
                        "suggestscore", "Says what a comment deserves.", "SuggestCommentScore"
                    ),
                }
            }
        },
    }


def _method(name: str, words: str, schema: str) -> dict[str, Any]:
    path = f"v1alpha1/comments:{name}"
    return {
        "id": f"commentanalyzer.comments.{name}",
        "path": path,
        "flatPath": path,
        "httpMethod": "POST",
        "description": words,
        "parameterOrder": [],
        "parameters": {},
        "request": _ref(f"{schema}Request"),
        "response": _ref(f"{schema}Response"),
    }
