"""
The commands around models: list them, put one live, go back to the one before.

Reads and rewrites `models/current` through the bundles' own functions; fits nothing.
"""

from __future__ import annotations

from pathlib import Path

import click

from moderation.commands.output import print_json, print_table
from moderation.commands.settings import Settings, pass_settings
from moderation.errors import BundleMissing

__all__ = ["COMMANDS"]


@click.group(invoke_without_command=True)
@click.pass_context
def models(context: click.Context) -> None:
    """List models, put one live, go back to one."""
    if context.invoked_subcommand is None:
        context.invoke(list_models)


@models.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@pass_settings
def list_models(settings: Settings, as_json: bool = False) -> None:
    """List all models, oldest first, with how good they are and which one is live."""
    from moderation.classifiers.bundle import list_bundles
    from moderation.terms import HEADS

    bundles = list_bundles(settings.read().models_dir)
    if as_json:
        for bundle in bundles:
            print_json(bundle)
        return
    print_table(
        ("version", "state", "made", *(f"{head} auc" for head in HEADS), "remark"),
        (
            (
                bundle.version,
                "live" if bundle.live else "broken" if bundle.problem else "",
                bundle.created_at[:16].replace("T", " "),
                *(_auc(bundle.metrics.get(head, {})) for head in HEADS),
                bundle.problem or _parked(bundle.parked_because),
            )
            for bundle in bundles
        ),
        empty="There is no model; run `make train`.",
    )


@models.command()
@click.argument("version")
@pass_settings
def activate(settings: Settings, version: str) -> None:
    """Verify a model and put it live; a running service takes it over within seconds."""
    _activate(settings.read().models_dir, version)


@models.command()
@pass_settings
def rollback(settings: Settings) -> None:
    """Put the newest older model live that was not parked."""
    from moderation.classifiers.bundle import previous_version

    models_dir = settings.read().models_dir
    version = previous_version(models_dir)
    if version is None:
        raise BundleMissing("There is no older model to go back to.")
    _activate(models_dir, version)


def _activate(models_dir: Path, version: str) -> None:
    from moderation.classifiers.bundle import activate as put_live

    put_live(models_dir, version)
    click.echo(f"model {version} is live")


def _parked(because: str | None) -> str:
    return f"parked: {because}" if because else ""


def _auc(metrics: object) -> str:
    value = metrics.get("roc_auc") if isinstance(metrics, dict) else None
    return "" if value is None else f"{value:.3f}"


COMMANDS = (models,)
