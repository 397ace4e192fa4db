"""
The commands around learning: train, evaluate, fetch the public sets, check the corpus.

Calls `training`, which only these commands import; reports what it says.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sized
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from moderation.commands.output import print_table
from moderation.commands.settings import Settings, pass_settings
from moderation.errors import CorpusError, TrainingError

if TYPE_CHECKING:
    from moderation.training.corpus_check import Findings

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
@click.option(
    "--elsewhere",
    is_flag=True,
    help="Also fit heads without each source and language, and measure them there.",
)
@click.option(
    "--evaluate-dir",
    type=click.Path(path_type=Path),
    help="Folder of the sets for measuring only; else MODERATION_EVALUATE_DIR.",
)
@pass_settings
def evaluate(
    settings: Settings,
    version: str | None,
    data_dir: Path | None,
    refit: bool,
    elsewhere: bool,
    evaluate_dir: Path | None,
) -> None:
    """
    Measure a model on rows it was not fitted on.

    The live one, when no VERSION is given. Writes its report.md with figures beside it, and shows
    the table of its quality.
    """
    from moderation.training.recipe import evaluate as run

    config = settings.read(data_dir=data_dir, evaluate_dir=evaluate_dir)
    click.echo(run(config, version=version, refit=refit, elsewhere=elsewhere, say=_say))


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
@click.option("--write-vocabulary", is_flag=True, help="Renew the list of common words instead.")
@pass_settings
def corpus(settings: Settings, write_vocabulary: bool) -> None:
    """
    Check our own corpus and count its rows.

    Every row is held to the schema, each language to its share of every label; no comment may say
    what another says, least of all one that a model is measured on. Errors, which end it with 1,
    and warnings name file, line and key.
    """
    from moderation.training.corpus import read_corpus
    from moderation.training.corpus_check import check_corpus
    from moderation.training.harmless import read_harmless
    from moderation.training.slices import read_sentences

    folder = settings.read().corpus_dir
    if write_vocabulary:
        _write_vocabulary(folder)
        return
    found = check_corpus(folder)
    errors = list(found.errors)
    beside: dict[str, int] = {}
    own = [] if found.errors else read_corpus(folder)
    readers: dict[str, Callable[[], Sized]] = {
        "sentences to measure false alarms on": partial(read_sentences, folder),
        "harmless texts": partial(read_harmless, folder, own),
    }
    for name, read in readers.items():
        try:
            beside[name] = len(read())
        except CorpusError as error:
            # What is wrong beside the corpus must not hide what is wrong in it.
            errors.append(str(error))
    # With rows that break the schema nothing was counted.
    if found.counts or not found.errors:
        _print_shares(found)
        _print_counts(found.counts)
        _print_rates(found)
    for name, count in beside.items():
        if count:
            click.echo(f"{name}: {count}")
    for kind, lines in (("warning", found.warnings), ("error", errors)):
        for line in lines:
            _say(f"{kind}: {line}")
    if errors:
        raise TrainingError(f"the corpus has {len(errors)} faults, each named above")


def _write_vocabulary(folder: Path) -> None:
    """Renew the list that reading disguised words goes by; the source must lie where it runs."""
    from moderation import text
    from moderation.training.vocabulary import common_words

    words = common_words(folder)
    path = Path(text.__file__).with_name("vocabulary.txt")
    path.write_text("".join(f"{word}\n" for word in words), encoding="utf-8")
    _say(f"wrote {len(words):,} words to {path.name}")


def _print_shares(found: Findings) -> None:
    """Print a line for each language: how much of it is what, and how much is said twice."""
    from moderation.training.corpus_balance import LABELS

    print_table(
        ["language", "articles", "comments", *LABELS, "near", "copied"],
        (
            [
                language,
                found.counts[language, "articles"],
                repeats.texts,
                *(f"{found.counts[language, label] / repeats.texts:.1%}" for label in LABELS),
                f"{repeats.rate:.2%}",
                repeats.copied,
            ]
            for language, repeats in found.comments.items()
        ),
        empty="There is no comment in the corpus.",
    )


def _print_counts(counts: Counter[tuple[str, str]]) -> None:
    """Print a line for each split, label, family of spam and kind of toxicity."""
    from moderation.training.corpus_balance import NAMES

    languages = sorted({language for language, _ in counts})
    if languages:
        click.echo()
        print_table(
            ["count", *languages, "all"],
            (
                [name, *numbers, sum(numbers)]
                for name in NAMES
                for numbers in [[counts[language, name] for language in languages]]
            ),
            empty="",
        )
        click.echo()


def _print_rates(found: Findings) -> None:
    """Print how many texts of all say nearly what another of their language says."""
    for name, by_language in (("comments", found.comments), ("articles", found.articles)):
        texts = sum(repeats.texts for repeats in by_language.values())
        near = sum(repeats.near for repeats in by_language.values())
        if texts:
            click.echo(f"near-duplicates: {near} of {texts:,} {name}, {near / texts:.2%}")


COMMANDS = (train, evaluate, datasets, corpus)
