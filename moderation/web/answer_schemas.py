"""
What the native API answers, as types: the API document shows them and tests hold answers to them.

Shapes only. They do not serialise, which would double the cost of an answer; see `answers`.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from moderation.terms import (
    Action,
    CaseKind,
    RelevanceKind,
    Scope,
    Status,
    VerdictAction,
    VerdictLabel,
)

__all__ = [
    "AliveAnswer",
    "ArticleAnswer",
    "CommentAnswer",
    "FormTokenAnswer",
    "KeyAnswer",
    "KeysAnswer",
    "ModelsAnswer",
    "NewKeyAnswer",
    "PolicyAnswer",
    "Problem",
    "QueueAnswer",
    "ReadyAnswer",
    "ReceivedAnswer",
    "ScoreAnswer",
    "VerdictAnswer",
]

Probability = Field(ge=0, le=1)


_Kind = Field(ge=0, le=1, description="Null when this model could not be measured for it.")


def _sometimes(schema: dict[str, Any]) -> None:
    """Show a field that is left out at times without the default it never has."""
    del schema["default"]


class Given(BaseModel):
    """An answer: every field listed is there unless it says otherwise."""

    model_config = ConfigDict(extra="forbid")


class FaultPart(Given):
    """One wrong field."""

    field: str
    message: str


class Problem(BaseModel):
    """An error, as RFC 9457 describes it."""

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int
    detail: str
    errors: list[FaultPart] = Field(
        default=[],
        description="The fields at fault, when there are.",
        json_schema_extra=_sometimes,
    )
    current_version: int = Field(
        0,
        description="With 409 on a verdict: the case's version now.",
        json_schema_extra=_sometimes,
    )


class SpanPart(Given):
    """A stretch of the text as sent: Unicode code points, end exclusive."""

    start: int
    end: int


class ReasonPart(Given):
    """One reason of a decision."""

    code: str
    message: str
    score: float = Field(
        0,
        description="The model's probability behind it; absent for a signal.",
        json_schema_extra=_sometimes,
    )
    spans: list[SpanPart]


class ScoresPart(BaseModel):
    """Calibrated probabilities; null where there was nothing to judge by."""

    model_config = ConfigDict(extra="allow")

    spam: float | None = Probability
    toxicity: float | None = Probability
    insult: float | None = _Kind
    threat: float | None = _Kind
    identity_attack: float | None = _Kind
    profanity: float | None = _Kind
    sexual: float | None = _Kind
    relevance: float | None = Field(ge=0, le=1, description="Null without an article.")
    substance: float | None = Probability
    likely_to_reject: float | None = Field(
        None,
        ge=0,
        le=1,
        description="That a moderator of this site would reject it; null until there are verdicts"
        " enough to learn and measure it from. Absent from comments of before it existed.",
        json_schema_extra=_sometimes,
    )


class ScoreAnswer(Given):
    """Scores, decision and reasons of one comment."""

    decision: Action
    scores: ScoresPart
    relevance_kind: RelevanceKind | None
    reasons: list[ReasonPart] = Field(description="Largest first.")
    language: str = Field(description="ISO 639-1, or `unknown`.")
    model: str
    policy: str


class ReceivedAnswer(ScoreAnswer):
    """A comment that is now stored."""

    id: str
    status: Status


class CasePart(Given):
    """The comment's place in the review queue."""

    id: str
    kind: CaseKind
    reason: str
    priority: float
    version: int
    opened_at: datetime
    settled_at: datetime | None


class VerdictAnswer(Given):
    """A verdict, and where the comment stands after it."""

    id: str
    comment_id: str
    actor: str
    action: VerdictAction
    labels: list[VerdictLabel]
    note: str | None
    decided_at: datetime
    status: Status


class VerdictPart(Given):
    """An earlier verdict on the comment."""

    id: str
    actor: str
    action: VerdictAction
    labels: list[VerdictLabel]
    note: str | None
    decided_at: datetime


class ReportPart(Given):
    """What a key without the scope `moderate` said of the comment."""

    id: str
    actor: str
    action: VerdictAction
    labels: list[VerdictLabel]
    reported_at: datetime


class ArticlePart(Given):
    """The article without its text."""

    id: str | None
    url: str | None
    title: str | None
    language: str | None


class AuthorAnswer(Given):
    """The author as the site sent it."""

    id: str | None
    name: str | None
    email: str | None
    ip: str | None
    url: str | None
    user_agent: str | None


class CommentAnswer(ReceivedAnswer):
    """A stored comment with all that happened to it."""

    text: str
    author: AuthorAnswer
    article: ArticlePart | None
    parent_id: str | None
    permalink: str | None
    created_at: datetime
    case: CasePart | None
    verdicts: list[VerdictPart]
    reports: list[ReportPart]


class QueueAnswer(Given):
    """One page of the queue."""

    items: list[CommentAnswer]
    next: str | None = Field(description="Cursor of the next page; null on the last.")


class ArticleAnswer(Given):
    """An article as it is remembered."""

    id: str | None
    url: str | None
    title: str | None
    body: str | None
    language: str | None
    updated_at: datetime


class FormTokenAnswer(Given):
    """A token for one served comment form."""

    token: str
    expires_in_seconds: int


class KeyAnswer(Given):
    """A key without its secret."""

    id: str
    name: str
    scopes: list[Scope]
    site: str
    per_minute: int
    created_at: datetime | None
    revoked_at: datetime | None


class NewKeyAnswer(KeyAnswer):
    """A new key; this is the only time its secret is shown."""

    key: str


class KeysAnswer(Given):
    """All keys, without their secrets."""

    items: list[KeyAnswer]


class ModelPart(Given):
    """One model bundle."""

    version: str
    live: bool
    created_at: str
    metrics: dict[str, dict[str, float | None]]
    parked_because: str | None
    problem: str | None = Field(description="Why it cannot be used, when it cannot.")


class ModelsAnswer(Given):
    """The bundles there are, and the one in use in the process that answers."""

    items: list[ModelPart]
    in_use: str
    refused: str | None = Field(description="Why a newer bundle is refused, when one is.")


class ThresholdPart(Given):
    """From where one score asks for something; null where it does not."""

    score: str
    hold: float | None
    reject: float | None = Field(description="As written, or as found for a budget.")
    hold_below: float | None


class BudgetPart(Given):
    """What became of one error budget."""

    score: str
    wrong_at_most: float
    sure: float
    bad_share: float
    threshold: float | None = Field(description="Rejected from here on; null: nothing is.")
    evidence: Literal["audits", "model"] | None = Field(
        description="Whose labelled rows it rests on: the site's audits, or the model's card."
    )
    model: str
    rows: int = Field(description="Labelled rows in all.")
    rows_settled: int = Field(description="Those at or above the threshold.")
    rows_wrong: int = Field(description="Those of them whose rejection would be wrong.")
    bound: float | None = Field(description="Share wrong that is not exceeded, so sure.")
    settles: float | None = Field(description="Share of comments that is rejected by it.")
    audited: int = Field(description="Audits with a verdict, of this site and model.")
    audited_bad: int = Field(description="Those of them that a person rejected.")
    why: str | None = Field(description="Why nothing is rejected by this score, when so.")


class PolicyAnswer(Given):
    """The policy in force for the key's site, in the process that answers."""

    version: str
    site: str
    shadow: bool
    audit_share: float
    thresholds: list[ThresholdPart]
    budgets: list[BudgetPart]


class PartAnswer(BaseModel):
    """One part the service stands on."""

    model_config = ConfigDict(extra="allow")

    ready: bool


class ReadyAnswer(Given):
    """Whether the service can take comments, part by part."""

    status: Literal["ready", "not ready"]
    parts: dict[str, PartAnswer]


class AliveAnswer(Given):
    """The process is there."""

    status: Literal["ok"]
