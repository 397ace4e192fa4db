"""
The blueprint and its safety: who may enter, signed sessions, CSRF tokens, headers, error pages.

Shows no comment and settles nothing; the API is untouched by anything here.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from pathlib import Path
from typing import cast
from urllib.parse import unquote, urlsplit

from flask import (
    Blueprint,
    Flask,
    Request,
    Response,
    g,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.blueprints import BlueprintSetupState
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError, CSRFProtect  # type: ignore[import-untyped]
from werkzeug.exceptions import HTTPException

from moderation.errors import CaseConflict, InputError, ModerationError, NotFound, StoreError
from moderation.store import Reviewer
from moderation.web.logs import log_failure
from moderation.web.review import marks, words
from moderation.web.rooms import rooms

__all__ = [
    "SESSION_LIFETIME",
    "bp",
    "own_path",
    "page",
    "reviewer",
    "sign_in_as",
    "with_requests",
]

SESSION_LIFETIME = timedelta(hours=12)
"""How long a sign-in lasts, however busy the moderator is: one long shift."""

_WEB = Path(__file__).parent.parent

bp = Blueprint(
    "review",
    __name__,
    url_prefix="/review",
    template_folder=str(_WEB / "templates"),
    static_folder=str(_WEB / "static" / "review"),
    static_url_path="/static",
)

# Everything else needs a signed-in reviewer; a new page is closed until it is named here.
_OPEN = frozenset({"review.static", "review.sign_in", "review.sign_in_by_link"})

_CONTENT_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)

_HEADERS = {
    "Content-Security-Policy": _CONTENT_POLICY,
    "X-Content-Type-Options": "nosniff",
    # Not "no-referrer": over https the CSRF check wants to see that a form came from here.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "X-Robots-Tag": "noindex, nofollow",
}

_csrf = CSRFProtect()

# The status of each error of the other rooms, most special first, with the page's heading.
_ERRORS: tuple[tuple[type[ModerationError], int, str], ...] = (
    (CaseConflict, 409, "This case changed meanwhile"),
    (NotFound, 404, "There is no such comment"),
    (InputError, 400, "This cannot be read"),
    (StoreError, 503, "The store does not answer"),
)


class ReviewSessions(SecureCookieSessionInterface):
    """Signed cookie sessions that exist under the blueprint's prefix only; the API has none."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """Read the session of a review page; give None, which is no session, for anything else."""
        prefix = bp.url_prefix or ""
        if request.path != prefix and not request.path.startswith(f"{prefix}/"):
            return None
        return super().open_session(app, request)

    def get_cookie_path(self, app: Flask) -> str:
        """Keep the cookie away from every other path."""
        return f"{app.config['APPLICATION_ROOT'].rstrip('/')}{bp.url_prefix}"

    def get_cookie_secure(self, app: Flask) -> bool:
        """Send the cookie over https only wherever the service is reached by https."""
        return request.is_secure or (rooms().config.public_url or "").startswith("https:")


@bp.record_once
def _install(state: BlueprintSetupState) -> None:
    app = cast(Flask, state.app)
    app.session_interface = ReviewSessions()
    app.config.update(
        SESSION_COOKIE_NAME="review_session",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=SESSION_LIFETIME,
        SESSION_REFRESH_EACH_REQUEST=False,
        # The API carries its key in a header and needs no token; `_check_token` covers this room.
        WTF_CSRF_CHECK_DEFAULT=False,
        # A token is good as long as its session: pages stay open for hours on a quiet day.
        WTF_CSRF_TIME_LIMIT=None,
    )
    _csrf.init_app(app)
    for name, function in {**words.FILTERS, **marks.FILTERS}.items():
        app.jinja_env.filters[name] = function


@bp.before_request
def _check_token() -> None:
    _csrf.protect()


@bp.before_request
def _check_reviewer() -> ResponseReturnValue | None:
    if request.endpoint in _OPEN:
        return None
    found = _signed_in()
    if found is None:
        session.clear()
        back = request.full_path.rstrip("?") if request.method == "GET" else None
        return redirect(url_for("review.sign_in", next=back), 303)
    g.reviewer = found
    return None


@bp.after_request
def _add_headers(response: Response) -> Response:
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    if request.endpoint != "review.static":
        response.headers["Cache-Control"] = "no-store"
    return response


@bp.errorhandler(CSRFError)
def _refuse_token(error: CSRFError) -> ResponseReturnValue:
    return page(
        "message.html",
        400,
        heading="This form is too old",
        sentences=(
            "Nothing was changed.",
            "You were signed out or in again since it was opened, or your browser blocks cookies.",
            "Go back, reload the page and try again.",
        ),
    )


@bp.errorhandler(ModerationError)
def _show_error(error: ModerationError) -> ResponseReturnValue:
    for kind, status, heading in _ERRORS:
        if isinstance(error, kind):
            # The store's own words may name hosts and tables, which help no moderator.
            said = "Nothing was lost. Try again." if kind is StoreError else str(error)
            if status >= 500:
                log_failure("request failed", error)
            return page("message.html", status, heading=heading, sentences=(said,))
    return _show_bug(error)


@bp.errorhandler(HTTPException)
def _show_http_error(error: HTTPException) -> ResponseReturnValue:
    if error.code is None or error.code < 400:
        return error
    heading = "There is no such page" if error.code == 404 else error.name
    shown = page("message.html", error.code, heading=heading, sentences=(error.description or "",))
    for name, value in error.get_headers():
        if name.lower() not in {"content-type", "content-length"}:
            shown.headers[name] = value
    return shown


@bp.errorhandler(Exception)
def _show_bug(error: Exception) -> ResponseReturnValue:
    log_failure("request broke", error)
    said = "It has been logged. Go back and try again, or tell whoever runs this service."
    return page("message.html", 500, heading="Something went wrong here", sentences=(said,))


@bp.route("/<path:rest>", methods=("GET", "POST"))
def _unknown(rest: str) -> ResponseReturnValue:
    return page(
        "message.html",
        404,
        heading="There is no such page",
        sentences=("The address may be mistyped.",),
    )


def page(template: str, status: int = 200, **context: object) -> Response:
    """Render one of the room's templates, with who is signed in and the time."""
    html = render_template(f"review/{template}", me=g.get("reviewer"), now=rooms().now(), **context)
    return make_response(html, status)


def with_requests(shown: Response) -> Response:
    """Let the scripts of this one page send requests to us; those of other pages may send none."""
    shown.headers["Content-Security-Policy"] = f"{_CONTENT_POLICY}; connect-src 'self'"
    return shown


def reviewer() -> Reviewer:
    """Give who is signed in; only for pages that are not open to everybody."""
    return cast(Reviewer, g.reviewer)


def sign_in_as(found: Reviewer, *, by: str) -> None:
    """
    Start a new session, with a new id and CSRF token, so that none planted before can be used.

    Args:
        by: ``link`` or ``password``.
    """
    session.clear()
    session.permanent = True
    session["id"] = secrets.token_urlsafe(16)
    session["reviewer"] = found.id
    session["by"] = by
    session["signed_in_at"] = rooms().now().isoformat()
    session["version"] = found.session_version


def own_path(target: str | None) -> str | None:
    """Give `target` when it is a path of the review pages, else None: no redirect leaves them."""
    if not target or "\\" in target or any(ord(character) < 33 for character in target):
        return None
    parts = urlsplit(target)
    prefix = bp.url_prefix or ""
    if parts.scheme or parts.netloc or target.startswith("//"):
        return None
    inside = parts.path == prefix or parts.path.startswith(f"{prefix}/")
    # Browsers read %2e%2e as two dots.
    return target if inside and ".." not in unquote(parts.path).split("/") else None


def _signed_in() -> Reviewer | None:
    id, at = session.get("reviewer"), session.get("signed_in_at")
    if not isinstance(id, str) or not isinstance(at, str):
        return None
    if rooms().now() - datetime.fromisoformat(at) > SESSION_LIFETIME:
        return None
    # Asked of the store each time: whoever was removed or signed out everywhere is out at once.
    found = rooms().store.accounts.reviewer(id)
    # A session from before versions were counted has none, and began under the first.
    if found is None or session.get("version", 0) != found.session_version:
        return None
    return found
