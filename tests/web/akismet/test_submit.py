"""What sites say of comments afterwards."""

from __future__ import annotations

import pytest

from moderation.terms import CaseKind, Status, VerdictLabel
from tests.fakes import Service
from tests.web.akismet.asking import (
    KEY,
    SCORES_KEY,
    TEXT,
    THANKS,
    all_comments,
    assert_plain,
    call,
    check,
    stored,
)


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
