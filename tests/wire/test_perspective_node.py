"""npm's `perspective-api-client`, unmodified, with its host replaced as an application would."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.running import Running

RunNode = Callable[[str, object], Any]
RUDE, KIND = "You are a fucking idiot, shut up.", "Thank you for explaining the delay so well."


def run(run_node: RunNode, served: Running, *calls: list[Any], key: str | None = None) -> list[Any]:
    """Make calls with the client; give what each came to."""
    sent = {"url": served.url, "key": key or served.key, "calls": calls}
    results: list[Any] = run_node("perspective.js", sent)
    assert len(results) == len(calls)
    return results


def test_it_scores_comments(run_node: RunNode, service_running: Running) -> None:
    """Its defaults, its own attribute list, and a whole resource with options of the protocol."""
    resource = {
        "comment": {"text": f"<b>{KIND}</b> {RUDE}"},
        "requestedAttributes": {"INSULT": {"scoreThreshold": 0.01}},
        "spanAnnotations": True,
        "languages": ["en"],
    }
    rude, kind, several, whole = (
        result["answer"]["attributeScores"]
        for result in run(
            run_node,
            service_running,
            [RUDE, {}],
            [KIND, {}],
            [RUDE, {"attributes": ["insult", "spam"], "doNotStore": False}],
            [resource, {}],
        )
    )
    assert (
        kind["TOXICITY"]["summaryScore"]["value"] < 0.3
        < 0.7 < rude["TOXICITY"]["summaryScore"]["value"]
    )  # fmt: skip
    assert set(several) == {"INSULT", "SPAM"}
    polite, insulting = whole["INSULT"]["spanScores"]
    assert polite["score"]["value"] < insulting["score"]["value"]


def test_errors_are_its_own(run_node: RunNode, service_running: Running) -> None:
    """The client gives the message of our error as the message of its own."""
    unknown, long = run(
        run_node,
        service_running,
        [RUDE, {"attributes": ["flirtation"]}],
        ["ü" * 20_480, {"validate": False}],
    )
    assert unknown == {
        "error": "ResponseError",
        "message": "Unknown requested attribute: FLIRTATION",
        "status": 400,
    }
    assert long["message"] == "Comment text too long."
    (stranger,) = run(run_node, service_running, [RUDE, {}], key="nonsense")
    assert stranger["message"] == "API key not valid. Please pass a valid API key."
