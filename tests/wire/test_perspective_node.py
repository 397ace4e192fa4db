"""npm's `perspective-api-client`, unmodified, with its host replaced as an application would."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.running import Running

FOLDER = Path(__file__).parent / "node"
RUDE, KIND = "You are a fucking idiot, shut up.", "Thank you for explaining the delay so well."


@pytest.fixture(scope="module")
def node() -> str:
    """Give the program; without it or the packages, skip, or fail where they are required."""
    program = shutil.which("node")
    if program is None or not (FOLDER / "node_modules" / "perspective-api-client").is_dir():
        said = "Node.js or its packages are missing (npm ci in tests/wire/node), so npm's clients"
        said += " were not tried."
        if "node" in os.environ.get("MODERATION_TEST_REQUIRE", ""):
            pytest.fail(said)
        pytest.skip(said)
    return program


def run(node: str, served: Running, *calls: list[Any], key: str | None = None) -> list[Any]:
    """Make calls with the client; give what each came to."""
    sent = {"url": served.url, "key": key or served.key, "calls": calls}
    done = subprocess.run(
        [node, "perspective.js"],
        cwd=FOLDER,
        input=json.dumps(sent),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    results: list[Any] = json.loads(done.stdout)
    assert len(results) == len(calls)
    return results


def test_it_scores_comments(node: str, service_running: Running) -> None:
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
            node,
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


def test_errors_are_its_own(node: str, service_running: Running) -> None:
    """The client gives the message of our error as the message of its own."""
    unknown, long = run(
        node,
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
    (stranger,) = run(node, service_running, [RUDE, {}], key="nonsense")
    assert stranger["message"] == "API key not valid. Please pass a valid API key."
