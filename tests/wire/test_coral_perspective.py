"""Coral's calls of its custom Perspective endpoint, rebuilt from what its server sends."""

from __future__ import annotations

import json
import posixpath
import urllib.request
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

import pytest

from tests.running import Running

STORY = "https://news.example/tram?commentID=6a1f"


def call(endpoint: str, operation: str, key: str, body: dict[str, Any]) -> Any:
    """Send as Coral does: the operation joined to the endpoint's path, the key in the query."""
    parts = urlsplit(endpoint.strip())
    path = posixpath.join(parts.path, operation)
    url = urlunsplit((parts.scheme, parts.netloc, path, urlencode({"key": key.strip()}), ""))
    request = urllib.request.Request(
        url, json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=20) as answer:
        assert answer.status == 200
        return json.loads(answer.read())


@pytest.mark.parametrize("endpoint", ["/v1alpha1", "/v1alpha1/", " /v1alpha1 "])
def test_a_comment_gets_the_score_that_coral_reads(service_running: Running, endpoint: str) -> None:
    """Whatever the administrator typed around the address, the one number Coral reads is there."""
    url = endpoint.replace("/v1alpha1", f"{service_running.url}/v1alpha1")
    for text, is_toxic in (("You are a fucking idiot, shut up.", True), ("Well explained.", False)):
        body = {
            "comment": {"text": text},
            "doNotStore": True,
            "requestedAttributes": {"TOXICITY": {}},
            "languages": ["en"],
        }
        answer = call(url, "comments:analyze", service_running.key, body)
        score = answer["attributeScores"]["TOXICITY"]["summaryScore"]["value"]
        # Coral's own threshold, unless the administrator moves it.
        assert (score > 0.8) is is_toxic


@pytest.mark.parametrize("value", [0, 1])
def test_a_moderators_decision_is_taken(service_running: Running, value: int) -> None:
    """The context is a note for programs, and every field Coral sends is taken."""
    note = {"url": STORY, "reply_to_id_Coral_comment_id": None, "Coral_comment_id": "6a1f"}
    body = {
        "comment": {"text": "The harbour is no place for a tram."},
        "context": {"entries": [{"text": json.dumps(note)}]},
        "attributeScores": {"TOXICITY": {"summaryScore": {"value": value}}},
        "languages": ["en"],
        "communityId": "Coral:https://coral.news.example",
        "clientToken": "comment:6a1f",
    }
    answer = call(
        f"{service_running.url}/v1alpha1", "comments:suggestscore", service_running.key, body
    )
    assert answer["clientToken"] == "comment:6a1f"
    assert answer["requestedLanguages"] == ["en"]
