"""
The command that runs the service.

Hands the settings to `web.serve`; everything else happens there.
"""

from __future__ import annotations

import os

import click

from moderation.commands.settings import Settings, pass_settings

__all__ = ["COMMANDS"]


@click.command()
@click.option("--host", help="Address to listen on.")
@click.option("--port", type=int, help="Port to listen on; 0 lets the system choose.")
@click.option("--workers", type=int, help="Server processes.")
@pass_settings
def serve(settings: Settings, host: str | None, port: int | None, workers: int | None) -> None:
    """Run the service until it is stopped with Ctrl-C or SIGTERM."""
    from moderation.web.serve import serve as run

    config = settings.read(host=host, port=port, workers=workers)
    if settings.path is not None:
        # The workers read their settings themselves, from the same file.
        os.environ["MODERATION_CONFIG"] = str(settings.path.absolute())
    run(config, say=click.echo)


COMMANDS = (serve,)
