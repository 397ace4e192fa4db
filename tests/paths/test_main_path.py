"""From a comment to a new model that judges the next one, over HTTP, without a restart."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from joblib import parallel_config

from moderation.classifiers.bundle import activate
from moderation.config import Config
from moderation.store import Store
from moderation.terms import Scope
from moderation.training.recipe import train
from moderation.web.app import create_app
from moderation.web.rooms import Rooms
from tests.bundles import copy_bundle
from tests.corpora import CORPUS
from tests.fakes import NOON

BASE, TRAINED = "20260101-1", "20260301-1"
TRAM = {
    "title": "Council delays the tram line again",
    "body": "Engineers found cracks in two bridges. The tram to the harbour will not run before "
    "spring, and the repair will cost four million.",
    "url": "https://news.example/tram",
}
GOOD = "Two years of digging, and now the bridges have cracks? Who signed for the steel?"
# Words and a domain on no list: what holds it is what it does.
BAIT = "Aunt rosie pays for each visit, ring +44 20 7946 0123 or write to @aunt_rosie_lounge"


@pytest.fixture
def config(tmp_path: Path) -> Config:
    """Give the settings of an installation with the shipped model and a new store."""
    copy_bundle(tmp_path / "models", BASE)
    config = Config(var_dir=tmp_path / "var", models_dir=tmp_path / "models", corpus_dir=CORPUS)
    Store.upgrade(config.resolved_database_url)
    return config


class Site:
    """A site that talks to the service, and a moderator."""

    def __init__(self, client: FlaskClient, rooms: Rooms) -> None:
        _, key = rooms.store.accounts.add_key(name="all", scopes=frozenset(Scope), now=NOON)
        self._client, self.rooms = client, rooms
        self._headers = {"Authorization": f"Bearer {key}"}

    def send(self, method: str, path: str, json: object = None, status: int = 200) -> Any:
        """Send a request; give the answer, which must have that status."""
        answer = self._client.open(path, method=method, json=json, headers=self._headers)
        assert answer.status_code == status, answer.text
        return answer.json

    def score(self, text: str) -> Any:
        """Have a comment under the tram article scored."""
        return self.send("POST", "/v1/score", {"comment": {"text": text}, "article": {"id": "1"}})


@pytest.fixture
def site(config: Config) -> Iterator[Site]:
    """Give the running service."""
    app = create_app(config)
    rooms: Rooms = app.extensions["moderation"]
    rooms.live.start()
    yield Site(app.test_client(), rooms)
    rooms.live.stop()
    app.extensions["moderation.limits"].close()
    rooms.store.close()


def wait_for(site: Site, version: str) -> None:
    """Wait until the service uses a version, which its watcher must see by itself."""
    until = time.monotonic() + 30
    while site.score(GOOD)["model"] != version and time.monotonic() < until:
        time.sleep(0.05)
    assert site.score(GOOD)["model"] == version


def test_a_verdict_becomes_a_model_and_the_model_goes_live(config: Config, site: Site) -> None:
    """Score, send, settle, train, see the new model at work, and go back to the old one."""
    # 1. An article, and a score that stores nothing.
    site.send("PUT", "/v1/articles/1", TRAM)
    first = site.score(GOOD)
    assert (first["decision"], first["model"]) == ("approve", BASE)
    assert first["relevance_kind"] == "on_topic"
    assert list(site.rooms.store.comments.all()) == []

    # 2.-4. Comments by the article's address: one is published, one is held, with reasons.
    article = {"url": "https://news.example/tram/?utm_source=x#comments"}
    sent = {
        text: site.send(
            "POST", "/v1/comments", {"comment": {"text": text}, "article": article}, status=201
        )
        for text in (GOOD, BAIT)
    }
    assert sent[GOOD]["status"] == "approved"
    assert sent[BAIT]["status"] == "held", sent[BAIT]
    assert sent[BAIT]["reasons"]

    # 5. The moderator finds it in the queue and settles it; a slower one is told.
    (entry,) = site.send("GET", "/v1/queue?status=held")["items"]
    path = f"/v1/comments/{sent[BAIT]['id']}/verdict"
    assert sent[BAIT]["id"] in str(entry)
    version = entry["case"]["version"]
    verdict = {"action": "reject", "labels": ["spam"], "version": version}
    site.send("POST", path, verdict)
    site.send("POST", path, verdict, status=409)
    assert site.send("GET", "/v1/queue?status=held")["items"] == []
    assert site.send("GET", f"/v1/comments/{sent[BAIT]['id']}")["status"] == "rejected"

    # 6. Training reads the verdict and proves the new model.
    said: list[str] = []
    with parallel_config(backend="threading", n_jobs=2):
        result = train(config, say=said.append, now=NOON)
    assert any("1 labels" in line for line in said)
    assert result.promoted, result.why

    # 7. The running service follows by itself, and has learned.
    wait_for(site, TRAINED)
    assert site.score(BAIT)["scores"]["spam"] > sent[BAIT]["scores"]["spam"]
    after = site.send("POST", "/v1/comments", {"comment": {"text": GOOD + " Really."}}, status=201)
    assert after["model"] == TRAINED

    # And back.
    answer = site.send("POST", f"/v1/models/{BASE}/activate")
    assert answer["in_use"] == BASE
    assert [item["version"] for item in answer["items"]] == [BASE, TRAINED]
    assert site.score(GOOD)["model"] == BASE


def test_a_tampered_model_is_refused_while_scoring_goes_on(config: Config, site: Site) -> None:
    """Readiness says what was refused; the old model answers, until a sound one comes."""
    site.send("PUT", "/v1/articles/1", TRAM)
    copy_bundle(config.models_dir, TRAINED)
    activate(config.models_dir, BASE)
    site.rooms.live.refresh()
    with (config.models_dir / TRAINED / "model.joblib").open("r+b") as stream:
        stream.seek(-1, 2)
        last = stream.read(1)
        stream.seek(-1, 2)
        stream.write(bytes([last[0] ^ 1]))

    # Over the API it does not even become current.
    problem = site.send("POST", f"/v1/models/{TRAINED}/activate", status=409)
    assert "SHA-256" in problem["detail"]
    assert (config.models_dir / "current").read_text(encoding="utf-8").strip() == BASE

    # Somebody who writes `current` by hand is refused by the watcher.
    (config.models_dir / "current").write_text(f"{TRAINED}\n", encoding="utf-8")
    site.rooms.live.refresh()
    ready = site.send("GET", "/readyz")
    assert ready["parts"]["model"]["version"] == BASE
    assert "SHA-256" in ready["parts"]["model"]["refused"]
    assert site.score(GOOD)["model"] == BASE
    assert site.send("POST", "/v1/comments", {"comment": {"text": GOOD}}, status=201)["id"]

    activate(config.models_dir, BASE)
    site.rooms.live.refresh()
    assert site.send("GET", "/readyz")["parts"]["model"]["refused"] is None
