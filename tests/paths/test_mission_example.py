"""
The example this service was made for: five short comments under a report on a fallen ally.

Real model, shipped policy, real store. The articles are ours.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from moderation.config import Config
from moderation.store import Store
from moderation.terms import Scope
from moderation.web.app import create_app
from tests.bundles import SHIPPED
from tests.fakes import NOON

ASSAD = {
    "id": "assad",
    "title": "How Moscow and Tehran let Assad fall",
    "body": (
        "For more than ten years Bashar al-Assad ruled Syria with borrowed strength. Russian jets "
        "bombed the towns that rose against him, and Iran sent officers, money and militias to "
        "hold the front. Within eleven days all of it was gone. When the rebels marched from "
        "Idlib on Aleppo and then on Homs, no squadron took off to stop them, and the Iranian "
        "advisers drove home across the desert before the capital fell.\n\n"
        "Diplomats in the region say that neither ally made a secret of its reasons. Moscow needs "
        "its soldiers in Ukraine, and Tehran, after a year of blows against Hezbollah, had nothing "
        "left to give. Both had grown tired of a president who took every favour and granted "
        "none, and who went on promising reforms to one side and loyalty to the other.\n\n"
        "Assad was flown to Russia with his family. His generals learned of it from the news. "
        "Those who rely on foreign powers, said one former minister in Damascus, should remember "
        "how quickly such friendships end."
    ),
    "language": "en",
}
JUNGLE = {
    "id": "jungle",
    "title": "The jungle that grows back when people leave it alone",
    "body": (
        "Twenty years ago the hills above the river were pasture, burnt every spring and grazed "
        "bare by summer. Today a jungle stands there again. Nobody planted it. The farmers sold "
        "their cattle and moved to the coast, and the forest came down from the ridges by itself, "
        "first ferns and vines, then fast palms, at last the tall trees in whose crowns the "
        "monkeys now sleep.\n\n"
        "Ecologists who have walked the same paths every year since then have counted two hundred "
        "kinds of tree and more birds than in the reserve next door. A tropical forest, they "
        "write, needs seeds, rain and to be left in peace, and it needs the old jungle near "
        "enough for toucans to carry fruit across.\n\n"
        "Not all are glad of it. The road is overgrown, jaguars take dogs, and a mining company "
        "has asked for the land. But the children of those who left come back on Sundays to walk "
        "under the leaves and say they would rather have this wilderness than the fields."
    ),
    "language": "en",
}
THOUGHT, FALSITY, FRIEND, WISH, SUPPORT = COMMENTS = (
    "It was well thought out.",
    "What displays falsity is false",
    "Politician has no friend",
    "I want the jungle",
    "Well said, you are right, and I support you",
)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """Give the service as shipped, with a key."""
    folder: Path = tmp_path_factory.mktemp("mission")
    config = Config(var_dir=folder, models_dir=SHIPPED)
    Store.upgrade(config.resolved_database_url)
    app = create_app(config)
    rooms = app.extensions["moderation"]
    _, key = rooms.store.accounts.add_key(name="site", scopes=frozenset(Scope), now=NOON)
    client = app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {key}"
    yield client
    app.extensions["moderation.limits"].close()
    rooms.store.close()


@pytest.fixture(scope="module")
def answers(client: FlaskClient) -> dict[str, Any]:
    """Send the five comments under the report; give the answers by text."""
    article = {name: value for name, value in ASSAD.items() if name != "id"}
    assert client.put("/v1/articles/assad", json=article).status_code < 300
    found = {}
    for text in COMMENTS:
        body = {"comment": {"text": text}, "article": {"id": "assad"}}
        answer = client.post("/v1/comments", json=body)
        assert answer.status_code == 201
        found[text] = answer.json
    return found


def test_none_of_the_five_is_rejected(answers: dict[str, Any]) -> None:
    """Off topic alone is for a person to look at."""
    assert {text: a["decision"] for text, a in answers.items() if a["decision"] == "reject"} == {}


def test_the_jungle_comment_is_held_for_relevance(answers: dict[str, Any]) -> None:
    """It has nothing to do with the report, and the first reason says so."""
    answer = answers[WISH]
    assert answer["status"] == "held"
    assert answer["reasons"][0]["code"] == "OFF_TOPIC"
    assert answer["relevance_kind"] == "off_topic"


def test_the_jungle_comment_ranks_last(answers: dict[str, Any]) -> None:
    """Of the five it is the least relevant."""
    relevance = {text: a["scores"]["relevance"] for text, a in answers.items()}
    assert min(relevance, key=relevance.__getitem__) == WISH, relevance


def test_a_proverb_on_the_subject_ranks_above_it(answers: dict[str, Any]) -> None:
    """It shares hardly a word with the report and still speaks to it."""
    relevance = {text: a["scores"]["relevance"] for text, a in answers.items()}
    assert relevance[FRIEND] > relevance[WISH]


@pytest.mark.parametrize("text", [THOUGHT, SUPPORT])
def test_thin_praise_is_approved_as_such(answers: dict[str, Any], text: str) -> None:
    """It is generic, harmless, and fits any article."""
    assert answers[text]["decision"] == "approve"
    assert answers[text]["relevance_kind"] == "generic"


def test_under_an_article_on_jungles_it_is_on_topic(client: FlaskClient) -> None:
    """The same four words are judged by what they stand under."""
    body = {"comment": {"text": WISH}, "article": JUNGLE}
    answer = client.post("/v1/comments", json=body).json
    assert answer["relevance_kind"] == "on_topic", answer["scores"]
    assert answer["decision"] == "approve"
