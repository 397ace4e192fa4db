"""
Reads policies: the shipped default, a file over it, a table per site over both; all or nothing.

Opens policy files at the start of the service only; nothing here runs per comment.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from moderation.errors import PolicyError
from moderation.policy.merge import merge
from moderation.policy.policy import (
    LOW_IS_BAD,
    Budget,
    Condition,
    Group,
    Policy,
    PolicySet,
    Replies,
    Rule,
    RuleAction,
    ScorePoints,
    Threshold,
    Told,
)
from moderation.policy.table import Table
from moderation.terms import HEADS, Action, Lists, RelevanceKind

__all__ = ["MAX_POINTS", "read_policies"]

_SHIPPED = Path(__file__).with_name("default.toml")

MAX_POINTS = 1000.0
"""Largest number of points anywhere: a slip of the keyboard stops here."""

_TOP = (
    "version",
    "shadow",
    "failed_check",
    "thresholds",
    "budget",
    "audit",
    "points",
    "rules",
    "lists",
    "akismet",
)
_LISTS = ("blocked_words", "watched_words", "allowed_words", "blocked_domains", "allowed_domains")
_AKISMET = ("reject", "hold", "spam_reasons", "discard", "callbacks")
_RULE = ("name", "description", "all", "any", "action", "weight", "message")
_CONDITION = ("signal", "min_strength", "score", "above", "below", "relevance_kind", "language")
_KINDS = ("signal", "score", "relevance_kind", "language")
_BUDGET = ("wrong_at_most", "sure", "bad_share")
_CODES = ("EVIDENCE", "CHECK_FAILED", "OFF_TOPIC", "GENERIC", "LOW_SUBSTANCE")
# Reasons that are no score, no signal and no rule.
_AUDITED = 0.01
# The share that is audited where a budget is stated and no share is: decision record 0011.
_RULE_NAME = re.compile(r"[A-Z][A-Z0-9_]{0,63}")
_DOMAIN = re.compile(r"[\w-]+(\.[\w-]+)+")
_FAILED = (Action.HOLD, Action.APPROVE)


@dataclass(frozen=True, slots=True)
class _Names:
    """Names a policy may use; `rules` are the shipped ones, also where a policy drops them."""

    signals: frozenset[str]
    scores: frozenset[str]
    rules: frozenset[str]


def read_policies(
    path: Path | None, *, signal_names: frozenset[str], score_names: Collection[str]
) -> PolicySet:
    """
    Read the shipped policy with a file laid over it, and the policy of every site it names.

    Args:
        path: TOML file, or None for the shipped policy as it is.
        signal_names: signals there are.
        score_names: scores the model gives; those of `HEADS` count always.

    Raises:
        PolicyError: the file cannot be read, or anything in it is wrong; `field` is the dotted key.
    """
    shipped = _read_file(_SHIPPED)
    own = _read_file(path) if path is not None else {}
    rules = Table(shipped, (), None).tables("rules", _RULE)
    names = _Names(
        signal_names,
        frozenset(score_names) | set(HEADS),
        frozenset(rule.text("name") for rule in rules),
    )
    sites = own.pop("sites", {})
    content = merge(shipped, own)
    version = f"{Table(content, (), None).text('version')}-{_digest(content, sites)}"
    default = _policy(Table(content, (), _TOP), version, names)
    site_tables = Table(sites, ("sites",), None)
    of_sites: dict[str, Policy] = {}
    for site in site_tables:
        where = ("sites", site)
        # Its own version would be mistaken for the version of the whole.
        over = site_tables.table(site, None)
        if "version" in over:
            raise over.error("version", "stands once, at the top of the policy")
        merged = merge(content, over.content, where)
        of_sites[site] = _policy(Table(merged, where, _TOP), version, names)
    return PolicySet(version=version, default=default, sites=of_sites)


def _read_file(path: Path) -> dict[str, object]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:
        # A decoding error and an error of TOML are both values of the wrong kind to Python.
        raise PolicyError(f"cannot be read: {error}", field=str(path)) from error


def _digest(content: Mapping[str, object], sites: object) -> str:
    """Give 8 hex digits that change when anything in a policy does, comments and order apart."""
    # Dates are no JSON, but what stands for them here is refused later anyway.
    canonical = json.dumps([content, sites], sort_keys=True, ensure_ascii=True, default=str)
    return sha256(canonical.encode("ascii")).hexdigest()[:8]


def _policy(top: Table, version: str, names: _Names) -> Policy:
    failed = top.table("failed_check", ("score", "signal"))
    points = top.table("points", ("hold", "reject", "scores", "groups"))
    hold_points = points.number("hold", 0.001, MAX_POINTS)
    reject_points = points.number("reject", 0.001, MAX_POINTS)
    if reject_points < hold_points:
        raise points.error("reject", "must not be less than points.hold")
    thresholds, hold_generic = _thresholds(top, names)
    # Audits keep budgets honest; where none is stated, nobody asked for them.
    audited = _AUDITED if any(t.budget is not None for t in thresholds) else 0.0
    rules = _rules(top.tables("rules", _RULE), names)
    return Policy(
        version=version,
        shadow=top.flag("shadow"),
        lists=_lists(top.table("lists", _LISTS)),
        failed_score=failed.choice("score", _FAILED),
        failed_signal=failed.choice("signal", _FAILED),
        thresholds=thresholds,
        hold_generic=hold_generic,
        hold_points=hold_points,
        reject_points=reject_points,
        score_points=_score_points(points.table("scores", None), names),
        groups=_groups(points.table("groups", None), reject_points, names),
        rules=rules,
        audit_share=top.table("audit", ("share",)).number("share", 0, 1, default=audited),
        replies=_replies(top, rules, names),
    )


def _replies(top: Table, rules: tuple[Rule, ...], names: _Names) -> Replies:
    table = top.table("akismet", _AKISMET)
    codes = {*_CODES, *names.signals, *names.rules, *(rule.name for rule in rules)}
    codes |= {score.upper() for score in names.scores}
    reasons = table.texts("spam_reasons")
    for index, code in enumerate(reasons):
        if code not in codes:
            raise table.error(f"spam_reasons[{index}]", f"there is no reason {code!r}")
    discard = None
    if table.content.get("discard", False) is not False:
        bad_share = top.table("budget", ("bad_share",)).number("bad_share", 0.0001, 0.9999)
        discard = _budget(table.table("discard", _BUDGET), bad_share)
    return Replies(
        reject=table.choice("reject", Told),
        hold=table.choice("hold", Told),
        spam_reasons=frozenset(reasons),
        discard=discard,
        callbacks=table.flag("callbacks"),
    )


def _thresholds(top: Table, names: _Names) -> tuple[tuple[Threshold, ...], bool]:
    tables = top.table("thresholds", None)
    tables.check_names(names.scores, "score")
    # Read whether a budget uses it or not: what is wrong in a policy stops the start.
    bad_share = top.table("budget", ("bad_share",)).number("bad_share", 0.0001, 0.9999)
    found: list[Threshold] = []
    hold_generic = False
    for head in tables:
        if head in LOW_IS_BAD:
            if "reject" in tables.table(head, None):
                raise tables.table(head, None).error(
                    "reject", f"a comment is never rejected on {head} alone; use hold_below"
                )
            extra = ("generic",) if head == "relevance" else ()
            table = tables.table(head, ("hold_below", *extra))
            found.append(Threshold(head, hold_below=table.number_or_off("hold_below", 0, 1)))
            if "generic" in table:
                hold_generic = table.choice("generic", (Action.APPROVE, Action.HOLD)) is Action.HOLD
            continue
        table = tables.table(head, ("hold", "reject"))
        hold = table.number_or_off("hold", 0, 1)
        if isinstance(table.content.get("reject"), dict):
            budget = _budget(table.table("reject", _BUDGET), bad_share)
            found.append(Threshold(head, hold=hold, budget=budget))
            continue
        reject = table.number_or_off("reject", 0, 1)
        if hold is not None and reject is not None and reject < hold:
            raise table.error("reject", "must not be less than hold")
        found.append(Threshold(head, hold=hold, reject=reject))
    return tuple(found), hold_generic


def _budget(table: Table, bad_share: float) -> Budget:
    return Budget(
        wrong_at_most=table.number("wrong_at_most", 0.0001, 0.5),
        sure=table.number("sure", 0.5, 0.9999),
        bad_share=table.number("bad_share", 0.0001, 0.9999, default=bad_share),
    )


def _score_points(tables: Table, names: _Names) -> dict[str, ScorePoints]:
    tables.check_names(names.scores - set(LOW_IS_BAD), "score that brings points")
    found: dict[str, ScorePoints] = {}
    for head in tables:
        table = tables.table(head, ("starts_at", "most"))
        starts_at = table.number("starts_at", 0, 0.999)
        found[head] = ScorePoints(starts_at, most=table.number("most", 0, MAX_POINTS))
    return found


def _groups(tables: Table, reject_points: float, names: _Names) -> tuple[Group, ...]:
    found: list[Group] = []
    group_of: dict[str, str] = {}
    for name in tables:
        table = tables.table(name, ("cap", "signals"))
        cap = table.number("cap", 0, MAX_POINTS)
        if cap >= reject_points:
            raise table.error(
                "cap",
                f"must be less than points.reject ({reject_points:g}): one family of signals"
                " rejects nothing alone; write a rule for a signal that shall",
            )
        signals = table.table("signals", None)
        signals.check_names(names.signals, "signal")
        for signal in signals:
            if signal in group_of:
                raise signals.error(signal, f"stands in the group {group_of[signal]!r} already")
            group_of[signal] = name
        points = {signal: signals.number(signal, -MAX_POINTS, MAX_POINTS) for signal in signals}
        found.append(Group(name, cap, points))
    return tuple(found)


def _rules(tables: list[Table], names: _Names) -> tuple[Rule, ...]:
    found: dict[str, Rule] = {}
    for table in tables:
        name = table.text("name")
        if not _RULE_NAME.fullmatch(name):
            raise table.error("name", "must be in capitals, digits and underscores: LINK_OFF_TOPIC")
        if name in found:
            raise table.error("name", f"there are two rules {name!r}")
        rule = Rule(
            name=name,
            description=table.text("description"),
            all=tuple(_condition(item, names) for item in table.tables("all", _CONDITION)),
            any=tuple(_condition(item, names) for item in table.tables("any", _CONDITION)),
            action=table.choice("action", RuleAction),
            weight=table.number("weight", 0, 1, default=0.5),
            message=table.text("message") if "message" in table else None,
        )
        if not rule.all and not rule.any:
            raise table.error("all", "a rule needs a condition in all or any")
        against = any(c.is_evidence for c in rule.all) or (
            bool(rule.any) and all(c.is_evidence for c in rule.any)
        )
        if rule.action is RuleAction.REJECT and not against:
            raise table.error(
                "action",
                "may not be reject: a comment is never rejected for its relevance, substance or"
                " language alone; add a signal, or a score with above, to all",
            )
        found[name] = rule
    return tuple(found.values())


def _condition(table: Table, names: _Names) -> Condition:
    kinds = [kind for kind in _KINDS if kind in table]
    if len(kinds) != 1:
        raise table.error("", f"must have exactly one of {', '.join(_KINDS)}")
    extras = {"signal": {"min_strength"}, "score": {"above", "below"}}.get(kinds[0], set())
    for key in table:
        if key not in extras | {kinds[0]}:
            raise table.error(key, f"does not go with {kinds[0]}")
    if kinds == ["signal"]:
        signal = table.name("signal", names.signals, "signal")
        return Condition(signal=signal, min_strength=table.number("min_strength", 0, 1, default=0))
    if kinds == ["score"]:
        score = table.name("score", names.scores, "score")
        if ("above" in table) == ("below" in table):
            raise table.error("score", "needs either above or below")
        above, below = (
            table.number(key, 0, 1) if key in table else None for key in ("above", "below")
        )
        return Condition(score=score, above=above, below=below)
    if kinds == ["language"]:
        return Condition(language=table.text("language").lower())
    return Condition(relevance_kind=table.choice("relevance_kind", RelevanceKind))


def _lists(table: Table) -> Lists:
    domains: dict[str, frozenset[str]] = {}
    for key in ("blocked_domains", "allowed_domains"):
        values = [value.lower().removeprefix("www.").strip(".") for value in table.texts(key)]
        for index, value in enumerate(values):
            if not _DOMAIN.fullmatch(value):
                raise table.error(f"{key}[{index}]", "must be a domain such as shop.example")
        domains[key] = frozenset(values)
    return Lists(
        blocked_words=frozenset(table.texts("blocked_words")),
        watched_words=frozenset(table.texts("watched_words")),
        allowed_words=frozenset(table.texts("allowed_words")),
        blocked_domains=domains["blocked_domains"],
        allowed_domains=domains["allowed_domains"],
    )
