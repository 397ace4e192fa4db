"""Every documented field of an analysis, and what is kept of it."""

from __future__ import annotations

import orjson
import pytest

from moderation.web.perspective_attributes import ATTRIBUTES, KNOWN
from tests.fakes import Service
from tests.web.perspective.asking import (
    ANALYZE,
    ARTICLE,
    SCORES,
    TEXT,
    analyzed,
    ask,
    refusal,
    value,
)


def test_a_comment_is_scored(service: Service) -> None:
    """The smallest request gets the score, one span over the whole text, and the language."""
    assert analyzed(service) == {
        "attributeScores": {
            "TOXICITY": {
                "spanScores": [
                    {"begin": 0, "end": 44, "score": {"value": 0.42, "type": "PROBABILITY"}}
                ],
                "summaryScore": {"value": 0.42, "type": "PROBABILITY"},
            }
        },
        "languages": ["en"],
        "detectedLanguages": ["en"],
    }


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("TOXICITY", 0.42),
        ("TOXICITY@6", 0.42),
        ("TOXICITY_EXPERIMENTAL", 0.42),
        ("INSULT", 0.33),
        ("INSULT_EXPERIMENTAL", 0.33),
        ("THREAT", 0.05),
        ("PROFANITY", 0.07),
        ("SEXUALLY_EXPLICIT", 0.01),
        ("SPAM", 0.11),
        ("UNSUBSTANTIAL", 0.2),
    ],
)
def test_an_attribute_is_our_score_under_the_name_asked(
    service: Service, name: str, expected: float
) -> None:
    """Each attribute is one score of ours, or what is left of it."""
    answer = analyzed(service, requestedAttributes={name: {}})
    assert list(answer["attributeScores"]) == [name]
    assert value(answer, name) == pytest.approx(expected)


def test_identity_attack_is_there_once_the_model_offers_it(service: Service) -> None:
    """What the live model was not measured for is unknown; another model may offer it."""
    sent = {"requestedAttributes": {"IDENTITY_ATTACK": {}}}
    message = "Unknown requested attribute: IDENTITY_ATTACK"
    refusal(ask(service, **sent), "INVALID_REQUEST", message)
    service.model.scores = {**SCORES, "identity_attack": 0.6}
    assert value(analyzed(service, **sent), "IDENTITY_ATTACK") == 0.6


def test_likely_to_reject_is_there_once_the_model_offers_it() -> None:
    """It is a score of its own, learned from verdicts; no other one stands in for it."""
    attribute = ATTRIBUTES["LIKELY_TO_REJECT"]
    assert attribute.value({"likely_to_reject": 0.7}) == 0.7
    assert attribute.value(dict(SCORES)) is None


def test_an_attribute_we_cannot_measure_is_unknown(service: Service) -> None:
    """No number is invented for it, whatever else is asked for."""
    for name in (
        *KNOWN - set(ATTRIBUTES),
        "LIKELY_TO_REJECT",
        "NONSENSE",
        "",
        "toxicity",
        "SPAM@x",
        "SPAM@",
    ):
        answer = ask(service, requestedAttributes={"TOXICITY": {}, name: {}})
        refusal(answer, "INVALID_REQUEST", f"Unknown requested attribute: {name}")


def test_off_topic_reads_the_article(service: Service) -> None:
    """The documented place for article and parent is used for real."""
    answer = analyzed(
        service,
        requestedAttributes={"OFF_TOPIC": {}},
        context={
            "articleAndParentComment": {
                "article": {"text": ARTICLE, "type": "PLAIN_TEXT"},
                "parentComment": {"text": "Who signed for it?"},
            }
        },
    )
    assert value(answer, "OFF_TOPIC") == 0.75
    (item,) = service.model.items
    assert item.article is not None
    assert item.parent is not None
    assert item.parent.raw == "Who signed for it?"


def test_off_topic_without_an_article_says_what_is_missing(service: Service) -> None:
    """There is nothing to compare with, which is no number; a client may leave it out instead."""
    wanted = {"OFF_TOPIC": {}, "SPAM": {}}
    message = "Attribute OFF_TOPIC requires the article: context.article_and_parent_comment.article"
    for context in (None, {"articleAndParentComment": {"article": {"text": " "}}}):
        answer = ask(service, requestedAttributes=wanted, context=context)
        refusal(answer, "INVALID_REQUEST", message)
    answer = analyzed(service, requestedAttributes=wanted, dropUnsupportedAttributes=True)
    assert list(answer["attributeScores"]) == ["SPAM"]


def test_an_article_sent_before_is_found_by_the_page(service: Service) -> None:
    """Coral's note for programs is not read as prose; the page it names is looked up."""
    put = {"title": "Tram", "body": ARTICLE, "url": "https://news.example/tram"}
    service.send("PUT", "/v1/articles/1", json=put)
    note = orjson.dumps({"url": "https://news.example/tram?commentID=7", "Coral_comment_id": "7"})
    answer = analyzed(
        service,
        requestedAttributes={"OFF_TOPIC": {}},
        context={"entries": [{"text": note.decode()}]},
    )
    assert value(answer, "OFF_TOPIC") == 0.75


@pytest.mark.parametrize("text", ["Who signed for it?", "{", "[1]", '{"url": 5}', "", None])
def test_entries_are_accepted_and_not_read_as_prose(service: Service, text: str | None) -> None:
    """Neither prose nor a broken note becomes the article or the comment answered."""
    analyzed(service, context={"entries": [{"text": text, "type": "PLAIN_TEXT"}]})
    (item,) = service.model.items
    assert item.article is None
    assert item.parent is None


def test_sentences_are_scored_when_asked_for(service: Service) -> None:
    """Each sentence has its own score, at its place in UTF-16 units: an emoji is two."""
    text = "You 😀 fool. The tram is late."
    answer = analyzed(service, comment={"text": text}, spanAnnotations=True, languages=["en"])
    spans = answer["attributeScores"]["TOXICITY"]["spanScores"]
    units = text.encode("utf-16-le")
    cut = [units[2 * s["begin"] : 2 * s["end"]].decode("utf-16-le") for s in spans]
    assert cut == ["You 😀 fool.", "The tram is late."]
    assert service.model.calls == [1, 2]


def test_a_threshold_leaves_out_what_lies_below(service: Service) -> None:
    """At the threshold a score is still there."""
    wanted = {
        "TOXICITY": {"scoreThreshold": 0.42},
        "INSULT": {"scoreThreshold": 0.34, "scoreType": "PROBABILITY"},
    }
    answer = analyzed(service, requestedAttributes=wanted)
    assert list(answer["attributeScores"]) == ["TOXICITY"]
    nothing = analyzed(service, requestedAttributes={"TOXICITY": {"scoreThreshold": 0.9}})
    assert nothing["attributeScores"] == {}


@pytest.mark.parametrize("kind", ["STD_DEV_SCORE", "PERCENTILE", "RAW", "NONSENSE"])
def test_only_probabilities_can_be_had(service: Service, kind: str) -> None:
    """The other score types of the enum are refused by name."""
    answer = ask(service, requestedAttributes={"TOXICITY": {"scoreType": kind}})
    message = f"Requested score type {kind} is not supported by attribute TOXICITY"
    refusal(answer, "INVALID_REQUEST", message)


def test_tokens_and_opaque_fields_are_taken(service: Service) -> None:
    """`clientToken` comes back, and only when it was sent; the others change nothing."""
    plain = analyzed(service)
    full = analyzed(
        service,
        clientToken="comment:7",
        sessionId="s",
        communityId="Coral:https://news.example",
        doNotStore=False,
        languages=["en"],
        spanAnnotations=False,
        context={},
    )
    assert full == {**plain, "clientToken": "comment:7"}
    assert "clientToken" not in plain


def test_names_may_be_in_snake_case_and_fields_null(service: Service) -> None:
    """Google's JSON takes a field's other name too, and null for a field that is not there."""
    body = {
        "comment": {"text": TEXT, "type": None},
        "requested_attributes": {"TOXICITY": None},
        "do_not_store": True,
        "client_token": "x",
        "context": None,
        "languages": None,
    }
    answer = service.client.post(f"{ANALYZE}?key={service.scores_key}", json=body)
    assert answer.status_code == 200
    assert answer.json["clientToken"] == "x"


@pytest.mark.parametrize("told", [True, False, None])
def test_nothing_is_stored(service: Service, told: bool | None) -> None:
    """Not when told so, not by default, and not when a client allows it."""
    service.model.scores = {**SCORES, "toxicity": 0.9}
    analyzed(service, **({} if told is None else {"doNotStore": told}))
    assert list(service.rooms.store.comments.all()) == []
