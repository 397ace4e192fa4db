"""
What the script of an open case sends: a lease renewed, or given back on leaving.

Takes and gives by the desk; shows no page. Without the script a lease lasts as long as one does.
"""

from __future__ import annotations

from datetime import datetime

from flask import request
from flask.typing import ResponseReturnValue

from moderation.desk.leases import give_back, lease
from moderation.errors import InputError
from moderation.web.review.guard import bp, reviewer
from moderation.web.rooms import rooms

__all__ = ["end_lease", "renew_lease"]


@bp.post("/cases/<case_id>/lease")
def renew_lease(case_id: str) -> ResponseReturnValue:
    """
    Renew the lease of a case and say until when it runs now, as text.

    Raises:
        NotFound: there is no such case.
        CaseConflict: it is settled, or another moderator has it now.
    """
    case = lease(rooms().store, case_id, reviewer_id=reviewer().id, now=rooms().now())
    until = case.leased_until.isoformat() if case.leased_until else ""
    return until, {"Content-Type": "text/plain; charset=utf-8"}


@bp.post("/cases/<case_id>/release")
def end_lease(case_id: str) -> ResponseReturnValue:
    """
    Give back the lease that the page left last knew of; one renewed by another page stays.

    Raises:
        InputError: the form does not say which lease is meant.
    """
    try:
        until = datetime.fromisoformat(request.form.get("until", ""))
    except ValueError:
        raise InputError("must be a moment", field="until") from None
    if until.tzinfo is None:
        raise InputError("must have a time zone", field="until")
    give_back(rooms().store, case_id, reviewer_id=reviewer().id, leased_until=until)
    return "", 204
