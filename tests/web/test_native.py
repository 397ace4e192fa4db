"""The native API for comments, as a site and a moderator use it."""

from __future__ import annotations

import orjson
import pytest

from moderation.errors import StoreError
from moderation.terms import RelevanceKind, Scope
from moderation.web.answer_schemas import (
    ArticleAnswer,
    CommentAnswer,
    FormTokenAnswer,
    QueueAnswer,
    ReceivedAnswer,
    ScoreAnswer,
    VerdictAnswer,
)
from tests.fakes import FixedModel, Service

ARTICLE = {"id": "7", "title": "Bridge opens", "body": "The bridge opens a year late."}
ASK = {"comment": {"text": "Late again."}, "article": ARTICLE}


def held(service: Service, text: str = "Buy now") -> str:
    """Send a comment that is held; give its id."""
    service.model.scores = {"spam": 0.8}
    service.clock.forward(seconds=1)
    answer = service.post("/v1/comments", {"comment": {"text": text}, "article": ARTICLE})
    assert answer.json["status"] == "held"
    return str(answer.json["id"])


def test_score_answers_everything_promised(service: Service) -> None:
    """Scores, decision, reasons and versions come in the documented shape."""
    answer = service.post("/v1/score", ASK)
    assert answer.status_code == 200
    ScoreAnswer.model_validate_json(answer.data)
    assert answer.json["decision"] == "approve"
    assert answer.json["model"] == service.model.version
    assert answer.json["relevance_kind"] == "on_topic"
    # Null until moderators' verdicts support it, and never left out.
    assert answer.json["scores"]["likely_to_reject"] is None
    assert list(service.rooms.store.comments.all()) == []


def test_without_an_article_relevance_is_null(service: Service) -> None:
    """There is nothing to judge by, and the answer says so."""
    answer = service.post("/v1/score", {"comment": {"text": "Late again."}})
    assert answer.json["scores"]["relevance"] is None
    assert answer.json["relevance_kind"] is None


def test_spans_point_into_the_text_as_sent(service: Service) -> None:
    """Offsets are code points of the original, emoji and all."""
    text = "🙂 see https://spam.example/x now"
    answer = service.post("/v1/score", {"comment": {"text": text}})
    shown = [text[s["start"] : s["end"]] for r in answer.json["reasons"] for s in r["spans"]]
    assert all(shown)
    ScoreAnswer.model_validate_json(answer.data)


def test_a_json_batch_is_answered_in_order(service: Service) -> None:
    """One call of the model, one answer for each item."""
    batch = [{"comment": {"text": f"number {n}"}} for n in range(3)]
    answer = service.post("/v1/score/batch", batch)
    assert answer.status_code == 200
    assert len(answer.json) == 3
    assert service.model.calls == [3]
    assert service.post("/v1/score/batch", []).json == []


def test_a_json_batch_names_the_bad_item(service: Service) -> None:
    """An array is taken or refused as a whole."""
    answer = service.post("/v1/score/batch", [ASK, {"comment": {"text": ""}}])
    assert answer.status_code == 422
    assert answer.json["errors"][0]["field"] == "[1].comment.text"
    assert service.model.calls == []


def test_ndjson_answers_every_line_for_itself(service: Service) -> None:
    """A bad line is an error object in its place; empty lines are skipped."""
    lines = [
        orjson.dumps(ASK),
        b"",
        b'{"comment": {"text": ""}}',
        b"not json",
        b'{"comment": {"text": "fine", "colour": 1}}',
        orjson.dumps(ASK),
    ]
    answer = service.send(
        "POST",
        "/v1/score/batch",
        data=b"\n".join(lines) + b"\n",
        content_type="application/x-ndjson",
    )
    assert answer.status_code == 200
    assert answer.mimetype == "application/x-ndjson"
    got = [orjson.loads(line) for line in answer.data.splitlines()]
    assert [g.get("error", {}).get("status") for g in got] == [None, 422, 400, 422, None]
    assert got[1]["error"]["errors"][0]["field"] == "comment.text"
    assert got[3]["error"]["errors"][0]["field"] == "comment.colour"


def test_ndjson_streams_in_pieces(service: Service) -> None:
    """A long batch is scored a handful at a time, so that its answer begins early."""
    line = orjson.dumps({"comment": {"text": "Late."}}) + b"\n"
    answer = service.send(
        "POST", "/v1/score/batch", data=line * 130, content_type="application/x-ndjson"
    )
    assert len(answer.data.splitlines()) == 130
    assert service.model.calls == [64, 64, 2]


def test_a_batch_has_a_largest_size(service: Service) -> None:
    """More items than allowed are refused before any is scored."""
    many = [{"comment": {"text": "x"}}] * (service.config.max_batch_items + 1)
    assert service.post("/v1/score/batch", many).status_code == 422
    lines = b'{"comment":{"text":"x"}}\n' * len(many)
    answer = service.send(
        "POST", "/v1/score/batch", data=lines, content_type="application/x-ndjson"
    )
    assert answer.status_code == 422
    assert service.model.calls == []


def test_a_received_comment_can_be_read_back(service: Service) -> None:
    """201 comes with id and status, and the comment is there."""
    sent = {"comment": {"text": "Late again.", "author": {"email": "a@example.com"}}}
    answer = service.post("/v1/comments", {**sent, "article": ARTICLE})
    assert answer.status_code == 201
    ReceivedAnswer.model_validate_json(answer.data)
    read = service.send("GET", f"/v1/comments/{answer.json['id']}")
    CommentAnswer.model_validate_json(read.data)
    assert read.json["text"] == "Late again."
    assert read.json["author"]["email"] == "a@example.com"
    assert read.json["article"]["title"] == "Bridge opens"
    assert {k: read.json[k] for k in answer.json} == answer.json


def test_an_article_that_came_along_is_known_afterwards(service: Service) -> None:
    """The next comment names it only."""
    service.post("/v1/comments", ASK)
    answer = service.post("/v1/score", {"comment": {"text": "True."}, "article": {"id": "7"}})
    assert answer.json["scores"]["relevance"] is not None


def test_an_unknown_article_is_said(service: Service) -> None:
    """A name without a text gives a notice and no relevance."""
    answer = service.post("/v1/score", {"comment": {"text": "True."}, "article": {"id": "x"}})
    assert "ARTICLE_UNKNOWN" in [reason["code"] for reason in answer.json["reasons"]]


def test_the_same_idempotency_key_gives_the_same_comment(service: Service) -> None:
    """A repeat is answered as the first time and marked; another body is an error."""
    once = {"Idempotency-Key": "abc"}
    first = service.post("/v1/comments", ASK, headers=once)
    again = service.post("/v1/comments", ASK, headers=once)
    assert (again.status_code, again.json) == (201, first.json)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first.headers
    other = service.post("/v1/comments", {"comment": {"text": "Else."}}, headers=once)
    assert other.status_code == 422
    assert other.json["errors"][0]["field"] == "Idempotency-Key"
    assert len(list(service.rooms.store.comments.all())) == 1


def test_two_keys_may_use_the_same_idempotency_key(service: Service) -> None:
    """Idempotency keys belong to the API key they came with."""
    once = {"Idempotency-Key": "abc"}
    first = service.post("/v1/comments", ASK, headers=once)
    other = service.post(
        "/v1/comments", ASK, headers={**once, **service.headers(service.scores_key)}
    )
    assert other.status_code == 201
    assert other.json["id"] != first.json["id"]


def test_a_deleted_comment_is_gone(service: Service) -> None:
    """204, then 404, and deleting again is 404 too."""
    id = service.post("/v1/comments", ASK).json["id"]
    assert service.send("DELETE", f"/v1/comments/{id}").status_code == 204
    assert service.send("GET", f"/v1/comments/{id}").status_code == 404
    assert service.send("DELETE", f"/v1/comments/{id}").status_code == 404


def test_another_sites_comment_is_not_there(service: Service) -> None:
    """The key says the site; ids of other sites are unknown to it."""
    id = service.post("/v1/comments", ASK).json["id"]
    _, key = service.rooms.store.accounts.add_key(
        name="other", scopes=frozenset(Scope), site="other", now=service.clock()
    )
    other = service.headers(key)
    for method, path, body in (
        ("GET", f"/v1/comments/{id}", None),
        ("DELETE", f"/v1/comments/{id}", None),
        ("POST", f"/v1/comments/{id}/verdict", {"action": "approve"}),
    ):
        assert service.send(method, path, json=body, headers=other).status_code == 404


def test_the_queue_lists_what_is_held(service: Service) -> None:
    """Pages follow each other by cursor, filtered by reason and by article."""
    ids = [held(service, f"Buy now {n}") for n in range(3)]
    page = service.send("GET", "/v1/queue?limit=2&order=oldest")
    QueueAnswer.model_validate_json(page.data)
    following = {"limit": 2, "order": "oldest", "cursor": page.json["next"]}
    rest = service.send("GET", "/v1/queue", query_string=following)
    assert [i["id"] for p in (page, rest) for i in p.json["items"]] == ids
    assert rest.json["next"] is None
    assert len(service.send("GET", "/v1/queue?article=7&reason=SPAM").json["items"]) == 3
    assert service.send("GET", "/v1/queue?reason=TOXICITY").json["items"] == []
    assert service.send("GET", "/v1/queue?article=unknown").json["items"] == []


def test_the_queue_can_be_had_by_what_moderators_would_reject(service: Service) -> None:
    """The likeliest first; settled comments, of which there is no end, are not had so."""
    ids = []
    for likely in (0.2, 0.9):
        service.model.scores = {"spam": 0.8, "likely_to_reject": likely}
        sent = {"comment": {"text": f"Buy {likely}"}, "article": ARTICLE}
        ids.append(service.post("/v1/comments", sent).json["id"])
    found = service.send("GET", "/v1/queue?order=likely_to_reject").json["items"]
    assert [item["id"] for item in found] == ids[::-1]
    assert found[0]["scores"]["likely_to_reject"] == 0.9
    answer = service.send("GET", "/v1/queue?order=likely_to_reject&status=approved")
    assert answer.status_code == 422
    assert answer.json["errors"][0]["field"] == "order"


@pytest.mark.parametrize(
    ("query", "field"),
    [("limit=0", "limit"), ("limit=x", "limit"), ("order=best", "order"), ("cursor=x", "cursor"),
     ("status=odd", "status"), ("colour=red", "colour"), ("limit=", "limit"),
     ("cursor=é", "cursor"), ("reason=SPAM&reason=X", "reason"), ("limit=&limit=2", "limit")],
)  # fmt: skip
def test_a_wrong_query_is_named(service: Service, query: str, field: str) -> None:
    """Every parameter is checked, unknown ones too."""
    answer = service.send("GET", f"/v1/queue?{query}")
    assert answer.status_code == 422
    assert answer.json["errors"][0]["field"] == field


def test_what_is_left_empty_in_a_query_was_not_sent(service: Service) -> None:
    """A program may name what it has no value for, such as the cursor of the first page."""
    id = held(service)
    page = service.send("GET", "/v1/queue?reason=&article=&cursor=")
    assert [item["id"] for item in page.json["items"]] == [id]


def test_a_verdict_settles_the_case(service: Service) -> None:
    """The comment leaves the queue with the moderator's word, which becomes a label."""
    id = held(service)
    version = service.send("GET", f"/v1/comments/{id}").json["case"]["version"]
    answer = service.post(
        f"/v1/comments/{id}/verdict",
        {"action": "reject", "labels": ["spam", "spam"], "version": version, "note": "An advert."},
    )
    assert answer.status_code == 200
    VerdictAnswer.model_validate_json(answer.data)
    assert (answer.json["status"], answer.json["labels"]) == ("rejected", ["spam"])
    assert service.send("GET", "/v1/queue").json["items"] == []
    assert service.rooms.store.verdicts.count() == 1


def test_a_stale_verdict_is_refused(service: Service) -> None:
    """Who looked at an older version learns the current one and changes nothing."""
    id = held(service)
    answer = service.post(f"/v1/comments/{id}/verdict", {"action": "approve", "version": 99})
    assert answer.status_code == 409
    case = service.send("GET", f"/v1/comments/{id}").json["case"]
    assert answer.json["current_version"] == case["version"]
    assert case["settled_at"] is None


def test_a_verdict_without_a_case_is_a_correction(service: Service) -> None:
    """A moderator may reject what the machine approved."""
    id = service.post("/v1/comments", ASK).json["id"]
    answer = service.post(f"/v1/comments/{id}/verdict", {"action": "reject", "labels": ["toxic"]})
    assert answer.json["status"] == "rejected"


@pytest.mark.parametrize(
    "id", ["7", "a/b//c", "/a/", "x y", "a\nb", "ü-7?", "%2F", "..", "‮id", "a\x00b"]
)
def test_article_ids_may_be_odd(service: Service, id: str) -> None:
    """Whatever a site calls its articles, it can put, read and name them."""
    from urllib.parse import quote

    path = f"/v1/articles/{quote(id, safe='')}"
    put = service.send("PUT", path, json={"title": "Bridge opens", "language": "en"})
    assert put.status_code == 200
    ArticleAnswer.model_validate_json(put.data)
    assert service.send("GET", path).json["title"] == "Bridge opens"
    score = service.post("/v1/score", {"comment": {"text": "True."}, "article": {"id": id}})
    assert score.json["scores"]["relevance"] is not None


def test_an_article_needs_text(service: Service) -> None:
    """Neither title nor body is nothing to remember; too long an id is named."""
    for body in ({}, {"title": " "}, {"body": "\ufeff"}, {"url": "https://news.example/"}):
        answer = service.send("PUT", "/v1/articles/7", json=body)
        assert answer.status_code == 422
        assert answer.json["errors"][0]["field"] == "title"
    assert service.send("GET", "/v1/articles/7").status_code == 404
    assert service.send("PUT", "/v1/articles/" + "x" * 501, json=ARTICLE).status_code == 422


def test_a_form_token_tells_how_long_the_form_was_open(service: Service) -> None:
    """A form sent at once is noticed, whatever the sender claims."""
    given = service.send("POST", "/v1/form-token")
    FormTokenAnswer.model_validate_json(given.data)
    form = {"token": given.json["token"], "seconds": 500}

    def reasons() -> set[str]:
        answer = service.post("/v1/score", {"comment": {"text": "Late again.", "form": form}})
        return {reason["code"] for reason in answer.json["reasons"]}

    at_once = reasons()
    service.clock.forward(seconds=60)
    assert at_once - reasons()


def test_a_form_token_is_for_one_comment(service: Service) -> None:
    """A second comment with it is hardly suspected, one of many is held; scoring uses none up."""
    token = service.send("POST", "/v1/form-token").json["token"]
    service.clock.forward(seconds=60)

    def send(path: str, number: int) -> tuple[bool, str]:
        # Authors and words are new every time: only the token is the same.
        words = f"Street number {number} was late as well, said my {'grand' * number}mother."
        comment = {"text": words, "author": {"id": f"r{number}"}, "form": {"token": token}}
        answer = service.post(path, {"comment": comment}).json
        return "FORM_TOKEN_REUSED" in {r["code"] for r in answer["reasons"]}, answer["decision"]

    assert send("/v1/score", 0) == (False, "approve")
    assert send("/v1/comments", 1) == (False, "approve")
    assert send("/v1/comments", 2) == (True, "approve")
    decisions = [send("/v1/comments", number)[1] for number in range(3, 8)]
    assert decisions[0] == "approve"
    assert decisions[-1] == "hold"


def test_a_filled_honeypot_is_noticed(service: Service) -> None:
    """Nobody sees that field, so only a bot fills it."""
    comment = {"text": "Late again.", "form": {"honeypot": "http://x.example"}}
    answer = service.post("/v1/score", {"comment": comment})
    assert "HONEYPOT" in " ".join(reason["code"] for reason in answer.json["reasons"])


def test_what_the_model_breaks_on_is_held(service: Service) -> None:
    """A failing check is a decision, not an error."""
    service.model.broken_by = ""
    answer = service.post("/v1/comments", ASK)
    assert (answer.status_code, answer.json["decision"]) == (201, "hold")
    assert "CHECK_FAILED" in [reason["code"] for reason in answer.json["reasons"]]
    ReceivedAnswer.model_validate_json(answer.data)


def test_a_failing_write_is_503(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was not stored is never acknowledged, and the driver's words stay inside."""

    def fail(*args: object) -> None:
        raise StoreError("INSERT INTO comments VALUES ('Late again.')")

    monkeypatch.setattr(service.rooms.store.comments, "add", fail)
    answer = service.post("/v1/comments", ASK)
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "1"
    assert b"Late" not in answer.data
    assert b"INSERT" not in answer.data


def test_a_new_model_is_used_at_once(service: Service) -> None:
    """The next request sees the model that went live meanwhile."""
    service.rooms.live.__dict__["model"] = FixedModel(
        {"relevance": 0.01}, version="20260302-1", kind=RelevanceKind.OFF_TOPIC
    )
    answer = service.post("/v1/score", ASK).json
    assert (answer["model"], answer["decision"]) == ("20260302-1", "hold")
