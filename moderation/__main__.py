"""
The commands: ``python -m moderation NAME``. Lists them and turns every error into one sentence.

Holds no command itself; each is in the module of `moderation.commands` that carries its subject.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from moderation import __version__
from moderation.commands import (
    accounts,
    comments,
    compare,
    database,
    doctor,
    events,
    learning,
    models,
    policy,
    queue,
    score,
    serve,
    transfer,
)
from moderation.commands.settings import Settings
from moderation.errors import (
    ConfigError,
    CorpusError,
    InputError,
    ModerationError,
    NotFound,
    PolicyError,
)

__all__ = ["commands", "main"]

FAILED, BAD_INPUT, INTERRUPTED = 1, 2, 130
"""How a command ends when it does not end well: exit codes."""

_BAD_INPUT = (ConfigError, CorpusError, InputError, NotFound, PolicyError)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, message="%(version)s")
@click.option(
    "--config",
    type=click.Path(path_type=Path, dir_okay=False),
    help="TOML file with settings; else $MODERATION_CONFIG, else moderation.toml if it is there.",
)
@click.pass_context
def commands(context: click.Context, config: Path | None) -> None:
    """Scores reader comments for spam, toxicity and relevance to their article."""
    context.obj = Settings(config)


for _module in (
    serve,
    score,
    compare,
    doctor,
    queue,
    comments,
    policy,
    learning,
    models,
    accounts,
    transfer,
    events,
    database,
):
    for _command in _module.COMMANDS:
        commands.add_command(_command)


def main(arguments: Sequence[str] | None = None) -> int:
    """
    Run one command.

    Args:
        arguments: without the program's name; defaults to those of the process.

    Returns:
        The exit code: 0; 1 when something failed; 2 when what was given is wrong.
    """
    try:
        code = commands.main(
            None if arguments is None else list(arguments),
            prog_name="python -m moderation",
            standalone_mode=False,
        )
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        return BAD_INPUT
    except click.ClickException as error:
        return _refuse(error.format_message().rstrip("."), error.exit_code)
    except ModerationError as error:
        return _refuse(str(error), BAD_INPUT if isinstance(error, _BAD_INPUT) else FAILED)
    except BrokenPipeError:
        # Whoever read our output has seen enough. Python would complain when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        return _refuse(f"{where}{error.strerror or error}", FAILED)
    except (click.Abort, KeyboardInterrupt):
        return _refuse("interrupted", INTERRUPTED)
    return code if isinstance(code, int) else 0


def _refuse(sentence: str, code: int) -> int:
    click.echo(f"error: {sentence}", err=True)
    return code


if __name__ == "__main__":
    sys.exit(main())
