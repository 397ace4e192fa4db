"""Perspective's dialect: every documented field, every documented error, and what is kept."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.errors import StoreError
from moderation.terms import Scope
from moderation.web.perspective_attributes import ATTRIBUTES, KNOWN
from moderation.web.perspective_languages import MEASURED_LANGUAGES
from moderation.web.perspective_schemas import MOST_TEXT_BYTES
from tests.any_json import JSON, bytes_of, many_times
from tests.fakes import Service, make_service

ANALYZE, SUGGEST = "/v1alpha1/comments:analyze", "/v1alpha1/comments:suggestscore"
TEXT = "The tram is late again, and nobody says why."
JAPANESE = "これは路面電車についてのとても長いコメントです。"
ARTICLE = "The city council has put off the opening of the tram line to the harbour until spring."
SCORES = {
    "spam": 0.11,
    "toxicity": 0.42,
    "insult": 0.33,
    "threat": 0.05,
    "profanity": 0.07,
    "sexual": 0.01,
    "substance": 0.8,
    "relevance": 0.25,
}


def ask(service: Service, path: str = ANALYZE, /, **fields: Any) -> Any:
    """Send a request with a key in the address, as every client of Perspective does."""
    body = {"comment": {"text": TEXT}, "requestedAttributes": {"TOXICITY": {}}, **fields}
    return service.client.post(f"{path}?key={service.scores_key}", json=body)


def analyzed(service: Service, **fields: Any) -> Any:
    """Give the answer to a request that must be answered."""
    answer = ask(service, **fields)
    assert answer.status_code == 200, answer.text
    assert answer.content_type == "application/json; charset=UTF-8"
    return answer.json


def value(answer: Any, name: str) -> float:
    """Give what every client reads."""
    found: float = answer["attributeScores"][name]["summaryScore"]["value"]
    return found


def error(answer: Any, status: int = 400) -> Any:
    """Give the error of an answer that must be one of Google's."""
    assert answer.status_code == status, answer.text
    assert answer.content_type == "application/json; charset=UTF-8"
    found = answer.json["error"]
    assert found["code"] == status
    assert set(found) <= {"code", "message", "status", "details"}
    return found


def refusal(answer: Any, kind: str, message: str) -> Any:
    """Check an error of the comment analyzer; give its detail."""
    found = error(answer)
    assert found["message"] == message
    assert found["status"] == "INVALID_ARGUMENT"
    (detail,) = found["details"]
    assert detail["@type"] == "type.googleapis.com/google.commentanalyzer.v1alpha1.Error"
    assert detail["errorType"] == kind
    return detail


@pytest.fixture(autouse=True)
def scores(service: Service) -> None:
    """Let the model give every score but identity attack, which it was not measured for."""
    service.model.scores = dict(SCORES)


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


# ------------------------------------------------------------------------------------ languages


def test_the_measured_languages_are_those_of_the_corpus() -> None:
    """A language of the corpus is measured before a model goes live, and no other one is."""
    folder = Path(__file__).parents[2] / "training_data"
    assert {path.name.split(".")[1] for path in folder.glob("comments.*.jsonl")} == (
        MEASURED_LANGUAGES
    )


def test_a_measured_language_is_answered_as_asked(service: Service) -> None:
    """The language a client names comes back as it named it."""
    for language in (*MEASURED_LANGUAGES, "pt-BR", "EN", "zh-Hant", "en_US"):
        answer = analyzed(service, languages=[language])
        assert answer["languages"] == [language]
        assert answer["detectedLanguages"] == ["en"]


@pytest.mark.parametrize("language", ["ja", "hi-Latn", "xx", "", "nonsense" * 100])
def test_an_unmeasured_language_is_refused_by_attribute(service: Service, language: str) -> None:
    """All languages asked for must be supported; the attribute is named, so clients can drop it."""
    answer = ask(service, languages=["en", language])
    detail = refusal(
        answer,
        "LANGUAGE_NOT_SUPPORTED_BY_ATTRIBUTE",
        f"Attribute TOXICITY does not support request languages: {language}",
    )
    assert detail["languageNotSupportedByAttributeError"] == {
        "attribute": "TOXICITY",
        "detectedLanguages": ["en"],
        "requestedLanguages": ["en", language],
    }


def test_a_detected_language_that_is_unmeasured_is_refused(service: Service) -> None:
    """The error that client logs show word for word, without the languages nobody asked for."""
    answer = ask(service, comment={"text": JAPANESE})
    detail = refusal(
        answer,
        "LANGUAGE_NOT_SUPPORTED_BY_ATTRIBUTE",
        "Attribute TOXICITY does not support request languages: ja",
    )
    assert detail["languageNotSupportedByAttributeError"] == {
        "attribute": "TOXICITY",
        "detectedLanguages": ["ja"],
    }


def test_unsupported_attributes_are_dropped_when_asked(service: Service) -> None:
    """A client may rather have less than an error; a name that never was remains one."""
    sent: dict[str, Any] = {"comment": {"text": JAPANESE}, "dropUnsupportedAttributes": True}
    assert analyzed(service, **sent)["attributeScores"] == {}
    wanted = {"TOXICITY": {}, "FLIRTATION": {}, "IDENTITY_ATTACK": {}}
    answer = analyzed(service, requestedAttributes=wanted, dropUnsupportedAttributes=True)
    assert list(answer["attributeScores"]) == ["TOXICITY"]
    answer = ask(service, requestedAttributes={"NONSENSE": {}}, dropUnsupportedAttributes=True)
    refusal(answer, "INVALID_REQUEST", "Unknown requested attribute: NONSENSE")


@pytest.mark.parametrize("text", ["12345", "😀😀😀", "!!! ???"])
def test_a_text_without_a_language_is_said_to_be_that(service: Service, text: str) -> None:
    """Nobody can tell the language of what has no letters; naming one helps."""
    answer = ask(service, comment={"text": text})
    refusal(answer, "LANGUAGE_DETECTION_FAILED", "Unable to detect language")
    named = analyzed(service, comment={"text": text}, languages=["en"])
    assert (named["languages"], named["detectedLanguages"]) == (["en"], ["und"])


@pytest.mark.parametrize("text", ["Fuck you", "ok", "نه", "да"])
def test_a_short_text_is_scored(service: Service, text: str) -> None:
    """Two words are enough for a score, though not for being sure of the language."""
    answer = analyzed(service, comment={"text": text})
    assert set(answer["detectedLanguages"]) <= MEASURED_LANGUAGES
    assert answer["languages"] == answer["detectedLanguages"]


def test_a_site_may_have_every_language_scored(tmp_path: Path) -> None:
    """With the setting no language is an error any more; an attribute we lack still is."""
    service = make_service(tmp_path, perspective_languages="any")
    for text, languages in ((JAPANESE, ["ja"]), ("12345", ["und"])):
        answer = analyzed(service, comment={"text": text})
        assert value(answer, "TOXICITY") == 0.02
        assert answer["languages"] == languages
    assert analyzed(service, languages=["xx"])["languages"] == ["xx"]
    answer = ask(service, requestedAttributes={"FLIRTATION": {}}, languages=["xx"])
    refusal(answer, "INVALID_REQUEST", "Unknown requested attribute: FLIRTATION")
    service.rooms.store.close()
    service.app.extensions["moderation.limits"].close()


# --------------------------------------------------------------------------------------- errors


@pytest.mark.parametrize("comment", [None, {}, {"text": None}, {"text": ""}, {"text": " \n\t "}])
def test_an_empty_comment_is_refused(service: Service, comment: Any) -> None:
    """Nothing, or nothing but white space, is no comment."""
    refusal(ask(service, comment=comment), "COMMENT_EMPTY", "Comment must be non-empty.")


def test_an_empty_body_is_an_empty_request(service: Service) -> None:
    """As at Google, where a body may be missing."""
    answer = service.client.post(f"{ANALYZE}?key={service.scores_key}")
    refusal(answer, "COMMENT_EMPTY", "Comment must be non-empty.")


@pytest.mark.parametrize(("letter", "bytes_each"), [("a", 1), ("é", 2), ("😀", 4)])
def test_a_comment_may_have_20480_bytes(service: Service, letter: str, bytes_each: int) -> None:
    """The limit counts UTF-8, and the last byte within it is still taken."""
    most = letter * (MOST_TEXT_BYTES // bytes_each)
    analyzed(service, comment={"text": most}, languages=["en"])
    answer = ask(service, comment={"text": most + "a"}, languages=["en"])
    refusal(answer, "COMMENT_TOO_LONG", "Comment text too long.")


@pytest.mark.parametrize("wanted", [None, {}])
def test_attributes_must_be_asked_for(service: Service, wanted: Any) -> None:
    """There is no default set."""
    answer = ask(service, requestedAttributes=wanted)
    refusal(answer, "NO_REQUESTED_ATTRIBUTES", "Missing requested_attributes")


def test_more_attributes_than_there_are_are_refused(service: Service) -> None:
    """One attribute under many versions must not cost as many answers as a body has room for."""
    answer = ask(service, requestedAttributes={f"TOXICITY@{n}": {} for n in range(101)})
    refusal(answer, "INVALID_REQUEST", "At most 100 attributes can be requested")


@pytest.mark.parametrize(
    ("kind", "message"),
    [("HTML", "Currently, only 'PLAIN_TEXT' comments are supported"), ("X", "Unknown text type")],
)
def test_a_comment_is_plain_text(service: Service, kind: str, message: str) -> None:
    """HTML was never supported for comments."""
    answer = ask(service, comment={"text": TEXT, "type": kind})
    refusal(answer, "INVALID_REQUEST", message)


def test_an_article_may_be_html(service: Service) -> None:
    """Articles are read with or without markup; a type nobody knows is refused there too."""
    html = {"text": f"<p>{ARTICLE}</p>", "type": "HTML"}
    analyzed(service, context={"articleAndParentComment": {"article": html}})
    answer = ask(service, context={"entries": [{"text": "a", "type": "X"}]})
    refusal(answer, "INVALID_REQUEST", "Unknown text type")


def test_both_contexts_at_once_are_refused(service: Service) -> None:
    """One of the two, in Perspective's words."""
    context = {"entries": [{"text": "a"}], "articleAndParentComment": {"article": {"text": "b"}}}
    refusal(
        ask(service, context=context),
        "INVALID_REQUEST",
        "Context can have either entries or article_and_parent_comment, but both fields were "
        "populated.",
    )


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"{", "Invalid JSON payload received. EOF"),
        (b'{"comment": {"text": "\xe9"}}', "Invalid JSON payload received. invalid unicode"),
        (b'{"comment": {"text": "\\ud800"}}', "Invalid JSON payload received. "),
        (b"\xff\xfe{}", "Invalid JSON payload received. "),
        (b"[" * 100_000, "Invalid JSON payload received. "),
        (b"comment=a&api_key=b", "Invalid JSON payload received. "),
        (b"[]", "Invalid JSON payload received. Root element must be a message."),
        (b"null", "Invalid JSON payload received. Root element must be a message."),
        (
            b'{"colour": 1}',
            'Invalid JSON payload received. Unknown name "colour": Cannot find field.',
        ),
        (
            b'{"comment": {"colour": 1}}',
            "Invalid JSON payload received. Unknown name \"colour\" at 'comment': Cannot find",
        ),
        (b'{"comment": "a"}', "Invalid value at 'comment': it must be an object"),
        (b'{"comment": {"text": 5}}', "Invalid value at 'comment.text': it must be text"),
        (b'{"languages": "en"}', "Invalid value at 'languages': it must be a list"),
        (b'{"requestedAttributes": []}', "Invalid value at 'requestedAttributes': it must be an"),
        (
            b'{"requestedAttributes": {"SPAM": {"scoreThreshold": "high"}}}',
            "Invalid value at 'requestedAttributes.SPAM.scoreThreshold': it",
        ),
    ],
)
def test_what_does_not_fit_is_said_in_googles_words(
    service: Service, data: bytes, message: str
) -> None:
    """Whatever the content type says, the body is read as JSON, and its fault is named."""
    for kind in ("application/json", "application/x-www-form-urlencoded", "text/plain"):
        answer = service.client.post(
            f"{ANALYZE}?key={service.scores_key}", data=data, content_type=kind
        )
        found = error(answer)
        assert found["message"].startswith(message)
        assert found["status"] == "INVALID_ARGUMENT"
        assert found["details"][0]["@type"] == "type.googleapis.com/google.rpc.BadRequest"
        assert found["details"][0]["fieldViolations"][0]["description"]


def test_a_body_that_is_too_large_is_refused(service: Service) -> None:
    """It is not read."""
    data = b" " * (service.config.max_body_bytes + 1)
    for path in (ANALYZE, "/batch"):
        answer = service.client.post(f"{path}?key={service.scores_key}", data=data)
        assert error(answer)["message"] == "Request payload size exceeds the limit."


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", ANALYZE),
        ("PUT", SUGGEST),
        ("POST", "/v1alpha1/comments:nothing"),
        ("POST", "/v1alpha1"),
        ("GET", "/batch"),
        ("POST", "/batch/gmail/v1"),
        ("POST", "/$discovery/rest"),
        ("GET", "/$discovery/rest?version=v2"),
        ("GET", "/discovery/v1/apis/gmail/v1/rest"),
    ],
)
def test_what_is_not_there_is_said_in_json(service: Service, method: str, path: str) -> None:
    """No address of the protocol answers in another form."""
    found = error(service.client.open(path, method=method), 404)
    assert (found["status"], found["message"]) == ("NOT_FOUND", "Method not found.")


# ----------------------------------------------------------------------------------------- keys


def send(service: Service, query: str = "", **headers: str) -> Any:
    """Send a good request with exactly this query and these headers."""
    body = {"comment": {"text": TEXT}, "requestedAttributes": {"SPAM": {}}}
    return service.client.post(f"{ANALYZE}{query}", json=body, headers=headers)


def test_a_key_is_taken_from_three_places(service: Service) -> None:
    """The query as all clients send it, Google's header, and Bearer."""
    key = service.scores_key
    assert send(service, f"?key={key}").status_code == 200
    assert send(service, **{"X-Goog-Api-Key": key}).status_code == 200
    assert send(service, Authorization=f"Bearer {key}").status_code == 200
    assert send(service, "?key=", **{"X-Goog-Api-Key": key}).status_code == 200


def test_other_parameters_of_the_query_are_ignored(service: Service) -> None:
    """Every parameter that Google's clients add."""
    query = (
        "&alt=json&prettyPrint=false&fields=languages&quotaUser=a&$.xgafv=2&access_token=a"
        "&oauth_token=a&callback=a&uploadType=a&upload_protocol=a"
    )
    answer = send(service, f"?key={service.scores_key}{query}")
    assert answer.status_code == 200
    assert answer.json["attributeScores"]


def test_the_colon_may_be_escaped(service: Service) -> None:
    """Some clients escape it, and an endpoint typed with a slash at its end is meant well."""
    body = {"comment": {"text": TEXT}, "requestedAttributes": {"SPAM": {}}}
    for path in ("/v1alpha1/comments%3Aanalyze", "/v1alpha1//comments:analyze"):
        answer = service.client.post(f"{path}?key={service.scores_key}", json=body)
        assert answer.status_code == 200


def test_no_key_is_403(service: Service) -> None:
    """Google calls it a permission."""
    found = error(send(service), 403)
    assert found["status"] == "PERMISSION_DENIED"
    assert found["message"].startswith("Method doesn't allow unregistered callers")


def test_a_bad_key_is_400(service: Service) -> None:
    """Clients match the message; a bad token is answered otherwise, so that they renew it."""
    for answer in (send(service, "?key=nonsense"), send(service, **{"X-Goog-Api-Key": "é"})):
        found = error(answer)
        assert found["message"] == "API key not valid. Please pass a valid API key."
        assert found["status"] == "INVALID_ARGUMENT"
        assert found["details"][0]["reason"] == "API_KEY_INVALID"
    found = error(send(service, Authorization="Bearer nonsense"), 401)
    assert found["status"] == "UNAUTHENTICATED"


def test_a_key_without_the_scope_is_403(service: Service) -> None:
    """A key for moderators alone does not score."""
    _, key = service.rooms.store.accounts.add_key(
        name="m", scopes={Scope.MODERATE}, now=service.clock()
    )
    assert error(send(service, f"?key={key}"), 403)["status"] == "PERMISSION_DENIED"


def test_a_used_up_key_is_429(service: Service) -> None:
    """Google's words on a quota, on which its clients try again."""
    _, key = service.rooms.store.accounts.add_key(
        name="slow", scopes={Scope.SCORE}, per_minute=1, now=service.clock()
    )
    assert send(service, f"?key={key}").status_code == 200
    answer = send(service, f"?key={key}")
    found = error(answer, 429)
    assert found["status"] == "RESOURCE_EXHAUSTED"
    assert found["message"].startswith(
        "Quota exceeded for quota metric 'Analysis requests (AnalyzeComment)' and limit "
    )
    assert found["details"][0]["reason"] == "RATE_LIMIT_EXCEEDED"
    assert int(answer.headers["Retry-After"]) >= 1


# ------------------------------------------------------------------------------------- breaking


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
