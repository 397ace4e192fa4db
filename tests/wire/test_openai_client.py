"""OpenAI's own Python client, unmodified, with nothing changed but `base_url`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.running import Running

openai = pytest.importorskip("openai", reason="openai is not installed")

RUDE, KIND = "You are a fucking idiot, shut up.", "Thank you for explaining the delay so well."


def connect(served: Running, key: str) -> Any:
    """Build the client as its documentation says, with our address."""
    return openai.OpenAI(base_url=f"{served.url}/v1", api_key=key, max_retries=0)


@pytest.fixture
def client(service_running: Running) -> Iterator[Any]:
    """Give a connected client."""
    with connect(service_running, service_running.key) as made:
        yield made


def test_it_judges_a_text(client: Any) -> None:
    """Every category of the client's type is there, and the flag follows the score."""
    (result,) = client.moderations.create(input=RUDE).results
    assert result.flagged
    assert result.categories.harassment
    assert result.category_scores.harassment > 0.5
    for part in (result.categories, result.category_scores, result.category_applied_input_types):
        assert part.model_fields_set == set(type(part).model_fields)
        assert None not in part.model_dump().values()
    assert result.category_scores.self_harm == 0
    assert result.category_applied_input_types.self_harm == []


def test_it_judges_a_list_and_parts(client: Any) -> None:
    """One result a string; one for all parts of a multi-part input."""
    answer = client.moderations.create(input=[RUDE, KIND], model="omni-moderation-latest")
    assert [result.flagged for result in answer.results] == [True, False]
    parts = [{"type": "text", "text": KIND}, {"type": "text", "text": RUDE}]
    (result,) = client.moderations.create(input=parts).results
    assert result.flagged


def test_errors_are_its_own(client: Any, service_running: Running) -> None:
    """The client raises the kind of error it has for each refusal."""
    image = [{"type": "image_url", "image_url": {"url": "https://pictures.example/a.png"}}]
    with pytest.raises(openai.BadRequestError) as caught:
        client.moderations.create(input=image)
    assert caught.value.code == "image_not_supported"
    assert caught.value.param == "input[0]"
    with pytest.raises(openai.NotFoundError):
        client.moderations.create(input=KIND, model="gpt-4o")
    with connect(service_running, "nonsense") as stranger:
        with pytest.raises(openai.AuthenticationError) as denied:
            stranger.moderations.create(input=KIND)
    assert denied.value.code == "invalid_api_key"
