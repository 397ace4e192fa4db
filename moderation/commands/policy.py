"""
The commands around the policy: what is in force, and what became of its error budgets.

Reads policy, cards and audits; changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

import click

from moderation.commands.output import print_json, print_table
from moderation.commands.settings import Settings, pass_settings

if TYPE_CHECKING:
    from moderation.desk.budgets import Finding
    from moderation.policy import Policy

__all__ = ["COMMANDS"]

_IN_WORDS = {"audits": "audits of this site", "model": "rows held back in training"}


@click.group(invoke_without_command=True)
@click.pass_context
def policy(context: click.Context) -> None:
    """Show the policy in force and what its error budgets allow."""
    if context.invoked_subcommand is None:
        context.invoke(show)


@policy.command()
@click.option("--site", default="default", show_default=True, help="Whose policy.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object, as in the API.")
@pass_settings
def show(settings: Settings, site: str = "default", as_json: bool = False) -> None:
    """Show the thresholds in force; those of a budget as found for it."""
    with _in_force(settings, site) as (found, findings):
        if as_json:
            from moderation.web.answers import policy_answer

            print_json(policy_answer(site, found, findings))
            return
    click.echo(f"policy {found.version}{', watching only' if found.shadow else ''}")
    print_table(
        ("score", "held from", "rejected from", "held below"),
        (
            (
                t.head,
                _number(t.hold),
                _number(t.reject, t.budget is not None),
                _number(t.hold_below),
            )
            for t in found.thresholds
        ),
        empty="It has no threshold.",
    )
    click.echo(f"{found.audit_share:.3g} of all comments are drawn for audit.")


@policy.command()
@click.option("--site", default="default", show_default=True, help="Whose policy.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@pass_settings
def budgets(settings: Settings, site: str, as_json: bool) -> None:
    """Show the threshold of each error budget, on what it rests, and how much it settles."""
    with _in_force(settings, site) as (found, findings):
        if as_json:
            from moderation.web.answers import policy_answer

            for budget in policy_answer(site, found, findings)["budgets"]:
                print_json(budget)
            return
    if not findings:
        click.echo("No error budget is stated; moderation/policy/default.toml says how.")
        return
    for finding in findings:
        click.echo("\n".join(_told(finding)))
    if not found.audit_share:
        click.echo(
            "No comment is audited ([audit] share is 0), so no evidence of its own comes in."
        )


def _told(finding: Finding) -> Iterator[str]:
    budget, found = finding.budget, finding.found
    yield (
        f"{finding.head}: at most {_percent(budget.wrong_at_most)} of what is rejected may be"
        f" wrong, {_percent(budget.sure)} sure"
    )
    if found.threshold is None or finding.source is None:
        yield f"  {finding.why}"
    else:
        yield f"  rejected from   {found.threshold:g}"
        yield (
            f"  rests on        {found.rows:,} {_IN_WORDS[finding.source]}; {found.settled:,} score"
            f" as much, {found.wrong:,} of them wrongly"
        )
        yield f"  wrong at most   {_percent(found.bound)}"
        yield f"  settles         {_percent(found.share)} of all comments"
    bad = f", {finding.audited_bad / finding.audited:.1%} of them bad" if finding.audited else ""
    yield f"  audited so far  {finding.audited:,}{bad} (model {finding.model} and its family)"


@contextmanager
def _in_force(settings: Settings, site: str) -> Iterator[tuple[Policy, tuple[Finding, ...]]]:
    """Give a site's policy, as the service would have it with the model that is live now."""
    from moderation.classifiers.bundle import current_version, read_card
    from moderation.desk.budgets import Budgets
    from moderation.desk.check import SIGNAL_NAMES
    from moderation.policy import read_policies
    from moderation.store import Store
    from moderation.terms import HEADS

    config = settings.read()
    policies = read_policies(config.policy, signal_names=SIGNAL_NAMES, score_names=HEADS)
    model = current_version(config.models_dir)
    store = None
    # Before the service ran for the first time there is no store, hence no audit.
    if config.database_url or (config.var_dir / "moderation.sqlite").exists():
        store = Store.open(config.resolved_database_url)
    try:
        found = Budgets(policies, cards=partial(read_card, config.models_dir), store=store)
        yield found.in_force(model).for_site(site), found.findings(model, site)
    finally:
        if store is not None:
            store.close()


def _number(value: float | None, is_budget: bool = False) -> str:
    if value is None:
        return "never (budget)" if is_budget else "never"
    return f"{value:g}{' (budget)' if is_budget else ''}"


def _percent(share: float | None) -> str:
    return "" if share is None else f"{100 * share:.3g} %"


COMMANDS = (policy,)
