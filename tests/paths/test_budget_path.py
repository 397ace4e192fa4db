"""From a stated budget to a rejection the site's own moderators have earned, over HTTP."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.budgeting import ScoredByText, write_card
from tests.fakes import Service, make_service

POLICY = """
[thresholds.spam]
hold = 0.6
reject = { wrong_at_most = 0.1, sure = 0.9 }
[audit]
share = 1
"""
ENOUGH = 22
# So many rows without an error refute that one in ten is wrong, at nine in ten sure.


def post(service: Service, score: float) -> Any:
    """Send a comment with this spam score and give the answer."""
    answer = service.post("/v1/comments", {"comment": {"text": f"{score} click here"}})
    assert answer.status_code == 201
    return answer.json


def settle_all(service: Service, action: str) -> int:
    """Work the queue off and give how many cases there were."""
    items = service.send("GET", "/v1/queue?limit=200").json["items"]
    for item in items:
        body = {"action": action, "labels": [], "version": item["case"]["version"]}
        assert service.post(f"/v1/comments/{item['id']}/verdict", body).status_code == 200
    return len(items)


def budget(service: Service) -> Any:
    """Give the budget as the API shows it."""
    (found,) = service.send("GET", "/v1/policy").json["budgets"]
    return found


def test_a_budget_is_earned_kept_and_lost(tmp_path: Path) -> None:
    """Held until people agree often enough, then rejected and audited; held again when wrong."""
    write_card(tmp_path)
    policy = tmp_path / "policy.toml"
    policy.write_text(POLICY)
    service = make_service(tmp_path, model=ScoredByText(), policy=policy)

    # 1. Nothing supports the budget yet: the surest spam is held, and the reason can be read.
    first = post(service, 0.95)
    assert (first["decision"], first["status"]) == ("hold", "held")
    assert budget(service)["threshold"] is None
    assert budget(service)["why"].startswith("Nothing is rejected by spam")

    # 2. Moderators agree with what would be rejected; what is fine is audited beside it.
    for _ in range(ENOUGH - 1):
        post(service, 0.95)
    assert post(service, 0.1)["status"] == "approved"
    assert settle_all(service, "reject") == ENOUGH + 1
    assert service.rooms.budgets.refresh()

    # 3. The next one is rejected, by a policy that says from where; the audit goes on.
    shown = budget(service)
    assert (shown["threshold"], shown["evidence"], shown["rows"]) == (0.6, "audits", ENOUGH + 1)
    rejected = post(service, 0.95)
    assert (rejected["decision"], rejected["status"]) == ("reject", "rejected")
    assert rejected["policy"].endswith("+spam=0.6")
    stored = service.send("GET", f"/v1/comments/{rejected['id']}").json
    assert stored["case"]["kind"] == "audit"

    # 4. People find the machine wrong: their verdict counts for the comment, and for the budget.
    for _ in range(7):
        post(service, 0.7)
    assert settle_all(service, "approve") == 8
    assert service.send("GET", f"/v1/comments/{rejected['id']}").json["status"] == "approved"
    assert service.rooms.budgets.refresh()
    assert post(service, 0.7)["status"] == "held"

    service.rooms.store.close()
    service.app.extensions["moderation.limits"].close()
