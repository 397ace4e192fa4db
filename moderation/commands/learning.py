"""
The commands around learning: train, evaluate, fetch the public sets, check the corpus.

Calls `training`, which only these commands import; reports what it says.
"""

from __future__ import annotations

from pathlib import Path

import click

from moderation.commands.output import print_table
from moderation.commands.settings import Settings, pass_settings

__all__ = ["COMMANDS"]

_DATA_DIR = click.option(
    "--data-dir",
    type=click.Path(path_type=Path),
    help="Folder of the public data sets; else MODERATION_DATA_DIR.",
)


def _say(line: str) -> None:
    # Progress goes where it does not mix with the result.
    click.echo(line, err=True)


@click.command()
@_DATA_DIR
@click.option("--seed", type=int, default=0, show_default=True, help="Of every random choice.")
@click.option("--teach", is_flag=True, help="Also learn the meaning of words anew: much slower.")
@pass_settings
def train(settings: Settings, data_dir: Path | None, seed: int, teach: bool) -> None:
    """
    Fit a model; it goes live if it is no worse.

    It learns from our corpus, the public data sets that are here, and the verdicts in the store.
    A running service takes the new model over by itself. A model that is worse stays parked; the
    last line says why.
    """
    from moderation.training.recipe import train as run

    result = run(settings.read(data_dir=data_dir), teach=teach, seed=seed, say=_say)
    click.echo(result.table)
    state = "is live" if result.promoted else "is parked"
    click.echo(f"model {result.version} {state}: {result.why}")


@click.command()
@click.argument("version", required=False)
@_DATA_DIR
@click.option(
    "--refit", is_flag=True, help="Also fit seven models anew, to see what rows and features bring."
)
@pass_settings
def evaluate(settings: Settings, version: str | None, data_dir: Path | None, refit: bool) -> None:
    """
    Measure a model on rows it was not fitted on.

    The live one, when no VERSION is given. Writes its report.md with figures beside it, and shows
    the table of its quality.
    """
    from moderation.training.recipe import evaluate as run

    config = settings.read(data_dir=data_dir)
    click.echo(run(config, version=version, refit=refit, say=_say))


@click.command()
@click.argument("names", nargs=-1)
@_DATA_DIR
@click.option("--pin", metavar="NAME", help="Accept a fetched set whose digest differs, by note.")
@pass_settings
def datasets(
    settings: Settings, names: tuple[str, ...], data_dir: Path | None, pin: str | None
) -> None:
    """
    Fetch and verify public data sets.

    All of them, or those named, are fetched, verified and prepared for training. They are listed,
    with address, licence and digest, in training_data/sources.toml. A set that is there already and
    unchanged is left alone. One that comes out with another digest waits until it is pinned.
    """
    from moderation.training.datasets import fetch
    from moderation.training.datasets import pin as accept

    config = settings.read(data_dir=data_dir)
    if pin is not None:
        accept(config, pin, say=_say)
    else:
        fetch(config, names, say=_say)


@click.command()
@pass_settings
def corpus(settings: Settings) -> None:
    """Check our own corpus and count its rows."""
    from moderation.training.corpus import corpus_counts, read_corpus
    from moderation.training.slices import read_sentences

    folder = settings.read().corpus_dir
    counts = corpus_counts(read_corpus(folder))
    sentences = read_sentences(folder)
    columns = sorted({label for _, label in counts}, key=_column)
    print_table(
        ["language", *columns],
        (
            [language, *(counts[language, label] for label in columns)]
            for language in sorted({language for language, _ in counts})
        ),
        empty="There is no comment in the corpus.",
    )
    if sentences:
        click.echo(f"sentences to measure false alarms on: {len(sentences)}")


def _column(label: str) -> tuple[int, str]:
    first = ("articles", "comments")
    return (first.index(label) if label in first else len(first)), label


COMMANDS = (train, evaluate, datasets, corpus)
