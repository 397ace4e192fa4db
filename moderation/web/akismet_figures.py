"""
Figures in the shapes that Akismet's clients expect: usage, sites of a key, statistics.

Pure but for the tallies it is given; knows no store and no request.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from moderation.errors import InputError
from moderation.store import Tally
from moderation.terms import Key
from moderation.web.akismet_forms import Fields

__all__ = [
    "SitesAsked",
    "bounds_of",
    "month_of",
    "read_sites_asked",
    "sites_csv",
    "sites_json",
    "stats",
    "subscription",
    "usage",
]

_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")
_ORDERS = ("total", "spam", "ham", "missed_spam", "false_positives")
_MOST_SITES = 500
_MOST_MONTHS = 600
_SECONDS_SAVED = 10
# What one comment that a person need not read saves: our guess; Akismet does not say what its is.


@dataclass(frozen=True, slots=True)
class SitesAsked:
    """
    Which sites of a key are asked for.

    Attributes:
        month: ``YYYY-MM``; `start` and `end` (excluded) are its bounds.
        filter: part of a site's address, lower case; "" is every site.
    """

    month: str
    start: datetime
    end: datetime
    filter: str
    order: str
    limit: int
    offset: int


def month_of(moment: datetime, months_later: int = 0) -> datetime:
    """Give the first moment of a moment's month, UTC, or of one so many months later."""
    month = moment.year * 12 + moment.month - 1 + months_later
    return datetime(month // 12, month % 12 + 1, 1, tzinfo=UTC)


def bounds_of(span: str, now: datetime, first: datetime | None) -> list[tuple[str, datetime]]:
    """
    Give the stretches a statistic is broken down into, and where each begins.

    Args:
        span: ``60-days``, ``6-months`` or ``all``; anything else counts as the first.
        first: when the first reply of the site was given.

    Returns:
        Name and start of each, oldest first, and at the end a nameless one that is yet to come.
    """
    if span in ("6-months", "all"):
        months = 6
        if span == "all":
            since = first or now
            months = (now.year - since.year) * 12 + now.month - since.month + 1
        starts = [month_of(now, at) for at in range(1 - min(max(months, 1), _MOST_MONTHS), 1)]
        named = [(f"{start:%Y-%m}", start) for start in starts]
        return [*named, ("", month_of(now, 1))]
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    days = [today - timedelta(days=ago) for ago in range(59, -1, -1)]
    return [*((f"{day:%Y-%m-%d}", day) for day in days), ("", today + timedelta(days=1))]


def stats(named: Sequence[tuple[str, Tally]]) -> dict[str, Any]:
    """Give what ``get-stats`` answers of the tallies of its stretches."""
    every = Tally(
        spam=sum(tally.spam for _, tally in named),
        ham=sum(tally.ham for _, tally in named),
        missed_spam=sum(tally.missed_spam for _, tally in named),
        false_positives=sum(tally.false_positives for _, tally in named),
    )
    wrong = every.missed_spam + every.false_positives
    accuracy = 100.0 * (1 - wrong / every.total) if every.total else 100.0
    return {
        **_counts(every),
        "accuracy": f"{accuracy:.2f}",
        "time_saved": every.spam * _SECONDS_SAVED,
        "breakdown": {name: _counts(tally) for name, tally in named if tally.total},
    }


def usage(month: Tally, *, extended: bool) -> dict[str, Any]:
    """Give what ``usage-limit`` answers; there is no limit by month here."""
    answer: dict[str, Any] = {
        "limit": "none",
        "usage": month.total,
        "percentage": "0.00",
        "throttled": False,
    }
    return {**answer, "notice_level": None, "upgrade": False} if extended else answer


def subscription(key: Key) -> dict[str, Any]:
    """Give what ``get-subscription`` answers: a plan without bills and limits."""
    return {
        "account_id": int(key.id[-8:], 16),
        "account_name": key.name,
        "account_type": "self-hosted",
        "status": "active",
        # Falsy, so that WordPress shows no date.
        "next_billing_date": 0,
        "limit_reached": False,
    }


def read_sites_asked(fields: Fields, now: datetime) -> SitesAsked:
    """
    Read which sites are asked for.

    Raises:
        InputError: a parameter is none of those documented; `field` names it.
    """
    month = fields.get("month", "").strip() or f"{now:%Y-%m}"
    if not (found := _MONTH.fullmatch(month)) or int(found[1]) < 1:
        raise InputError("must be a month such as 2026-03", field="month")
    start = datetime(int(found[1]), int(found[2]), 1, tzinfo=UTC)
    order = fields.get("order", "").strip() or _ORDERS[0]
    if order not in _ORDERS:
        raise InputError(f"must be one of {', '.join(_ORDERS)}", field="order")
    end = month_of(start, 1) if start.year < 9999 else now
    return SitesAsked(
        month=month,
        start=start,
        end=end,
        filter=fields.get("filter", "").strip().lower(),
        order=order,
        limit=_number(fields, "limit", _MOST_SITES),
        offset=_number(fields, "offset", 0),
    )


def sites_json(asked: SitesAsked, found: Sequence[tuple[str, Tally]]) -> dict[str, Any]:
    """Give what ``key-sites`` answers in JSON; counts are text there."""
    listed, total = _listed(asked, found)
    rows = [
        {
            "site": site,
            "api_calls": str(tally.total),
            "spam": str(tally.spam),
            "ham": str(tally.ham),
            "missed_spam": str(tally.missed_spam),
            "false_positives": str(tally.false_positives),
            "is_revoked": False,
        }
        for site, tally in listed
    ]
    return {asked.month: rows, "limit": asked.limit, "offset": asked.offset, "total": total}


def sites_csv(asked: SitesAsked, found: Sequence[tuple[str, Tally]], secret: str) -> str:
    """
    Give what ``key-sites`` answers in CSV.

    Args:
        secret: the key as the client sent it, which the first line repeats.
    """
    listed, total = _listed(asked, found)
    written = io.StringIO()
    lines = csv.writer(written, lineterminator="\n")
    written.write(
        f"Active sites for {secret} during {asked.month}"
        f" (limit:{asked.limit}, offset: {asked.offset}, total: {total})\n"
        "Site,Total API Calls,Spam,Ham,Missed Spam,False Positives,Is Revoked\n"
    )
    for site, tally in listed:
        counts = (tally.total, tally.spam, tally.ham, tally.missed_spam, tally.false_positives)
        # A client named the site: what a spreadsheet takes for a formula must not begin the cell.
        lines.writerow((f"'{site}" if site[:1] in "=+-@" else site, *counts, "false"))
    return written.getvalue().rstrip("\n")


def _counts(tally: Tally) -> dict[str, int]:
    return {
        "spam": tally.spam,
        "ham": tally.ham,
        "missed_spam": tally.missed_spam,
        "false_positives": tally.false_positives,
    }


def _listed(
    asked: SitesAsked, found: Sequence[tuple[str, Tally]]
) -> tuple[list[tuple[str, Tally]], int]:
    """Give the part of the sites that is asked for, the largest first, and how many there are."""
    fitting = [each for each in found if asked.filter in each[0].lower()]
    fitting.sort(key=lambda each: (-int(getattr(each[1], asked.order)), each[0]))
    return fitting[asked.offset : asked.offset + asked.limit], len(fitting)


def _number(fields: Fields, name: str, otherwise: int) -> int:
    given = fields.get(name, "").strip()
    if not given:
        return otherwise
    if not (given.isascii() and given.isdecimal() and len(given) <= 9):
        raise InputError("must be a whole number", field=name)
    return int(given)
