"""The main path: what is found out and stored, and what happens when parts break."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from moderation.classifiers.articles import article_digest
from moderation.desk.check import Checked, Desk
from moderation.errors import InputError, StoreError
from moderation.terms import (
    HEADS,
    Action,
    Article,
    Author,
    Comment,
    RelevanceKind,
    Status,
)
from tests.fakes import NOON, FixedModel, make_rooms

ARTICLE = Article(id="7", title="Bridge opens", body="The bridge opens a year late.")


class Bench:
    """A desk with all that is behind it."""

    def __init__(self, folder: Path, **settings: Any) -> None:
        self.model = FixedModel()
        self.rooms = make_rooms(folder, model=self.model, **settings)
        self.desk: Desk = self.rooms.desk
        self.store = self.rooms.store

    def broken(self, noun: str, verb: str) -> Desk:
        """Give a desk whose store fails at one verb of one noun."""
        return Desk(
            live=self.rooms.live,
            policies=self.rooms.policies,
            memory=self.rooms.memory,
            store=BrokenStore(self.store, noun, verb),  # type: ignore[arg-type]
        )


class BrokenStore:
    """A store that works but for one verb of one noun."""

    def __init__(self, store: Any, noun: str, verb: str) -> None:
        self._store, self._noun, self._verb = store, noun, verb

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._store, name)
        return BrokenNoun(found, self._verb) if name == self._noun else found


class BrokenNoun:
    """A noun of the store that works but for one verb."""

    def __init__(self, noun: Any, verb: str) -> None:
        self._whole, self._verb = noun, verb

    def __getattr__(self, name: str) -> Any:
        if name == self._verb:
            return self._fail
        return getattr(self._whole, name)

    def _fail(self, *args: object, **named: object) -> Any:
        raise StoreError("INSERT … secret words of the reader")


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    """Give a desk around a fixed model."""
    made = Bench(tmp_path)
    yield made
    made.store.close()


def comment(text: str = "The bridge is late again.", **more: Any) -> Comment:
    """Give a comment of a recognisable author."""
    return Comment(text=text, received_at=NOON, author=Author(id="reader-1"), **more)


def codes(checked: Checked) -> list[str]:
    """Give the codes of the reasons."""
    return [reason.code for reason in checked.decision.reasons]


def test_a_harmless_comment_on_topic_is_approved(bench: Bench) -> None:
    """Low scores and a fitting article lead to approval, with every head scored."""
    checked = bench.desk.check(comment(article=ARTICLE))
    assert checked.decision.action is Action.APPROVE
    assert set(checked.scores.values) == set(HEADS)
    assert checked.failed == ()


def test_checking_stores_nothing(bench: Bench) -> None:
    """A check leaves neither comment nor article behind."""
    bench.desk.check(comment(article=ARTICLE))
    assert list(bench.store.comments.all()) == []
    assert bench.store.articles.find("default", id="7") is None


def test_an_unknown_article_is_said_and_held_against_nobody(bench: Bench) -> None:
    """Without the article's text there is no relevance, a notice, and no other consequence."""
    checked = bench.desk.check(comment(article=Article(id="nobody")))
    assert checked.scores.values["relevance"] is None
    assert "ARTICLE_UNKNOWN" in codes(checked)
    assert checked.decision.action is Action.APPROVE


def test_a_language_that_nobody_measured_is_said_and_held_against_nobody(bench: Bench) -> None:
    """The scores are given all the same, with a notice of what they are worth."""
    swedish = "Jag tycker att det här är en mycket bra idé för hela staden, tack."
    told = bench.desk.check(comment(text=swedish, article=ARTICLE))
    assert told.scores.values["spam"] is not None
    (notice,) = [one for one in told.decision.reasons if one.code == "LANGUAGE_UNMEASURED"]
    assert "(sv)" in notice.message
    assert (notice.weight, notice.action) == (0.0, None)
    assert told.decision.action is Action.APPROVE
    assert "LANGUAGE_UNMEASURED" not in codes(bench.desk.check(comment(article=ARTICLE)))


def test_a_stored_article_is_used_by_name(bench: Bench) -> None:
    """A comment that only names its article is compared with the stored text."""
    bench.desk.put_article("default", ARTICLE, NOON)
    checked = bench.desk.check(comment(article=Article(id="7")))
    assert checked.scores.values["relevance"] is not None
    assert checked.comment.article is not None
    assert checked.comment.article.body == ARTICLE.body


def test_a_long_article_is_cut_and_not_refused(tmp_path: Path) -> None:
    """Only the beginning of an endless body is analysed; all of it is stored."""
    bench = Bench(tmp_path, max_article_chars=10)
    whole, cut = (replace(ARTICLE, body="x" * length) for length in (50, 10))
    received = bench.desk.receive(comment(article=whole))
    analysed = bench.model.items[0].article
    assert analysed is not None
    assert analysed.digest == article_digest(cut)
    assert received.stored.comment.article is not None
    assert received.stored.comment.article.body == "x" * 50
    found = bench.store.articles.find("default", id="7")
    assert found is not None
    assert found.digest == article_digest(whole)
    bench.store.close()


def test_a_text_that_is_too_long_is_refused_by_name(tmp_path: Path) -> None:
    """The limit names the field, and a text of exactly the limit passes."""
    bench = Bench(tmp_path, max_text_chars=20)
    bench.desk.check(comment("x" * 20))
    with pytest.raises(InputError) as caught:
        bench.desk.check(comment("x" * 21))
    assert caught.value.field == "comment.text"
    bench.store.close()


def test_the_parents_text_is_looked_up_by_our_id(bench: Bench) -> None:
    """An answer is scored with the comment it answers, when that is stored here."""
    parent = bench.desk.receive(comment("What a long wait.")).stored
    bench.desk.check(comment("True!", parent_id=parent.id))
    answered = bench.model.items[-1].parent
    assert answered is not None
    assert answered.raw == "What a long wait."


def test_an_unknown_parent_is_no_failure(bench: Bench) -> None:
    """The site's own ids of parents say nothing here, and that is fine."""
    checked = bench.desk.check(comment("True!", parent_id="site-17"))
    assert checked.failed == ()
    assert bench.model.items[-1].parent is None


def test_the_sites_word_for_the_language_counts(bench: Bench) -> None:
    """A language tag is cut to its primary part; nonsense is replaced by detection."""
    assert bench.desk.check(comment(language="FA-ir")).scores.language == "fa"
    assert bench.desk.check(comment(language="12")).scores.language != "12"


# ---- a broken part holds the comment and never approves it


def test_a_broken_model_holds(bench: Bench) -> None:
    """When no score could be computed, a person looks."""
    bench.model.broken_by = ""
    checked = bench.desk.check(comment())
    assert checked.decision.action is Action.HOLD
    assert "CHECK_FAILED" in codes(checked)
    assert "model" in checked.failed
    assert all(value is None for value in checked.scores.values.values())
    assert checked.scores.model == bench.model.version


def test_a_broken_article_holds(bench: Bench) -> None:
    """When the article could not be analysed, a person looks; the other scores stand."""
    bench.model.breaks_on_articles = True
    checked = bench.desk.check(comment(article=ARTICLE))
    assert checked.decision.action is Action.HOLD
    assert checked.failed == ("article",)
    assert checked.scores.values["spam"] is not None


@pytest.mark.parametrize(
    ("noun", "verb", "part"),
    [
        ("comments", "author_history", "history"),
        ("comments", "repeats", "repeats"),
        ("comments", "token_uses", "token"),
        ("comments", "approved_under", "earlier"),
        ("articles", "find", "article"),
    ],
)
def test_a_read_that_fails_holds(bench: Bench, noun: str, verb: str, part: str) -> None:
    """A store that does not answer a question leaves the check incomplete."""
    bench.desk.put_article("default", Article(id="7", title="Bridge opens"), NOON)
    checked = bench.broken(noun, verb).check(comment(article=Article(id="7")))
    assert checked.decision.action is Action.HOLD
    assert part in checked.failed
    assert "CHECK_FAILED" in codes(checked)


def test_a_broken_policy_holds(bench: Bench) -> None:
    """Even a bug in the policy cannot approve."""

    class Broken:
        version = "broken"

        def for_site(self, site: str) -> Any:
            raise KeyError(site)

    desk = Desk(
        live=bench.rooms.live,
        policies=Broken(),  # type: ignore[arg-type]
        memory=bench.rooms.memory,
        store=bench.store,
    )
    checked = desk.check(comment())
    assert checked.decision.answer is Action.HOLD
    assert "policy" in checked.failed


def test_a_failure_is_logged_without_the_text(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    """The log names the part and the place; the error's own words quote the reader and stay out."""
    bench.model.broken_by = "jungle"
    with caplog.at_level(logging.ERROR):
        bench.desk.check(comment("I want the jungle"))
    assert [record.__dict__["part"] for record in caplog.records] == ["model"]
    assert caplog.records[0].__dict__["error"] == "ValueError"
    assert "fakes.py" in caplog.records[0].__dict__["where"]
    assert "jungle" not in str(caplog.records[0].__dict__)


# ---- batches


def test_a_batch_is_one_call_of_the_model(bench: Bench) -> None:
    """All items of a batch are scored together, in order."""
    checked = bench.desk.check_many([comment(f"number {n}") for n in range(5)])
    assert bench.model.calls == [5]
    assert [c.comment.text for c in checked if isinstance(c, Checked)] == [
        f"number {n}" for n in range(5)
    ]


def test_one_bad_item_spoils_no_other(bench: Bench) -> None:
    """A text that breaks the model is held, its neighbours are scored as ever."""
    bench.model.broken_by = "poison"
    first, poisoned, last = bench.desk.check_many(
        [comment("good"), comment("poison"), comment("better")]
    )
    assert isinstance(first, Checked)
    assert isinstance(poisoned, Checked)
    assert isinstance(last, Checked)
    assert (first.failed, last.failed) == ((), ())
    assert poisoned.decision.action is Action.HOLD


def test_an_overlong_item_is_answered_in_its_place(tmp_path: Path) -> None:
    """What is wrong with one item is that item's answer."""
    bench = Bench(tmp_path, max_text_chars=10)
    results = bench.desk.check_many([comment("short"), comment("x" * 11), comment("also")])
    assert [isinstance(result, InputError) for result in results] == [False, True, False]
    bench.store.close()


def test_an_empty_batch_is_empty(bench: Bench) -> None:
    """Nothing in, nothing out."""
    assert bench.desk.check_many([]) == []


def test_a_desk_without_a_store_can_check(bench: Bench) -> None:
    """The command line scores without history and repeats."""
    desk = Desk(live=bench.rooms.live, policies=bench.rooms.policies, memory=bench.rooms.memory)
    assert desk.check(comment(article=ARTICLE)).failed == ()
    with pytest.raises(RuntimeError):
        desk.receive(comment())


# ---- receiving


def test_a_received_comment_is_stored_with_its_decision(bench: Bench) -> None:
    """What is acknowledged can be read back."""
    received = bench.desk.receive(comment(article=ARTICLE))
    read = bench.store.comments.get(received.stored.id)
    assert received.created
    assert read.status is Status.APPROVED
    assert read.case is None
    assert read.scores.values == received.stored.scores.values
    assert read.comment.article is not None
    assert read.comment.article.title == "Bridge opens"


def test_a_held_comment_gets_a_case(bench: Bench) -> None:
    """The queue says why, with the reason that weighs most."""
    bench.model.scores = {"spam": 0.8}
    received = bench.desk.receive(comment())
    case = received.stored.case
    assert received.stored.status is Status.HELD
    assert case is not None
    assert case.reason == "SPAM"
    assert 0 < case.priority <= 1


def test_an_off_topic_comment_is_held_and_never_rejected(bench: Bench) -> None:
    """Having nothing to do with the article is a question for a person."""
    bench.model.scores, bench.model.kind = {"relevance": 0.01}, RelevanceKind.OFF_TOPIC
    received = bench.desk.receive(comment(article=ARTICLE))
    assert received.stored.decision.action is Action.HOLD
    assert received.stored.case is not None
    assert received.stored.case.reason == "OFF_TOPIC"


def test_a_rejected_comment_gets_no_case(bench: Bench) -> None:
    """A clear rejection takes nobody's time."""
    bench.model.scores = {"spam": 0.999}
    received = bench.desk.receive(comment())
    assert received.stored.status is Status.REJECTED
    assert received.stored.case is None


def test_a_comment_that_could_not_be_checked_is_queued(bench: Bench) -> None:
    """A failure is a case with a reason of its own."""
    bench.model.broken_by = ""
    received = bench.desk.receive(comment())
    assert received.stored.case is not None
    assert received.stored.case.reason == "CHECK_FAILED"
    assert "model" in received.failed


def test_shadow_mode_answers_approve_and_queues_nothing(tmp_path: Path) -> None:
    """A policy on trial records its decision and leaves the comment alone."""
    policy = tmp_path / "policy.toml"
    policy.write_text("shadow = true\n", encoding="utf-8")
    bench = Bench(tmp_path, policy=policy)
    bench.model.scores = {"spam": 0.8}
    stored = bench.desk.receive(comment()).stored
    assert (stored.decision.action, stored.decision.answer) == (Action.HOLD, Action.APPROVE)
    assert (stored.status, stored.case) == (Status.APPROVED, None)
    bench.store.close()


@pytest.mark.parametrize(("noun", "verb"), [("comments", "add"), ("articles", "put")])
def test_a_write_that_fails_is_never_acknowledged(bench: Bench, noun: str, verb: str) -> None:
    """The caller gets the error, and may send the comment again."""
    with pytest.raises(StoreError):
        bench.broken(noun, verb).receive(comment(article=ARTICLE))
    assert list(bench.store.comments.all()) == []


def test_the_same_request_again_is_the_same_comment(bench: Bench) -> None:
    """A repeat under one idempotency key stores nothing; another request under it is an error."""
    named = {"key_id": "k", "idempotency_key": "once"}
    first = bench.desk.receive(comment(), **named, request_digest="a")
    again = bench.desk.receive(comment(), **named, request_digest="a")
    assert again.stored.id == first.stored.id
    assert not again.created
    assert bench.model.calls == [1]
    with pytest.raises(InputError) as caught:
        bench.desk.receive(comment("Other words."), **named, request_digest="b")
    assert caught.value.field == "Idempotency-Key"


def test_the_authors_next_comment_sees_the_first(bench: Bench) -> None:
    """History is read by the author's key, on the author's site only."""
    bench.desk.receive(comment("The first one of mine."))
    key = bench.desk.author_key(Author(id="reader-1"))
    assert bench.store.comments.author_history("default", key).total == 1
    assert bench.store.comments.author_history("other", key).total == 0
    assert bench.desk.author_key(Author()) is None
