"""Keys and models over the API."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from moderation.web.answer_schemas import KeysAnswer, ModelsAnswer, NewKeyAnswer, PolicyAnswer
from tests.budgeting import evidence, write_card
from tests.fakes import Service, make_service

ASK = {"comment": {"text": "Late again."}}


def test_a_made_key_works_at_once_and_is_shown_once(service: Service) -> None:
    """The secret is in the answer and nowhere else."""
    answer = service.post("/v1/keys", {"name": "blog", "scopes": ["score"]})
    assert answer.status_code == 201
    NewKeyAnswer.model_validate_json(answer.data)
    key = answer.json["key"]
    assert service.post("/v1/score", ASK, headers=service.headers(key)).status_code == 200
    listed = service.send("GET", "/v1/keys")
    KeysAnswer.model_validate_json(listed.data)
    assert key not in listed.text
    assert "blog" in [each["name"] for each in listed.json["items"]]


def test_a_given_key_is_taken_as_it_is(service: Service) -> None:
    """Clients that fix the form of their key keep it, even if they tried it too early."""
    headers = service.headers("0123456789ab")
    assert service.post("/v1/score", ASK, headers=headers).status_code == 401
    made = service.post("/v1/keys", {"name": "x", "scopes": ["score"], "key": "0123456789ab"})
    assert made.json["key"] == "0123456789ab"
    assert service.post("/v1/score", ASK, headers=headers).status_code == 200
    twice = service.post("/v1/keys", {"name": "y", "scopes": ["score"], "key": "0123456789ab"})
    assert twice.status_code == 409
    assert twice.json["errors"][0]["field"] == "key"


def test_a_revoked_key_is_refused_at_once_here(service: Service) -> None:
    """The worker that revokes it takes it no more."""
    made = service.post("/v1/keys", {"name": "blog", "scopes": ["score"]}).json
    headers = service.headers(made["key"])
    assert service.post("/v1/score", ASK, headers=headers).status_code == 200
    assert service.send("DELETE", f"/v1/keys/{made['id']}").status_code == 204
    assert service.post("/v1/score", ASK, headers=headers).status_code == 401


def test_the_key_that_made_or_revoked_another_is_logged(service: Service) -> None:
    """Who gave away or took back access can be found out later."""
    made = service.post("/v1/keys", {"name": "site", "scopes": ["score"]}).json
    service.send("DELETE", f"/v1/keys/{made['id']}")
    (mine,) = [key for key in service.rooms.store.accounts.keys() if key.name == "all"]
    logged = service.rooms.store.events.recent(subject=made["id"])
    assert [(event.kind, event.actor) for event in logged] == [
        ("key.revoked", f"key:{mine.id}"),
        ("key.made", f"key:{mine.id}"),
    ]


def test_a_keys_site_is_its_comments_site(service: Service) -> None:
    """What a key sends belongs to its site."""
    made = service.post(
        "/v1/keys", {"name": "b", "scopes": ["score"], "site": "blog", "per_minute": 5.0}
    ).json
    sent = service.post("/v1/comments", ASK, headers=service.headers(made["key"]))
    assert service.rooms.store.comments.get(sent.json["id"]).comment.site == "blog"
    assert made["per_minute"] == 5


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": " "}, "name"),
        ({"scopes": []}, "scopes"),
        ({"scopes": ["root"]}, "scopes[0]"),
        ({"key": "short"}, "key"),
        ({"site": "my blog"}, "site"),
        ({"key": "with space"}, "key"),
        ({"site": ""}, "site"),
        ({"per_minute": -1}, "per_minute"),
        ({"per_minute": 1.5}, "per_minute"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_wrong_key_is_named(service: Service, change: dict[str, Any], field: str) -> None:
    """Each part of a key is checked."""
    answer = service.post("/v1/keys", {"name": "blog", "scopes": ["score"], **change})
    assert answer.status_code == 422
    assert answer.json["errors"][0]["field"] == field


def test_a_form_that_is_not_taken_is_told(service: Service) -> None:
    """Who sends a key in another form learns which form is taken, not that it is blank."""
    answer = service.post("/v1/keys", {"name": "blog", "scopes": ["score"], "key": "short"})
    assert answer.json["errors"][0]["message"] == "must match ^[!-~]{8,200}$"


def test_models_are_listed_with_the_one_in_use(service: Service) -> None:
    """The answer says what serves and what is refused."""
    service.rooms.live.refused = "20260302-1: its canaries moved."
    answer = service.send("GET", "/v1/models")
    ModelsAnswer.model_validate_json(answer.data)
    assert answer.json["in_use"] == service.model.version
    assert "canaries" in answer.json["refused"]


@pytest.mark.parametrize("version", ["20200101-1", "current", "..", "%2e%2e", "x%2Fy", "é"])
def test_an_unknown_model_is_404(service: Service, version: str) -> None:
    """A name from outside never becomes a path."""
    answer = service.send("POST", f"/v1/models/{version}/activate")
    assert answer.status_code == 404


def test_the_policy_in_force_is_shown(service: Service) -> None:
    """Thresholds as they are for the key's site; without a budget there is none to show."""
    answer = service.send("GET", "/v1/policy")
    PolicyAnswer.model_validate_json(answer.data)
    assert answer.json["version"] == service.rooms.policies.version
    assert answer.json["budgets"] == []
    assert answer.json["audit_share"] == 0
    assert answer.json["thresholds"][0] == {
        "score": "spam",
        "hold": 0.5,
        "reject": 0.97,
        "hold_below": None,
    }
    refused = service.send("GET", "/v1/policy", headers=service.headers(service.scores_key))
    assert refused.status_code == 403


def test_a_budget_is_shown_with_what_it_rests_on(tmp_path: Path) -> None:
    """The threshold found, the rows behind it, how much it settles; or why it settles nothing."""
    policy = tmp_path / "policy.toml"
    policy.write_text(
        "[thresholds.spam]\nreject = { wrong_at_most = 0.05, sure = 0.95, bad_share = 0.2 }\n"
        "[thresholds.toxicity]\nreject = { wrong_at_most = 0.01, sure = 0.95 }\n"
        "[sites.blog.thresholds.spam]\nreject = 0.9\n"
    )
    write_card(tmp_path, evidence=evidence(good=[0.2] * 500, bad=[0.95] * 80 + [0.3] * 20))
    service = make_service(tmp_path, policy=policy)
    answer = service.send("GET", "/v1/policy")
    PolicyAnswer.model_validate_json(answer.data)
    spam, toxicity = answer.json["budgets"]
    assert answer.json["version"].endswith("+spam=0.5")
    assert answer.json["thresholds"][0]["reject"] == 0.5
    assert 0 < spam.pop("bound") <= 0.05
    assert spam == {
        "score": "spam",
        "wrong_at_most": 0.05,
        "sure": 0.95,
        "bad_share": 0.2,
        "threshold": 0.5,
        "evidence": "model",
        "model": "20260301-1",
        "rows": 600,
        "rows_settled": 80,
        "rows_wrong": 0,
        "settles": 0.16,
        "audited": 0,
        "audited_bad": 0,
        "why": None,
    }
    assert (toxicity["threshold"], toxicity["evidence"]) == (None, None)
    assert toxicity["why"].startswith("Nothing is rejected by toxicity: model 20260301-1 brings no")
    blog = service.post("/v1/keys", {"name": "b", "scopes": ["moderate"], "site": "blog"}).json
    shown = service.send("GET", "/v1/policy", headers=service.headers(blog["key"])).json
    assert [budget["score"] for budget in shown["budgets"]] == ["toxicity"]
    assert shown["thresholds"][0]["reject"] == 0.9
    service.rooms.store.close()
    service.app.extensions["moderation.limits"].close()
