"""Coming and going: links, passwords, sign-out, setting one's own password."""

from __future__ import annotations

import pytest
from flask import Flask

from moderation.web.review.sign_in import throttle
from tests.reviewing import Desk
from tests.web.review.browsing import Browser, signed_in


def test_looking_at_a_link_does_not_use_it_up(desk: Desk, stranger: Browser) -> None:
    """A preview of the link leaves it good; pressing the button uses it, once."""
    link = desk.link(desk.reviewer())
    for _ in range(3):
        assert stranger.get(link).status_code == 200
    assert stranger.send(link).location == "/review/"
    assert stranger.get("/review/").status_code == 200
    again = stranger.send(link)
    assert again.status_code == 410
    assert "does not work any more" in again.text


def test_an_expired_link_says_so(desk: Desk, stranger: Browser) -> None:
    """After its lifetime a link is refused with a page that says what to do."""
    link = desk.link(desk.reviewer())
    desk.clock.forward(days=2)
    assert stranger.send(link).status_code == 410
    assert stranger.get("/review/").status_code == 303


def test_name_and_password_sign_in(desk: Desk, stranger: Browser) -> None:
    """The right pair leads to the page that was asked for."""
    desk.reviewer("anna", "six blue lanterns")
    answer = stranger.send(
        "/review/sign-in?next=/review/?order=oldest",
        "/review/sign-in",
        name="Anna",
        password="six blue lanterns",
        next="/review/?order=oldest",
    )
    assert answer.location == "/review/?order=oldest"
    assert stranger.get("/review/").status_code == 200


@pytest.mark.parametrize("name", ["anna", "nobody", ""])
def test_a_wrong_password_and_an_unknown_name_answer_alike(
    desk: Desk, stranger: Browser, name: str
) -> None:
    """The answer does not tell which names exist."""
    desk.reviewer("anna", "six blue lanterns")
    answer = stranger.send("/review/sign-in", name=name, password="wrong")
    assert answer.status_code == 401
    assert "Name and password do not belong together." in answer.text


def test_too_many_wrong_passwords_lock_a_name_for_a_while(desk: Desk, stranger: Browser) -> None:
    """Even the right password waits then; time and the one-time link help."""
    id = desk.reviewer("locked", "six blue lanterns")
    for _ in range(5):
        stranger.send("/review/sign-in", name="locked", password="wrong")
    right = {"name": "locked", "password": "six blue lanterns"}
    refused = stranger.send("/review/sign-in", **right)
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0
    assert stranger.send(desk.link(id)).status_code == 303
    stranger.send("/review/", "/review/sign-out")
    desk.clock.forward(minutes=16)
    assert stranger.send("/review/sign-in", **right).status_code == 303
    throttle.succeeded("locked")


def test_sign_out_needs_a_post_and_ends_the_session(anna: Browser) -> None:
    """A link cannot sign anybody out; the button does."""
    assert anna.get("/review/sign-out").status_code == 404
    assert anna.get("/review/").status_code == 200
    anna.send("/review/", "/review/sign-out")
    assert anna.get("/review/").status_code == 303


def test_sign_out_ends_every_session_even_a_stolen_one(
    app: Flask, desk: Desk, anna: Browser
) -> None:
    """A copied cookie and another device are out with the button; a colleague stays in."""
    thief, phone = Browser(app), Browser(app)
    cookie = anna.client.get_cookie("review_session", path="/review")
    assert cookie
    thief.client.set_cookie("review_session", cookie.value, path="/review")
    (reviewer,) = desk.store.accounts.reviewers()
    phone.send(desk.link(reviewer.id))
    ben = signed_in(app, desk, "ben")
    for browser in (thief, phone, ben):
        assert browser.get("/review/").status_code == 200
    assert "Sign out everywhere" in anna.get("/review/").text
    left = anna.send("/review/", "/review/sign-out")
    said = "You are signed out, here and on every other device."
    assert said in anna.get(left.location).text
    assert said not in anna.get(left.location).text
    for browser in (thief, phone):
        assert browser.get("/review/").status_code == 303
    assert ben.get("/review/").status_code == 200


def test_who_signs_in_again_at_the_same_moment_is_in(desk: Desk, anna: Browser) -> None:
    """The clock stands between sign-out and sign-in here, and nothing depends on its ticks."""
    (reviewer,) = desk.store.accounts.reviewers()
    anna.send("/review/", "/review/sign-out")
    assert anna.send(desk.link(reviewer.id)).location == "/review/"
    assert anna.get("/review/").status_code == 200


def test_a_forged_next_is_ignored(desk: Desk, stranger: Browser) -> None:
    """A link to the sign-in page cannot send a moderator elsewhere."""
    desk.reviewer("anna", "six blue lanterns")
    answer = stranger.send(
        "/review/sign-in", name="anna", password="six blue lanterns", next="//evil.example"
    )
    assert answer.location == "/review/"


def test_a_fresh_link_lets_a_reviewer_set_a_password(desk: Desk, anna: Browser) -> None:
    """Who came by link sets a password without an old one, and can sign in with it."""
    page = anna.get("/review/password").text
    assert 'name="old"' not in page
    answer = anna.send("/review/password", new="six blue lanterns", again="six blue lanterns")
    assert answer.status_code == 200
    anna.send("/review/", "/review/sign-out")
    answer = anna.send("/review/sign-in", name="anna", password="six blue lanterns")
    assert answer.status_code == 303


def test_a_new_password_ends_every_other_session(app: Flask, desk: Desk, anna: Browser) -> None:
    """Who set it goes on working; a second device, signed in at the same moment, is out."""
    (reviewer,) = desk.store.accounts.reviewers()
    other = Browser(app)
    other.send(desk.link(reviewer.id))
    assert other.get("/review/").status_code == 200
    answer = anna.send("/review/password", new="six blue lanterns", again="six blue lanterns")
    assert "You were signed out everywhere but here." in answer.text
    assert anna.get("/review/").status_code == 200
    assert other.get("/review/").status_code == 303


def test_later_the_old_password_is_asked_for(desk: Desk, stranger: Browser) -> None:
    """An unattended screen is not enough to take an account over."""
    desk.reviewer("anna", "six blue lanterns")
    stranger.send("/review/sign-in", name="anna", password="six blue lanterns")
    new = {"new": "seven red lanterns", "again": "seven red lanterns"}
    refused = stranger.send("/review/password", **new, old="wrong")
    assert refused.status_code == 422
    assert "The old password is wrong." in refused.text
    assert stranger.send("/review/password", **new, old="six blue lanterns").status_code == 200
    throttle.succeeded("anna")


@pytest.mark.parametrize(
    ("new", "again", "said"),
    [
        ("short", "short", "at least 12"),
        ("six blue lanterns", "six blue lantern", "not the same"),
        ("x" * 1001, "x" * 1001, "at most"),
    ],
)
def test_a_poor_password_is_refused_in_words(
    anna: Browser, new: str, again: str, said: str
) -> None:
    """What is wrong with the new password is said."""
    answer = anna.send("/review/password", new=new, again=again)
    assert answer.status_code == 422
    assert said in answer.text
