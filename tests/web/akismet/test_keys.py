"""A key in each of the places where clients put it."""

from __future__ import annotations

import base64

import pytest

from moderation.terms import Scope
from tests.fakes import NOON, Service
from tests.web.akismet.asking import (
    BLOG,
    KEY,
    TEXT,
    all_comments,
    call,
    check,
    stored,
)


@pytest.mark.parametrize("field", ["api_key", "key"])
@pytest.mark.parametrize("secret", [KEY, KEY.upper()])
def test_a_key_in_the_body_or_query(site: Service, field: str, secret: str) -> None:
    """Under both names, in any case."""
    assert site.client.post("/1.1/verify-key", data={field: secret}).text == "valid"
    assert site.client.post(f"/1.1/verify-key?{field}={secret}").text == "valid"


def test_a_key_in_the_name_of_the_host(site: Service) -> None:
    """Its first label, in any case; a key in the body is meant before it."""
    data = {"blog": BLOG, "user_ip": "1.2.3.4", "comment_content": TEXT}
    for host in (f"{KEY}.rest.akismet.com", f"{KEY.upper()}.moderation.example:8000"):
        answer = site.client.post("/1.1/comment-check", data=data, headers={"Host": host})
        assert answer.text == "false"
    wrong = {**data, "api_key": "000000000000"}
    answer = site.client.post("/1.1/comment-check", data=wrong, headers={"Host": f"{KEY}.x"})
    assert answer.text == "invalid"


def test_a_key_as_user_of_basic_authentication(site: Service) -> None:
    """Up to the first dot: npm's akismet-api puts `KEY.x` there for a host given as `x@HOST`."""
    data = {"blog": BLOG, "user_ip": "1.2.3.4", "comment_content": TEXT}
    for user in (f"{KEY}.x:", f"{KEY}:whatever"):
        word = base64.b64encode(user.encode()).decode()
        headers = {"Authorization": f"Basic {word}"}
        assert site.client.post("/1.1/comment-check", data=data, headers=headers).text == "false"
    for bad in (
        "Basic !!!",
        "Basic",
        "Bearer x",
        "Basic " + base64.b64encode(b"\xff\xfe").decode(),
    ):
        headers = {"Authorization": bad}
        assert site.client.post("/1.1/comment-check", data=data, headers=headers).text == "invalid"


def test_a_key_belongs_to_its_site(site: Service) -> None:
    """Comments of another key's site are neither found nor counted."""
    site.rooms.store.accounts.add_key(
        name="other", scopes=frozenset(Scope), site="other", secret="beadbeadbead", now=NOON
    )
    answer = check(site)
    call(site, "submit-spam", "beadbeadbead", guid=answer.headers["X-akismet-guid"])
    assert stored(site, answer).verdicts == ()
    assert check(site, key="beadbeadbead").text == "false"
    assert {each.comment.site for each in all_comments(site)} == {"default", "other"}
