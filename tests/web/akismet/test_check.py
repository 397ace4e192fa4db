"""What comment-check tells, keeps and takes."""

from __future__ import annotations

from pathlib import Path

import pytest

from moderation.terms import Author, Status, VerdictAction
from tests.budgeting import evidence, write_card
from tests.fakes import NOON, Service, make_service
from tests.settling import settle
from tests.web.akismet.asking import (
    BLOG,
    KEY,
    TEXT,
    THANKS,
    all_comments,
    assert_plain,
    assert_trouble,
    call,
    check,
    stored,
)


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
        "[thresholds.spam]\nhold = 0.6\nreject = 0.6\n"
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
