"""Statistics, usage, sites and the subscription."""

from __future__ import annotations

import pytest

from tests.fakes import Service
from tests.web.akismet.asking import (
    BLOG,
    KEY,
    SCORES_KEY,
    TEXT,
    assert_trouble,
    call,
    check,
)


def test_statistics_are_the_stores(site: Service) -> None:
    """Checks, spam and mistakes of the blog, by day or month, as the store counted them."""
    for spam in (0.02, 0.02, 0.99):
        check(site, spam=spam, comment_content=f"{TEXT} {site.clock()}")
    missed = check(site, comment_content="This one was missed")
    call(site, "submit-spam", guid=missed.headers["X-akismet-guid"])
    check(site, blog="https://other.example/", comment_content="Elsewhere")
    site.clock.forward(days=40)
    check(site, comment_content="Forty days later")
    expected = {"spam": 1, "ham": 4, "missed_spam": 1, "false_positives": 0}
    for span, periods in (
        ("60-days", {"2026-03-01": 4, "2026-04-10": 1}),
        ("6-months", {"2026-03": 4, "2026-04": 1}),
        ("all", {"2026-03": 4, "2026-04": 1}),
        ("", {"2026-03-01": 4, "2026-04-10": 1}),
    ):
        got = call(site, "get-stats", **{"from": span}).json
        assert {name: got[name] for name in expected} == expected
        assert got["accuracy"] == "80.00"
        assert isinstance(got["time_saved"], int)
        assert {name: v["spam"] + v["ham"] for name, v in got["breakdown"].items()} == periods
    nowhere = call(site, "get-stats", blog="https://nowhere.example/").json
    assert (nowhere["spam"], nowhere["accuracy"], nowhere["breakdown"]) == (0, "100.00", {})


def test_usage_counts_the_keys_checks_of_this_month(site: Service) -> None:
    """There is no limit; GET and POST alike."""
    check(site)
    check(site, key=SCORES_KEY)
    got = call(site, "usage-limit")
    assert got.content_type == "application/json"
    assert got.json == {"limit": "none", "usage": 1, "percentage": "0.00", "throttled": False}
    asked = site.client.get(f"/1.2/usage-limit?api_key={KEY}&extended=true").json
    assert asked == {**got.json, "notice_level": None, "upgrade": False}
    site.clock.forward(days=40)
    assert call(site, "usage-limit").json["usage"] == 0


def test_sites_of_a_key_in_json(site: Service) -> None:
    """Counts are text, the largest first, in the month asked for, by GET and POST."""
    for number in range(3):
        check(site, comment_content=f"{TEXT} {number}")
    check(site, blog="https://Other.example/", spam=0.99, comment_content="Buy now")
    got = call(site, "key-sites", month="2026-03").json
    assert list(got) == ["2026-03", "limit", "offset", "total"]
    assert got["2026-03"][0] == {
        "site": "blog.example",
        "api_calls": "3",
        "spam": "0",
        "ham": "3",
        "missed_spam": "0",
        "false_positives": "0",
        "is_revoked": False,
    }
    assert (got["limit"], got["offset"], got["total"]) == (500, 0, 2)
    for query, sites in (
        ("order=spam", ["other.example", "blog.example"]),
        ("limit=1&offset=1", ["other.example"]),
        ("filter=OTHER", ["other.example"]),
        ("month=2025-12", []),
    ):
        answer = site.client.get(f"/1.2/key-sites?api_key={KEY}&{query}").json
        (rows,) = [value for value in answer.values() if isinstance(value, list)]
        assert [row["site"] for row in rows] == sites, query


def test_sites_of_a_key_in_csv(site: Service) -> None:
    """The first two lines are exact; what would be a formula is none."""
    check(site)
    check(site, blog="=1+1", comment_content="Buy")
    got = site.client.get(f"/1.2/key-sites?api_key={KEY}&format=csv&limit=10")
    assert got.text.split("\n") == [
        f"Active sites for {KEY} during 2026-03 (limit:10, offset: 0, total: 2)",
        "Site,Total API Calls,Spam,Ham,Missed Spam,False Positives,Is Revoked",
        "'=1+1,1,0,1,0,0,false",
        "blog.example,1,0,1,0,0,false",
    ]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("month=2026-13", "month"),
        ("month=March", "month"),
        ("month=0000-01", "month"),
        ("order=size", "order"),
        ("limit=-1", "limit"),
        ("limit=x", "limit"),
        ("offset=99999999999999999999", "offset"),
    ],
)
def test_a_wrong_parameter_of_sites_is_named(site: Service, query: str, field: str) -> None:
    """In the protocol's manner: a sentence, with status 200."""
    answer = site.client.get(f"/1.2/key-sites?api_key={KEY}&{query}")
    assert answer.text.startswith(f"{field} must be")
    assert_trouble(answer, answer.text)
    last = site.client.get(f"/1.2/key-sites?api_key={KEY}&month=9999-12")
    assert last.json["total"] == 0


def test_a_subscription_is_active(site: Service) -> None:
    """WordPress calls the key invalid when this is no JSON; no limit is ever reached."""
    got = call(site, "get-subscription", key=None, **{"api_key": None}).text
    assert got == "invalid"
    answer = site.client.post("/1.1/get-subscription", data={"key": KEY, "blog": BLOG}).json
    assert (answer["status"], answer["limit_reached"]) == ("active", False)
    assert isinstance(answer["account_id"], int)
    assert answer["account_type"]
    assert answer["account_name"] == "blog 0"
    assert answer["next_billing_date"] == 0


def test_a_token_is_one_opaque_word(site: Service) -> None:
    """It does not hold the key."""
    word = call(site, "token").text
    assert word.isalnum()
    assert KEY not in word
