"""Where a part of ours breaks, and whatever else is sent."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from moderation.errors import StoreError
from moderation.terms import Scope
from moderation.web.perspective_attributes import ATTRIBUTES
from tests.any_json import JSON, bytes_of, many_times
from tests.fakes import Service
from tests.web.perspective.asking import (
    ANALYZE,
    ARTICLE,
    SUGGEST,
    TEXT,
    analyzed,
    ask,
    error,
)


def test_a_broken_model_is_no_score(service: Service) -> None:
    """A check that broke is answered as unavailable: there is no hold in this protocol."""
    service.model.broken_by = ""
    assert error(ask(service), 503)["status"] == "UNAVAILABLE"


def test_a_broken_article_is_no_score_of_relevance(service: Service) -> None:
    """The other scores are there; the one that needs the article is unavailable."""
    service.model.breaks_on_articles = True
    context = {"articleAndParentComment": {"article": {"text": ARTICLE}}}
    analyzed(service, context=context)
    answer = ask(service, context=context, requestedAttributes={"OFF_TOPIC": {}})
    assert error(answer, 503)["status"] == "UNAVAILABLE"


def test_a_store_that_is_away_is_said_to_be_that(service: Service) -> None:
    """503 in Google's form, so that clients try again."""

    class Away:
        def find(self, secret: str) -> None:
            raise StoreError(f"cannot look up {secret}")

    service.app.extensions["moderation.keys"] = Away()
    found = error(ask(service), 503)
    assert service.scores_key not in str(found)


FIELDS = {
    name: JSON
    for name in (
        "context",
        "requestedAttributes",
        "attributeScores",
        "languages",
        "clientToken",
        "spanAnnotations",
    )
}


@many_times(80)
@given(
    body=JSON
    | st.fixed_dictionaries(
        {"comment": st.fixed_dictionaries({"text": st.text()}, optional={"type": JSON})},
        optional=FIELDS,
    )
    | st.fixed_dictionaries(
        {
            "comment": st.fixed_dictionaries({"text": st.text(min_size=1)}),
            "requestedAttributes": st.dictionaries(
                st.sampled_from(sorted(ATTRIBUTES)), st.just({}), min_size=1, max_size=4
            ),
            "spanAnnotations": st.booleans(),
            "languages": st.just(["en"]),
        }
    )
)
def test_no_json_makes_it_break(service: Service, body: Any) -> None:
    """Whatever JSON comes, the answer is scores or one of Google's errors, never a 500."""
    data = bytes_of(body)
    for path in (ANALYZE, SUGGEST):
        answer = service.client.post(f"{path}?key={service.scores_key}", data=data)
        assert answer.status_code in {200, 400}
        if answer.status_code == 200 and path == ANALYZE:
            sent = body["comment"]["text"].encode("utf-16-le")
            for scores in answer.json["attributeScores"].values():
                for span in scores["spanScores"]:
                    assert 0 <= span["begin"] < span["end"] <= len(sent) // 2
        elif answer.status_code == 400:
            error(answer)


def test_the_desk_is_asked_for_the_keys_site(service: Service) -> None:
    """A key belongs to one site, so its articles and lists count; `communityId` chooses none."""
    _, key = service.rooms.store.accounts.add_key(
        name="blog", scopes={Scope.SCORE}, site="blog", now=service.clock()
    )
    put = {"title": "Tram", "body": ARTICLE, "url": "https://news.example/tram"}
    service.send("PUT", "/v1/articles/1", json=put)
    body = {
        "comment": {"text": TEXT},
        "requestedAttributes": {"OFF_TOPIC": {}},
        "communityId": "default",
        "context": {"entries": [{"text": '{"url": "https://news.example/tram"}'}]},
    }
    assert service.client.post(f"{ANALYZE}?key={key}", json=body).status_code == 400
    assert service.client.post(f"{ANALYZE}?key={service.key}", json=body).status_code == 200
