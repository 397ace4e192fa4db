"""
Coming and going: sign-in by one-time link or password, sign-out, setting one's own password.

Reads accounts only; shows no comment.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import redirect, request, session, url_for
from flask.typing import ResponseReturnValue

from moderation.web.review.guard import bp, own_path, page, reviewer, sign_in_as
from moderation.web.review.throttle import Throttle
from moderation.web.rooms import rooms

__all__ = ["LEAST_PASSWORD_CHARS", "throttle"]

LEAST_PASSWORD_CHARS = 12
_MOST_PASSWORD_CHARS = 1000

# A sign-in by link this fresh proves who it is; after it, a new password needs the old one.
_FRESH_LINK = timedelta(minutes=15)

throttle = Throttle()
"""Wrong passwords of this process; see `Throttle` for why it is not in the store."""


@bp.route("/sign-in", methods=("GET", "POST"))
def sign_in() -> ResponseReturnValue:
    """Show the form for name and password, or take it; ``next`` leads to review pages only."""
    target = own_path(request.values.get("next"))
    if request.method == "GET":
        return page("sign_in.html", next=target, signed_out=session.pop("signed_out", False))
    name = request.form.get("name", "").strip()
    password = request.form.get("password", "")
    now = rooms().now()
    wait = throttle.wait_seconds(name, now)
    if wait:
        said = f"Too many wrong passwords for this name. Try again in {-(-wait // 60)} min."
        shown = page("sign_in.html", 429, next=target, name=name, problem=said)
        shown.headers["Retry-After"] = str(wait)
        return shown
    usable = bool(name and password) and len(password) <= _MOST_PASSWORD_CHARS
    found = rooms().store.accounts.reviewer_by_password(name, password) if usable else None
    if found is None:
        throttle.failed(name, now)
        said = "Name and password do not belong together."
        return page("sign_in.html", 401, next=target, name=name, problem=said)
    throttle.succeeded(name)
    sign_in_as(found, by="password")
    return redirect(target or url_for("review.queue"), 303)


@bp.route("/sign-in/<token>", methods=("GET", "POST"))
def sign_in_by_link(token: str) -> ResponseReturnValue:
    """Show a button; only pressing it uses the link, so that link previews do not burn it."""
    if request.method == "GET":
        return page("sign_in_link.html", token=token)
    found = rooms().store.accounts.use_sign_in_link(token, now=rooms().now())
    if found is None:
        return page(
            "message.html",
            410,
            heading="This link does not work any more",
            sentences=(
                "A sign-in link works once and for a limited time.",
                "Ask for a new one, or sign in with your name and password.",
            ),
            link=("Sign in with a password", url_for("review.sign_in")),
        )
    sign_in_as(found, by="link")
    return redirect(url_for("review.queue"), 303)


@bp.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    """End every session of the reviewer: a copy of the cookie would otherwise outlive this one."""
    actor = f"reviewer:{reviewer().id}"
    rooms().store.accounts.end_sessions(reviewer().id, actor=actor, now=rooms().now())
    session.clear()
    session["signed_out"] = True
    return redirect(url_for("review.sign_in"), 303)


@bp.route("/password", methods=("GET", "POST"))
def password() -> ResponseReturnValue:
    """Let a reviewer set their own password; the old one is asked for unless a link is fresh."""
    asks_old = reviewer().has_password and not _came_by_fresh_link()
    if request.method == "GET":
        return page("password.html", asks_old=asks_old, least=LEAST_PASSWORD_CHARS)
    new = request.form.get("new", "")
    problem = _password_problem(new, request.form.get("again", ""), asks_old=asks_old)
    if problem:
        return page(
            "password.html", 422, asks_old=asks_old, least=LEAST_PASSWORD_CHARS, problem=problem
        )
    changed = rooms().store.accounts.set_password(reviewer().id, new, now=rooms().now())
    sign_in_as(changed, by="password")
    return page(
        "message.html",
        heading="Your password is set",
        sentences=(
            f"From now on you can sign in as “{changed.name}” with it.",
            "You were signed out everywhere but here.",
        ),
        link=("To the queue", url_for("review.queue")),
    )


def _came_by_fresh_link() -> bool:
    signed_in_at = datetime.fromisoformat(session["signed_in_at"])
    return session.get("by") == "link" and rooms().now() - signed_in_at <= _FRESH_LINK


def _password_problem(new: str, again: str, *, asks_old: bool) -> str | None:
    name, now = reviewer().name, rooms().now()
    if len(new) < LEAST_PASSWORD_CHARS:
        return f"The new password needs at least {LEAST_PASSWORD_CHARS} characters."
    if len(new) > _MOST_PASSWORD_CHARS:
        return f"The new password may have at most {_MOST_PASSWORD_CHARS} characters."
    if new != again:
        return "The two new passwords are not the same."
    if new.casefold() == name.casefold():
        return "The new password must not be your name."
    if not asks_old:
        return None
    if throttle.wait_seconds(name, now):
        return "Too many wrong passwords. Ask for a sign-in link, or try again later."
    if rooms().store.accounts.reviewer_by_password(name, request.form.get("old", "")) is None:
        throttle.failed(name, now)
        return "The old password is wrong."
    return None
