"""The Akismet protocol, byte by byte, as its clients read it."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import TestResponse

from moderation.errors import StoreError
from moderation.store import StoredComment
from moderation.terms import Author, CaseKind, Scope, Status, VerdictAction, VerdictLabel
from moderation.web.akismet import callback_body
from tests.budgeting import evidence, write_card
from tests.fakes import NOON, Service, make_service
from tests.settling import settle

KEY, SCORES_KEY = "0123456789ab", "feedfeedfeed"
BLOG = "https://blog.example/"
THANKS = "Thanks for making the web a better place."
TEXT = "My street was closed for a year, and the shops went one by one."


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Service]:
    """Give a service with a `moderate` key and a `score` key in the form that clients ask for."""
    made = make_service(tmp_path)
    for secret, scopes in ((KEY, {Scope.SCORE, Scope.MODERATE}), (SCORES_KEY, {Scope.SCORE})):
        made.rooms.store.accounts.add_key(
            name=f"blog {secret[0]}", scopes=scopes, secret=secret, now=NOON
        )
    yield made
    made.rooms.store.close()
    made.app.extensions["moderation.limits"].close()


def call(site: Service, name: str, key: str | None = KEY, **fields: Any) -> TestResponse:
    """Send a call as a form; `key` goes into `api_key`."""
    fields = {"blog": BLOG, "user_ip": "192.0.2.7", **fields}
    if key is not None:
        fields = {"api_key": key, **fields}
    data = {name: value for name, value in fields.items() if value is not None}
    site.clock.forward(seconds=90)
    return site.client.post(f"/1.1/{name}", data=data)


def check(site: Service, spam: float = 0.02, **fields: Any) -> TestResponse:
    """Check a comment that the model gives this score."""
    site.model.scores = {"spam": spam}
    return call(site, "comment-check", **{"comment_content": TEXT, **fields})


def stored(site: Service, answer: TestResponse) -> StoredComment:
    """Give the comment that an answer leads to."""
    return site.rooms.store.comments.get(answer.headers["X-akismet-guid"])


def all_comments(site: Service) -> list[StoredComment]:
    return list(site.rooms.store.comments.all())


# ------------------------------------------------------------------------------------ bytes


def assert_plain(answer: TestResponse, body: str, status: int = 200) -> None:
    """The very bytes, as text, with a length and without help."""
    assert (answer.status_code, answer.data) == (status, body.encode())
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.headers["Content-Length"] == str(len(body))
    assert "Transfer-Encoding" not in answer.headers
    if status == 200 and body != "invalid":
        assert not [h for h in answer.headers.keys() if "debug" in h or "alert" in h]


def assert_trouble(answer: TestResponse, body: str, status: int = 200) -> None:
    """Neither of the usual answers, with help for people."""
    assert (answer.status_code, answer.text) == (status, body)
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.headers["X-akismet-debug-help"]
    assert ("X-akismet-error" in answer.headers) == (status != 200)


@pytest.mark.parametrize("version", ["1.1", "1.2"])
@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("verify-key", "valid"),
        ("comment-check", "false"),
        ("submit-spam", THANKS),
        ("submit-ham", THANKS),
        ("deactivate", "deactivated"),
        ("test", "connected"),
    ],
)
def test_plain_answers_are_exact(site: Service, version: str, name: str, body: str) -> None:
    """No line end, not chunked, nothing of help or alerts on a success; under both versions."""
    data = {"api_key": KEY, "blog": BLOG, "user_ip": "1.2.3.4", "comment_content": TEXT}
    assert_plain(site.client.post(f"/{version}/{name}", data=data), body)


def test_the_word_of_thanks_has_41_bytes(site: Service) -> None:
    """Clients compare it whole."""
    assert len(call(site, "submit-spam", comment_content=TEXT).data) == 41


@pytest.mark.parametrize(
    "name",
    [
        "verify-key",
        "comment-check",
        "submit-spam",
        "submit-ham",
        "usage-limit",
        "key-sites",
        "get-subscription",
        "get-stats",
        "token",
        "deactivate",
    ],
)
@pytest.mark.parametrize(
    "key", [None, "", "000000000000", "0123456789a", "\x00", "ключ", "a" * 999]
)
def test_a_bad_key_is_invalid_everywhere(site: Service, name: str, key: str | None) -> None:
    """Status 200 and one word, with the reason for people; nothing is stored or learned."""
    assert_trouble(call(site, name, key, comment_content=TEXT), "invalid")
    assert all_comments(site) == []


def test_a_revoked_or_weaker_key_is_invalid(site: Service) -> None:
    """So is a key that may do other things only."""
    accounts = site.rooms.store.accounts
    other, _ = accounts.add_key(name="x", scopes={Scope.ADMIN}, secret="adadadadadad", now=NOON)
    assert_trouble(call(site, "verify-key", "adadadadadad"), "invalid")
    gone, _ = accounts.add_key(name="y", scopes={Scope.SCORE}, secret="dededededede", now=NOON)
    accounts.revoke_key(gone.id, now=NOON)
    assert_trouble(call(site, "verify-key", "dededededede"), "invalid")
    assert other.id != gone.id


# ------------------------------------------------------------------------------------- keys


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


# ---------------------------------------------------------------------------- comment-check


@pytest.mark.parametrize(
    ("scores", "status", "body"),
    [
        ({"spam": 0.02}, Status.APPROVED, "false"),
        ({"spam": 0.99}, Status.REJECTED, "true"),
        ({"toxicity": 0.99}, Status.REJECTED, "true"),
        ({"spam": 0.7}, Status.HELD, "true"),
        ({"toxicity": 0.7}, Status.HELD, "false"),
    ],
)
def test_a_decision_becomes_spam_or_not(site: Service, scores, status, body) -> None:
    """By the shipped policy; the comment is stored as decided, with a case when it is held."""
    site.model.scores = scores
    answer = call(site, "comment-check", comment_content=TEXT)
    assert_plain(answer, body)
    assert "X-akismet-pro-tip" not in answer.headers
    kept = stored(site, answer)
    assert (kept.comment.text, kept.status) == (TEXT, status)
    assert (kept.case is not None) == (status is Status.HELD)


def test_every_check_has_a_guid_of_its_own(site: Service) -> None:
    """32 hex digits; new each time, also where nothing is stored."""
    answers = [check(site), check(site), check(site, is_test="1"), check(site, comment_content="")]
    guids = {answer.headers["X-akismet-guid"] for answer in answers}
    assert len(guids) == 4
    assert all(len(guid) == 32 and int(guid, 16) for guid in guids)
    assert len(all_comments(site)) == 2


def test_blatant_spam_is_discarded_within_its_budget_only(tmp_path: Path, site: Service) -> None:
    """With labels that support the budget, the header is there; without one it never is."""
    assert "X-akismet-pro-tip" not in check(site, spam=0.9999).headers
    folder = tmp_path / "strict"
    write_card(folder, evidence=evidence(good=[0.2] * 2000, bad=[0.99] * 500 + [0.9] * 50))
    policy = folder / "policy.toml"
    policy.write_text(
        "[thresholds.spam]\nreject = 0.8\n"
        "[akismet]\ndiscard = { wrong_at_most = 0.05, sure = 0.99 }\n"
    )
    strict = make_service(folder, policy=policy)
    at = strict.rooms.budgets.in_force(strict.model.version).default.replies.discard_from
    assert at is not None
    for spam, blatant in ((0.999, True), (at, True), (at - 0.01, False)):
        answer = check(strict, spam=spam, key=strict.key, comment_content=f"{TEXT} {spam}")
        assert (answer.headers.get("X-akismet-pro-tip") == "discard") is blatant, (at, spam)
    strict.rooms.store.close()


def test_who_wrote_it_and_where_is_kept(site: Service) -> None:
    """Author, page and parent reach the comment, and the author is recognised again."""
    answer = check(
        site,
        comment_author="Ana",
        comment_author_email="ana@example.org",
        permalink="https://blog.example/tram",
        comment_type="comment",
    )
    kept = stored(site, answer).comment
    assert kept.author == Author(name="Ana", email="ana@example.org", ip="192.0.2.7")
    assert kept.permalink == "https://blog.example/tram"
    assert kept.article is not None
    assert kept.article.url == "https://blog.example/tram"
    again = stored(site, check(site, comment_author_email="ANA@example.org", user_ip="192.0.2.9"))
    assert "AUTHOR_FIRST_COMMENT" not in {signal.name for signal in again.signals}


def test_a_registered_article_is_found_by_its_permalink(site: Service) -> None:
    """So relevance is judged for WordPress too; without it nothing is held for it."""
    url = "https://blog.example/tram/?utm_source=feed"
    unknown = stored(site, check(site, permalink=url))
    assert unknown.scores.values["relevance"] is None
    site.send(
        "PUT",
        "/v1/articles/tram",
        json={"title": "Tram late", "body": "It is late.", "url": "http://blog.example/tram"},
    )
    site.model.scores = {"relevance": 0.1}
    known = stored(site, call(site, "comment-check", comment_content=TEXT, permalink=url))
    assert known.scores.values["relevance"] == 0.1
    assert known.comment.article is not None
    assert known.comment.article.body == "It is late."
    assert known.status is Status.HELD


def test_context_tells_a_moderator_and_holds_nothing(site: Service) -> None:
    """A few tags are too little to judge relevance by, so they are shown and not scored."""
    site.model.scores = {"relevance": 0.01, "toxicity": 0.7}
    fields = {"comment_context[0]": "trams", "comment_context[1]": "Lisbon", "permalink": BLOG}
    answer = call(site, "comment-check", comment_content=TEXT, **fields)
    kept = stored(site, answer)
    assert kept.scores.values["relevance"] is None
    assert answer.text == "false"
    (said,) = [r for r in kept.decision.reasons if r.code == "ARTICLE_TOPICS"]
    assert said.message == "The site says that its page is about: trams, Lisbon."
    assert said.action is None
    # Nor do they take the place of the article's own title.
    site.send("PUT", "/v1/articles/a", json={"title": "T", "body": "B", "url": BLOG})
    known = stored(site, call(site, "comment-check", comment_content=TEXT, **fields))
    assert known.comment.article is not None
    assert known.comment.article.title == "T"
    assert "ARTICLE_TOPICS" not in {reason.code for reason in known.decision.reasons}


@pytest.mark.parametrize("given", ["1", "true", "True"])
def test_a_test_leaves_no_trace(site: Service, given: str) -> None:
    """It is answered by the same policy, and neither stored, counted nor learned from."""
    assert_plain(check(site, spam=0.99, is_test=given), "true")
    assert_plain(check(site, spam=0.02, is_test=given), "false")
    assert_plain(call(site, "submit-spam", comment_content=TEXT, is_test=given), THANKS)
    assert all_comments(site) == []
    assert call(site, "usage-limit").json["usage"] == 0


@pytest.mark.parametrize("given", ["0", "false", "False", ""])
def test_what_says_it_is_no_test_is_none(site: Service, given: str) -> None:
    """Coral sends `false` with every comment."""
    check(site, is_test=given)
    assert len(all_comments(site)) == 1


@pytest.mark.parametrize(
    "fields",
    [
        {"comment_author": "viagra-test-123"},
        {"comment_author": "akismet-guaranteed-spam"},
        {"comment_author_email": "akismet-guaranteed-spam@example.com"},
        {"comment_content": "a akismet-guaranteed-spam b"},
        {"comment_author": "viagra-test-123", "user_role": "administrator"},
        {"comment_author": "viagra-test-123", "is_test": "1"},
    ],
)
def test_guaranteed_spam_is_spam(site: Service, fields: dict[str, str]) -> None:
    """Also from an administrator; it is never blatant, and nobody's comment."""
    answer = check(site, **fields)
    assert_plain(answer, "true")
    assert "X-akismet-pro-tip" not in answer.headers
    assert all_comments(site) == []


@pytest.mark.parametrize("more", [{}, {"is_test": "1"}])
def test_an_administrators_comment_is_ham(site: Service, more: dict[str, str]) -> None:
    """Whatever the model says; what it said is kept for those who want to know."""
    answer = check(site, spam=0.99, user_role="editor,administrator", **more)
    assert_plain(answer, "false")
    if not more:
        kept = stored(site, answer)
        assert kept.status is Status.APPROVED
        assert [r.code for r in kept.decision.reasons][:2] == ["AUTHOR_VOUCHED", "SPAM"]
        assert kept.case is None


def test_a_filled_trap_is_spam(site: Service) -> None:
    """The field people cannot see, under the name the request gives it."""
    fields = {"honeypot_field_name": "website2"}
    assert check(site, **fields, website2="").text == "false"
    assert check(site, **fields, website2="x").text == "true"
    assert check(site, POST_ak_hp_textarea="x").text == "true"


def test_nothing_but_an_address_is_ham(site: Service) -> None:
    """However often it comes; there is nothing to store."""
    for _ in range(12):
        assert_plain(call(site, "comment-check"), "false")
    assert all_comments(site) == []


def test_a_sign_up_without_text_is_checked_and_not_stored(site: Service) -> None:
    """There is nothing to read or to learn; a trap still counts."""
    fields = {"comment_content": "", "comment_type": "signup", "comment_author": "Ana"}
    assert check(site, **fields).text == "false"
    assert check(site, **fields, honeypot_field_name="hp", hp="x").text == "true"
    assert all_comments(site) == []


@pytest.mark.parametrize("name", ["blog", "user_ip"])
def test_a_missing_field_is_named(site: Service, name: str) -> None:
    """Neither true nor false, so that clients keep the comment; the key is not called invalid."""
    assert_trouble(check(site, **{name: None}), f"Missing required field: {name}.")
    assert all_comments(site) == []


def test_the_visitors_address_may_be_unknown(site: Service) -> None:
    """Coral sends it empty at times."""
    assert check(site, user_ip="").text == "false"
    assert_trouble(check(site, blog=" "), "Missing required field: blog.")


def test_other_names_of_fields_are_known(site: Service) -> None:
    """`comment_text` of old plugins; `content_type` of Discourse beside whatever it means."""
    answer = check(site, comment_content=None, comment_text=TEXT, content_type="forum-post")
    assert stored(site, answer).comment.text == TEXT


def test_bytes_in_the_charset_of_the_blog(site: Service) -> None:
    """ISO-8859-1 is stored as what it means."""
    body = f"api_key={KEY}&blog=x&user_ip=&blog_charset=ISO-8859-1&comment_content=Gr".encode()
    answer = site.client.post(
        "/1.1/comment-check",
        data=body + b"%FC\xdfe",
        content_type="application/x-www-form-urlencoded; charset=ISO-8859-1",
    )
    assert stored(site, answer).comment.text == "Grüße"


def test_whatever_wordpress_adds_is_taken(site: Service) -> None:
    """Headers, paths and form fields of the visitor, 10,000 of them, change nothing."""
    many = {f"POST_field_{number}": "v" * 20 for number in range(10_000)}
    many |= {"HTTP_ACCEPT": "*/*", "REQUEST_URI": "/wp-comments-post.php", "classify": "1"}
    assert_plain(check(site, **many), "false")


def test_a_recheck_is_about_the_same_comment(site: Service) -> None:
    """It is stored once, never counts as a repeat, and tells what a moderator decided since."""
    first = check(site, spam=0.7, comment_author_email="ana@example.org")
    again = check(
        site, spam=0.7, comment_author_email="ana@example.org", recheck_reason="recheck_queue"
    )
    assert again.headers["X-akismet-guid"] == first.headers["X-akismet-guid"]
    assert again.text == first.text == "true"
    settle(site.rooms.store, first.headers["X-akismet-guid"], VerdictAction.APPROVE, NOON)
    settled = check(site, spam=0.7, comment_author_email="ana@example.org", recheck_reason="retry")
    assert settled.text == "false"
    assert len(all_comments(site)) == 1
    edited = check(site, comment_content=f"{TEXT} Edited.", recheck_reason="edit")
    assert edited.text == "false"
    assert len(all_comments(site)) == 2


# ----------------------------------------------------------------------------------- submit


@pytest.mark.parametrize(
    ("name", "status", "labels"),
    [
        ("submit-spam", Status.REJECTED, (VerdictLabel.SPAM,)),
        ("submit-ham", Status.APPROVED, (VerdictLabel.NOT_SPAM,)),
    ],
)
def test_a_moderators_submission_settles_the_comment(site: Service, name, status, labels) -> None:
    """Found by its guid alone; the label is spam or not, and nothing else."""
    answer = check(site, spam=0.7)
    guid = answer.headers["X-akismet-guid"]
    assert_plain(call(site, name, guid=guid, blog=None, user_ip=None), THANKS)
    kept = stored(site, answer)
    assert (kept.status, kept.verdicts[-1].labels) == (status, labels)
    assert kept.case is not None
    assert kept.case.settled_at is not None


def test_a_submission_of_a_key_that_may_only_score_settles_nothing(site: Service) -> None:
    """A missed spam comes to a person instead, with the report beside it."""
    answer = check(site)
    assert_plain(call(site, "submit-spam", SCORES_KEY, comment_content=TEXT), THANKS)
    kept = stored(site, answer)
    assert (kept.status, kept.verdicts) == (Status.APPROVED, ())
    assert [report.labels for report in kept.reports] == [(VerdictLabel.SPAM,)]
    assert kept.case is not None
    assert kept.case.kind is CaseKind.REPORT


def test_a_submission_finds_its_comment_by_content(site: Service) -> None:
    """Clients that keep no guid send the same fields again."""
    fields = {"comment_author_email": "ana@example.org", "permalink": "https://blog.example/a"}
    first = check(site, **fields)
    other = check(site, **{**fields, "comment_author_email": "ben@example.org"})
    assert_plain(call(site, "submit-spam", comment_content=TEXT, **fields), THANKS)
    assert stored(site, first).status is Status.REJECTED
    assert stored(site, other).status is Status.APPROVED


def test_a_submission_as_json_without_blog(site: Service) -> None:
    """As Coral sends it."""
    answer = check(site)
    sent = {
        "user_ip": "",
        "comment_content": TEXT,
        "is_test": False,
        "permalink": None,
        "comment_type": "comment",
    }
    got = site.client.post("/1.1/submit-spam", json=sent, headers={"Host": f"{KEY}.rest.x"})
    assert_plain(got, THANKS)
    assert stored(site, answer).status is Status.REJECTED


def test_a_comment_never_checked_is_learned_from(site: Service) -> None:
    """It is stored with its text and without a case."""
    assert_plain(call(site, "submit-ham", comment_content="Never seen before"), THANKS)
    (kept,) = all_comments(site)
    assert (kept.comment.text, kept.status, kept.case) == (
        "Never seen before",
        Status.APPROVED,
        None,
    )


def test_a_submission_of_nothing_is_thanked_for(site: Service) -> None:
    """Without text and without a comment behind it there is nothing to do."""
    assert_plain(call(site, "submit-spam", guid="not-a-guid"), THANKS)
    assert all_comments(site) == []


# ---------------------------------------------------------------------------------- figures


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


# ----------------------------------------------------------------------------------- errors


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
def test_another_method_is_told_which_to_use(site: Service, method: str) -> None:
    """No page in HTML, but the protocol's word with the method in the help."""
    answer = site.client.open(f"/1.1/comment-check?api_key={KEY}", method=method)
    assert_trouble(answer, "invalid", 405)
    assert answer.headers["Allow"] == "POST"


@pytest.mark.parametrize(
    "path", ["/1.1/verify-wpcom-key", "/1.2/", "/1.1/x/y", "/1.1/comment-check/"]
)
def test_a_call_that_there_is_not(site: Service, path: str) -> None:
    """404, in the protocol's words where the address begins like one of its calls."""
    answer = site.client.post(path, data={"api_key": KEY})
    assert answer.status_code == 404
    assert "html" not in answer.content_type
    if path != "/1.2/":
        assert_trouble(answer, "invalid", 404)


def test_a_limit_is_kept_to(site: Service) -> None:
    """429 with the time to come back, neither true nor false."""
    site.rooms.store.accounts.add_key(
        name="slow", scopes={Scope.SCORE}, per_minute=1, secret="cafecafecafe", now=NOON
    )
    data = {"api_key": "cafecafecafe", "blog": BLOG, "user_ip": "", "comment_content": TEXT}
    assert site.client.post("/1.1/comment-check", data=data).text == "false"
    answer = site.client.post("/1.1/comment-check", data=data)
    assert_trouble(answer, "Too many requests.", 429)
    assert 1 <= int(answer.headers["Retry-After"]) <= 60


def test_a_body_that_is_too_large(tmp_path: Path) -> None:
    """413, in words and not in HTML."""
    made = make_service(tmp_path, max_body_bytes=1000)
    answer = made.client.post("/1.1/comment-check", data={"comment_content": "x" * 2000})
    assert_trouble(answer, "Request Entity Too Large.", 413)
    made.rooms.store.close()


def test_a_comment_that_is_too_long_is_neither(site: Service) -> None:
    """It is kept for the site's moderators rather than checked by half."""
    answer = check(site, comment_content="x" * (site.config.max_text_chars + 1))
    assert answer.text not in ("true", "false", "invalid")
    assert_trouble(answer, answer.text)
    assert all_comments(site) == []


def test_a_store_that_is_away_is_neither(site: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """503, so that clients come again; what broke unexpectedly looks no different."""
    check(site)

    def away(*args: object, **more: object) -> None:
        raise StoreError("disk gone: secret words")

    monkeypatch.setattr(type(site.rooms.store.comments), "add", away)
    answer = check(site)
    assert_trouble(answer, "Temporarily unavailable.", 503)
    assert "secret" not in str(answer.headers)

    def broken(*args: object, **more: object) -> None:
        raise RuntimeError("secret words")

    monkeypatch.setattr(type(site.rooms.store.comments), "add", broken)
    answer = check(site)
    assert_trouble(answer, "Temporarily unavailable.", 503)
    assert "secret" not in str(answer.headers)


def test_a_broken_model_lets_nothing_be_called_spam(site: Service) -> None:
    """The comment is held for a person, and the site is told that it is not spam."""
    site.model.broken_by = ""
    answer = check(site)
    assert_plain(answer, "false")
    assert stored(site, answer).status is Status.HELD


def test_a_callback_says_which_comment_is_what(site: Service) -> None:
    """In the parameters that WordPress reads, with the key that the client knows."""
    hook = "https://blog.example/wp-json/akismet/v1/webhook"
    answer = check(site, callback=hook)
    guid = answer.headers["X-akismet-guid"]
    call(site, "submit-spam", guid=guid)
    replies = site.rooms.store.replies
    (due,) = replies.due(site.clock(), limit=5, lease_seconds=60)
    assert due.url == hook
    assert callback_body(due) == (
        b'{"key":"0123456789ab","endpoint":"comment-check",'
        b'"comments":[{"guid":"%s","result":"true"}]}' % guid.encode()
    )


def test_without_callbacks_no_key_is_kept(tmp_path: Path) -> None:
    """A policy that wants none keeps neither address nor key."""
    policy = tmp_path / "policy.toml"
    policy.write_text("[akismet]\ncallbacks = false\n")
    made = make_service(tmp_path, policy=policy)
    data = {"blog": BLOG, "user_ip": "", "comment_content": TEXT, "callback": "https://a.example/"}
    answer = made.client.post("/1.1/comment-check", data={**data, "api_key": made.key})
    made.client.post(
        "/1.1/submit-spam",
        data={"api_key": made.key, "guid": answer.headers["X-akismet-guid"]},
    )
    assert made.rooms.store.replies.due(made.clock(), limit=5, lease_seconds=60) == []
    assert made.key.encode() not in (tmp_path / "var" / "moderation.sqlite").read_bytes()
    made.rooms.store.close()
