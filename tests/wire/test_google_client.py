"""Google's own Python client, unmodified, with nothing changed but the discovery address."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from moderation.web.perspective_batch import MOST_PARTS
from tests.running import Running

discovery = pytest.importorskip(
    "googleapiclient.discovery", reason="google-api-python-client is not installed"
)
errors = pytest.importorskip("googleapiclient.errors")

ARTICLE = "The city council has put off the opening of the tram line to the harbour until spring."
RUDE, KIND = "You are a fucking idiot, shut up.", "Thank you for explaining the delay so well."


def connect(served: Running, key: str, path: str = "/$discovery/rest?version=v1alpha1") -> Any:
    """Build the client as its documentation says, with our address."""
    return discovery.build(
        "commentanalyzer",
        "v1alpha1",
        developerKey=key,
        discoveryServiceUrl=served.url + path,
        static_discovery=False,
        cache_discovery=False,
    )


@pytest.fixture
def client(service_running: Running) -> Iterator[Any]:
    """Give a connected client."""
    with connect(service_running, service_running.key) as made:
        yield made


def request(text: str, *names: str, **more: Any) -> dict[str, Any]:
    """Give a request's body."""
    wanted: dict[str, Any] = {name: {} for name in names or ("TOXICITY",)}
    return {"comment": {"text": text}, "requestedAttributes": wanted, **more}


def value(answer: Any, name: str = "TOXICITY") -> float:
    """Give what every client reads."""
    found: float = answer["attributeScores"][name]["summaryScore"]["value"]
    return found


def test_it_scores_comments(client: Any) -> None:
    """The shipped model tells rude from kind through the client."""
    comments = client.comments()
    rude = comments.analyze(body=request(RUDE, clientToken="7")).execute()
    assert rude["clientToken"] == "7"
    assert rude["languages"] == ["en"]
    kind = comments.analyze(body=request(KIND)).execute()
    assert value(kind) < 0.3 < 0.7 < value(rude)


def test_it_asks_for_relevance(client: Any) -> None:
    """The documented place for the article reaches the model."""
    context = {"articleAndParentComment": {"article": {"text": ARTICLE}}}
    on, off = (
        value(
            client.comments().analyze(body=request(text, "OFF_TOPIC", context=context)).execute(),
            "OFF_TOPIC",
        )
        for text in ("The tram line must open before spring!", "I want the jungle")
    )
    assert on < 0.5 < off


def test_the_other_discovery_address_serves_it_too(service_running: Running) -> None:
    """The directory's address of the document gives the same client."""
    path = "/discovery/v1/apis/commentanalyzer/v1alpha1/rest"
    with connect(service_running, service_running.key, path) as client:
        assert value(client.comments().analyze(body=request(RUDE)).execute()) > 0.5


def test_errors_are_its_own(client: Any, service_running: Running) -> None:
    """The client reads status, message and details out of every refusal."""
    with pytest.raises(errors.HttpError) as caught:
        client.comments().analyze(body=request(RUDE, "FLIRTATION")).execute()
    assert caught.value.status_code == 400
    assert caught.value.reason == "Unknown requested attribute: FLIRTATION"
    assert caught.value.error_details[0]["errorType"] == "INVALID_REQUEST"
    with (
        connect(service_running, "nonsense") as stranger,
        pytest.raises(errors.HttpError) as caught,
    ):
        stranger.comments().analyze(body=request(RUDE)).execute()
    assert caught.value.reason == "API key not valid. Please pass a valid API key."


def test_it_suggests_scores(client: Any) -> None:
    """A moderator's opinion is taken."""
    body = {
        "comment": {"text": "Cheap watches for everyone, write to me."},
        "attributeScores": {"SPAM": {"summaryScore": {"value": 1}}},
        "clientToken": "comment:7",
    }
    answer = client.comments().suggestscore(body=body).execute()
    assert answer["clientToken"] == "comment:7"
    assert answer["detectedLanguages"] == ["en"]


def batch_of(client: Any, bodies: list[dict[str, Any]]) -> tuple[Any, dict[str, tuple[Any, Any]]]:
    """Give a batch and where its answers will be."""
    found: dict[str, tuple[Any, Any]] = {}

    def take(id: str, answer: Any, exception: Any) -> None:
        found[id] = (answer, exception)

    batch = client.new_batch_http_request(callback=take)
    for number, body in enumerate(bodies):
        batch.add(client.comments().analyze(body=body), request_id=f"comment {number}")
    return batch, found


def test_it_sends_batches(client: Any) -> None:
    """Answers find back to their requests, and one refusal leaves the others alone."""
    bodies = [request(RUDE), request("ü😀 – 他走了", "NONSENSE"), request(KIND)]
    batch, found = batch_of(client, bodies)
    batch.execute()
    assert value(found["comment 0"][0]) > value(found["comment 2"][0])
    assert found["comment 1"][1].reason == "Unknown requested attribute: NONSENSE"


def test_a_batch_of_a_hundred_and_one_is_refused(client: Any) -> None:
    """The whole batch, as an error of the client."""
    batch, found = batch_of(client, [request(KIND)] * (MOST_PARTS + 1))
    with pytest.raises(errors.HttpError) as caught:
        batch.execute()
    assert caught.value.status_code == 400
    assert found == {}
