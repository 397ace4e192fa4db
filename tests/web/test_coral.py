"""Coral's external moderation phase: signatures, stories, answers that Coral takes, failures."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from moderation.errors import OutboundFailed, StoreError
from moderation.signals import TEST_STRING
from moderation.terms import Article, RelevanceKind, Status
from moderation.web.coral import is_signed
from moderation.web.stories import Stories
from tests.fakes import FixedModel, Service, make_service

SENT = Path(__file__).parents[1] / "wire" / "coral"
REQUEST = json.loads((SENT / "request.json").read_text())
CREATED = json.loads((SENT / "story_created.json").read_text())
STORY, URL = REQUEST["story"]["id"], REQUEST["story"]["url"]
OLD, NEW = "old-secret-of-this-phase", "new-secret-of-this-phase"

SITES = f"""
[sites.default]
signing_secrets = ["{NEW}", "{OLD}"]
fetch_hosts = ["news.example"]

[sites.eager]
signing_secrets = ["{NEW}"]
hold = "NONE"
approve = "APPROVED"
"""


def body_of(data: object) -> bytes:
    """Write JSON as Coral does: two blanks of indentation, letters as they are."""
    return json.dumps(data, indent=2, ensure_ascii=False).encode()


def signature(raw: bytes, *secrets: str) -> str:
    """Sign as Coral does: one signature for every secret that has not run out."""
    made = (hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest() for secret in secrets)
    return ",".join(f"sha256={each}" for each in made)


def changed(**parts: Any) -> dict[str, Any]:
    """Give the documented request with other values: `text`, `author__role` …"""
    request = deepcopy(REQUEST)
    for name, value in parts.items():
        part, _, key = ("comment__body" if name == "text" else name).partition("__")
        request[part][key] = value
    return request


def take(body: dict[str, Any]) -> dict[str, Any]:
    """Read an answer as strictly as Coral does, which ignores one that it does not understand."""
    statuses = {None, "NONE", "APPROVED", "REJECTED", "PREMOD", "SYSTEM_WITHHELD"}
    assert body.get("status") in statuses
    for action in body.get("actions", []):
        assert action["actionType"] == "FLAG"
        assert action["reason"] in {"COMMENT_DETECTED_TOXIC", "COMMENT_DETECTED_SPAM"}
    assert set(body.get("tags", [])) <= {"FEATURED", "STAFF"}
    return body


def page(url: str, hosts: frozenset[str], *, trusted: frozenset[str]) -> Article:
    """Stand for a page that can be read."""
    assert (url, hosts) == (URL, frozenset({"news.example"}))
    return Article(title="Tram late", body="The council has put it off.", language="en")


def away(url: str, hosts: frozenset[str], *, trusted: frozenset[str]) -> Article:
    """Stand for a page that cannot."""
    raise OutboundFailed("news.example did not answer")


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    """Give a service with two sites that Coral calls for."""
    (tmp_path / "coral.toml").write_text(SITES)
    made = make_service(tmp_path, coral=tmp_path / "coral.toml")
    # No test asks the network for a page.
    made.app.extensions["moderation.stories"] = Stories(made.rooms.desk, made.clock, read=away)
    yield made
    made.rooms.store.close()
    made.app.extensions["moderation.limits"].close()


@pytest.fixture
def call(service: Service) -> Callable[..., Any]:
    """Send what Coral would send, signed."""

    def send(data: object = REQUEST, site: str = "default", **headers: str) -> Any:
        raw = data if isinstance(data, bytes) else body_of(data)
        headers = {"X-Coral-Signature": signature(raw, NEW), **headers}
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        return service.client.post(
            f"/coral/{site}", data=raw, headers=headers, content_type="application/json"
        )

    return send


def stored_count(service: Service) -> int:
    """Count the comments that were stored."""
    with service.rooms.store._database.reading() as connection:
        return connection.exec_driver_sql("SELECT count(*) FROM comments").scalar_one()


def newest(service: Service) -> Any:
    """Give the comment in the queue."""
    page = service.send("GET", "/v1/queue?order=newest").json
    return page["items"][0]


def test_a_fine_comment_is_left_to_coral_and_stored(service: Service, call) -> None:
    """204 lets Coral go on by its own rules, so that readers' reports still reach its queue."""
    answer = call()
    assert (answer.status_code, answer.data) == (204, b"")
    assert stored_count(service) == 1
    assert "tram is" in service.model.items[-1].text.plain
    assert "<b>" not in service.model.items[-1].text.plain


def test_a_held_comment_waits_in_both_queues(service: Service, call) -> None:
    """Withheld in Coral with its flag, and a case here, with author, story and our id."""
    service.model.scores = {"toxicity": 0.7}
    body = take(call().json)
    assert body["status"] == "SYSTEM_WITHHELD"
    assert body["actions"] == [{"actionType": "FLAG", "reason": "COMMENT_DETECTED_TOXIC"}]
    assert body["reason"] == "ABUSIVE"
    assert body["explanation"]
    assert "moderationAction" not in body
    item = newest(service)
    assert item["id"] == body["comment_id"]
    assert item["author"]["id"] == REQUEST["author"]["id"]
    assert item["article"]["url"] == URL


def test_what_is_off_the_topic_says_so(service: Service, call) -> None:
    """The reason is Coral's own word, and no flag claims spam or abuse."""
    service.rooms.desk.put_article(
        "default", Article("tram", URL, "Tram late", "The council …"), service.clock()
    )
    service.model.scores, service.model.kind = {"relevance": 0.1}, RelevanceKind.OFF_TOPIC
    body = take(call().json)
    assert (body["status"], body["reason"]) == ("SYSTEM_WITHHELD", "IRRELEVANT_CONTENT")
    assert body["actions"] == []
    assert "article" in body["explanation"]


def test_a_rejected_comment_brings_its_reason(service: Service, call) -> None:
    """The reason reaches the commenter where Coral has to give one (Digital Services Act)."""
    service.model.scores = {"spam": 0.99}
    body = take(call().json)
    assert body["status"] == "REJECTED"
    assert body["actions"] == [{"actionType": "FLAG", "reason": "COMMENT_DETECTED_SPAM"}]
    action = body["moderationAction"]
    assert action["status"] == "REJECTED"
    assert action["rejectionReason"]["code"] == "SPAM"
    assert action["rejectionReason"]["detailedExplanation"] == body["explanation"]


def test_a_reason_coral_has_no_word_for_is_spelled_out(call) -> None:
    """`OTHER` needs a custom reason."""
    reason = take(call(changed(text=f"Hello {TEST_STRING}")).json)["moderationAction"]
    assert reason["rejectionReason"]["code"] == "OTHER"
    assert reason["rejectionReason"]["customReason"]


def test_a_site_says_what_becomes_of_its_comments(service: Service, call) -> None:
    """Approved outright, or flagged without being withheld."""
    assert take(call(site="eager").json)["status"] == "APPROVED"
    service.model.scores = {"spam": 0.8}
    body = take(call(changed(text="Buy it here."), site="eager").json)
    assert "status" not in body
    assert body["actions"] == [{"actionType": "FLAG", "reason": "COMMENT_DETECTED_SPAM"}]


def test_staff_and_wordless_comments_are_not_ours(service: Service, call) -> None:
    """Coral approves its own people; a picture alone has no text to judge."""
    service.model.scores = {"spam": 0.99}
    for request in (changed(author__role="MODERATOR"), changed(text=" "), changed(text="")):
        assert call(request).status_code == 204
    assert stored_count(service) == 0


@pytest.mark.parametrize(
    "header",
    [
        "",
        "sha256=",
        "sha256=" + "0" * 64,
        "sha1=" + "0" * 40,
        "sha256=ü",
        signature(body_of(REQUEST), "another-secret-altogether"),
        signature(body_of(CREATED), NEW),
        "," * 1000,
    ],
)
def test_what_is_not_signed_is_refused_unread(service: Service, call, header: str) -> None:
    """401 as a JSON problem, whatever stands in the header; nothing is stored."""
    answer = call(X_Coral_Signature=header.encode().decode("latin-1"))
    assert answer.status_code == 401
    assert answer.content_type == "application/problem+json"
    assert stored_count(service) == 0


def test_a_secret_can_be_rotated() -> None:
    """Coral signs with all of its secrets, and we know all of ours: one pair is enough."""
    raw = body_of(REQUEST)
    assert is_signed(raw, signature(raw, "third-secret-unknown-here", OLD), [NEW, OLD])
    assert is_signed(raw, signature(raw, NEW, OLD), [OLD])
    assert not is_signed(raw + b" ", signature(raw, NEW), [NEW])


def test_one_site_cannot_speak_for_another(service: Service, tmp_path: Path, call) -> None:
    """A site that does not know this secret takes nothing signed with it; nor does no site."""
    raw = body_of(REQUEST)
    assert call(site="eager", X_Coral_Signature=signature(raw, OLD)).status_code == 401
    answer = call(site="nobody")
    assert (answer.status_code, answer.content_type) == (404, "application/problem+json")


@pytest.mark.parametrize(
    ("data", "status", "field"),
    [
        (b"{", 400, None),
        (b"\xff", 400, None),
        (b"[]", 422, "body"),
        ({}, 422, "comment"),
        (changed(text=None), 422, "comment.body"),
        (changed(story__id=7), 422, "story.id"),
        (changed(story__url="x" * 5000), 422, "story.url"),
        ({**CREATED, "data": {}}, 422, "storyID"),
    ],
)
def test_signed_nonsense_names_its_field(call, data: Any, status: int, field: str | None) -> None:
    """What Coral never sends is a JSON problem, never a page and never a 500."""
    answer = call(data)
    assert (answer.status_code, answer.content_type) == (status, "application/problem+json")
    if field:
        assert answer.json["errors"][0]["field"] == field


def test_other_methods_get_json_too(service: Service) -> None:
    """Who opens the address in a browser is told so in the service's way."""
    answer = service.client.get("/coral/default")
    assert (answer.status_code, answer.content_type) == (405, "application/problem+json")


class BrokenDesk:
    """A desk that fails in one way or another."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def receive(self, comment: object) -> None:
        """Fail."""
        raise self.error


@pytest.mark.parametrize("error", [StoreError(), RuntimeError("a mistake of ours")])
def test_what_cannot_be_checked_is_withheld(service: Service, call, error: Exception) -> None:
    """Coral lets a comment through on any error, so we do not answer with one."""
    object.__setattr__(service.rooms, "desk", BrokenDesk(error))
    body = take(call().json)
    assert (body["status"], body["reason"]) == ("SYSTEM_WITHHELD", "OTHER")


def test_a_comment_too_long_for_us_is_withheld(service: Service, call) -> None:
    """It was not checked either."""
    assert take(call(changed(text="x" * 100_001)).json)["status"] == "SYSTEM_WITHHELD"


def test_a_site_that_only_watches_is_never_withheld_from(tmp_path: Path) -> None:
    """In shadow mode Coral gets no word from us, not even when something breaks."""
    (tmp_path / "coral.toml").write_text(SITES)
    (tmp_path / "policy.toml").write_text("shadow = true\n")
    made = make_service(
        tmp_path,
        coral=tmp_path / "coral.toml",
        policy=tmp_path / "policy.toml",
        model=FixedModel({"spam": 0.99}),
    )
    made.app.extensions["moderation.stories"] = Stories(made.rooms.desk, made.clock, read=away)
    raw = body_of(REQUEST)
    headers = {"X-Coral-Signature": signature(raw, NEW)}
    assert made.client.post("/coral/default", data=raw, headers=headers).status_code == 204
    object.__setattr__(made.rooms, "desk", BrokenDesk(StoreError()))
    assert made.client.post("/coral/default", data=raw, headers=headers).status_code == 204
    made.rooms.store.close()
    made.app.extensions["moderation.limits"].close()


def reading(service: Service, read: Callable[..., Article]) -> Stories:
    """Put a reader of pages into the service."""
    stories = Stories(service.rooms.desk, service.clock, read=read)
    service.app.extensions["moderation.stories"] = stories
    return stories


def test_the_story_is_fetched_after_the_first_comment(service: Service, call) -> None:
    """The first is judged without it, the second with it; the request never waits for the page."""
    stories = reading(service, page)
    call()
    assert service.model.items[-1].article is None
    stories.wait()
    call(changed(text="Another one."))
    assert service.model.items[-1].article is not None
    known = service.rooms.store.articles.find("default", id=STORY)
    assert known is not None
    assert known.article.body == "The council has put it off."


def test_a_webhook_brings_the_story_before_its_first_comment(service: Service, call) -> None:
    """`STORY_CREATED`, sent to the same address, is enough; other events are passed over."""
    stories = reading(service, page)
    assert call(CREATED).status_code == 204
    assert call({**CREATED, "type": "COMMENT_CREATED", "data": {}}).status_code == 204
    stories.wait()
    call()
    assert service.model.items[-1].article is not None


def test_a_site_without_hosts_fetches_nothing(service: Service, call) -> None:
    """Fetching is off unless a site names hosts."""
    stories = reading(service, page)
    call(site="eager")
    stories.wait()
    assert stories._thread is None


def test_a_page_that_is_away_is_not_asked_for_at_every_comment(service: Service, call) -> None:
    """It is tried again after ten minutes, and comments go on without it."""
    asked: list[str] = []

    def read(url: str, hosts: frozenset[str], *, trusted: frozenset[str]) -> Article:
        asked.append(url)
        return away(url, hosts, trusted=trusted)

    stories = reading(service, read)
    for number in range(3):
        assert call(changed(text=f"Comment {number}.")).status_code == 204
        stories.wait()
    assert len(asked) == 1
    service.clock.forward(minutes=11)
    call()
    stories.wait()
    assert len(asked) == 2


@pytest.mark.parametrize("article_id", ["tram", STORY])
def test_text_sent_by_the_site_is_found_by_url_or_id(
    service: Service, call, article_id: str
) -> None:
    """`PUT /v1/articles` works under the site's own id with the url, and under Coral's alone."""
    call()  # Coral was first: the story is remembered by name only.
    service.clock.forward(seconds=1)
    sent = {"title": "Tram late", "body": "The council has put it off."}
    if article_id != STORY:
        sent["url"] = URL
    assert service.send("PUT", f"/v1/articles/{article_id}", json=sent).status_code == 200
    call(changed(text="Another one."))
    assert service.model.items[-1].article is not None


def test_its_verdicts_are_given_in_our_queue(service: Service, call) -> None:
    """A case of a comment from Coral is settled like any other."""
    service.model.scores = {"toxicity": 0.7}
    found = call().json["comment_id"]
    given = service.post(f"/v1/comments/{found}/verdict", {"action": "approve"})
    assert given.json["status"] == Status.APPROVED
