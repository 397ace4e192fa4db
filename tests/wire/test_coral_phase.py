"""Coral's external moderation phase over the wire: signed by Node, fetched from a real page."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from copy import deepcopy
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.running import Running, running
from tests.serving import serving

HERE = Path(__file__).parent / "coral"
REQUEST = json.loads((HERE / "request.json").read_text())
SECRET = "the secret that Coral shows"
COMMENT = "<div>Politician has no friend, and nobody came to help the fallen president.</div>"
RUDE = "<div>You are a fucking idiot, shut up and die.</div>"

STORY = "<html lang=en><title>Allies let the Assad government fall</title><article>" + "".join(
    f"<p>{sentence}</p>"
    for sentence in (
        "For years Iran and Russia kept the Syrian president in power against all odds.",
        "When the rebels came close to Damascus, neither sent help to their old friend.",
        "Within days he had fled the country, and the army had dissolved without a fight.",
    )
)

pytestmark = pytest.mark.skipif(shutil.which("node") is None, reason="Node is not installed")


class Quiet(SimpleHTTPRequestHandler):
    """Serves files and logs none."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def paper(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve a story on this machine; give host and port."""
    folder = tmp_path_factory.mktemp("paper")
    (folder / "story.html").write_text(STORY)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    with serving(server) as place:
        yield place


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, paper: str) -> Iterator[Running]:
    """Run a service that may fetch from there."""
    folder = tmp_path_factory.mktemp("coral")
    (folder / "coral.toml").write_text(
        f'[sites.default]\nsigning_secrets = ["{SECRET}"]\nfetch_hosts = ["{paper}"]\n'
    )
    with running(folder, coral=folder / "coral.toml", private_hosts="127.0.0.1") as service:
        yield service


def call(served: Running, *requests: Any, secrets: tuple[str, ...] = (SECRET,)) -> list[Any]:
    """Let Node send requests as Coral does, and give the answers."""
    given = {
        "url": f"{served.url}/coral/default",
        "secrets": secrets,
        "timeout": 10_000,
        "requests": requests,
    }
    done = subprocess.run(
        ["node", str(HERE / "phase.mjs")],
        input=json.dumps(given),
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    answers: list[Any] = json.loads(done.stdout)
    return answers


def request(text: str, url: str) -> dict[str, Any]:
    """Give the documented request about another comment."""
    made = deepcopy(REQUEST)
    made["comment"]["body"], made["story"]["url"] = text, url
    return made


def test_what_node_signs_is_answered(served: Running) -> None:
    """A kind comment is left to Coral, a rude one is rejected with flag and reason."""
    url = "https://news.example/none"
    kind, rude = call(served, request(COMMENT, url), request(RUDE, url))
    assert kind == {"status": 204, "body": None}
    assert rude["status"] == 200
    assert rude["body"]["status"] == "REJECTED"
    assert rude["body"]["actions"] == [{"actionType": "FLAG", "reason": "COMMENT_DETECTED_TOXIC"}]
    assert rude["body"]["moderationAction"]["rejectionReason"]["code"] == "ABUSIVE"


def test_a_rotated_secret_is_taken_and_a_foreign_one_is_not(served: Running) -> None:
    """One good signature among several is enough, none is a refusal in JSON."""
    sent = request(COMMENT, "https://news.example/none")
    (good,) = call(served, sent, secrets=("an older secret of Coral", SECRET))
    assert good["status"] == 204
    (bad,) = call(served, sent, secrets=("a secret of somebody else",))
    assert (bad["status"], bad["body"]["status"]) == (401, 401)


def test_the_page_of_the_story_is_remembered(served: Running, paper: str) -> None:
    """After the first comment the article is there, read from the page itself."""
    url = f"http://{paper}/story.html"
    sent = request(COMMENT, url)
    sent["story"]["id"] = "fetched"
    call(served, sent)
    article = None
    for _ in range(100):
        asked = urllib.request.Request(
            f"{served.url}/v1/articles/fetched", headers={"Authorization": f"Bearer {served.key}"}
        )
        with urllib.request.urlopen(asked) as answer:
            article = json.load(answer)
        if article["body"]:
            break
        time.sleep(0.1)
    assert article is not None
    assert article["title"] == "Allies let the Assad government fall"
    assert article["body"].startswith("For years Iran and Russia")
    assert (article["language"], article["url"]) == ("en", url)
