"""The commands together, and how they end: 0 done, 1 not (all) done, 2 wrongly called, 130 interrupted."""

from __future__ import annotations

import sys
from contextlib import suppress
from importlib import metadata
from typing import Annotated

import typer

import swarmstore
from swarmstore.cli.commands import (
    backup,
    copy,
    distribute,
    doctor,
    export,
    fold,
    forget,
    grant,
    import_,
    ingest,
    learn,
    merge,
    prune,
    rebuild,
    report,
    restore,
    scenarios,
    sessions,
    show,
    sources,
    upgrade,
    verify,
)
from swarmstore.cli.output import errors, prepare_streams, say

COMMANDS = (
    upgrade.upgrade,
    doctor.doctor,
    grant.grant,
    distribute.distribute,
    scenarios.scenarios,
    sessions.sessions,
    show.show,
    merge.merge,
    learn.learn,
    verify.verify,
    fold.fold,
    rebuild.rebuild,
    prune.prune,
    forget.forget,
    sources.sources,
    import_.import_,
    ingest.ingest,
    export.export,
    copy.copy,
    backup.backup,
    restore.restore,
    report.report,
)

app = typer.Typer(
    name="swarmstore",
    help="The SQL-backed store for what swarms of AI agents learn.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    add_completion=False,
    context_settings={"max_content_width": 110, "help_option_names": ["-h", "--help"]},
)


def _tell_version(asked: bool) -> None:
    if asked:
        print(f"swarmstore {metadata.version('swarmstore')}, tables of revision {swarmstore.REVISION}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            callback=_tell_version,
            is_eager=True,
            help="Tell the version, and the tables' revision.",
        ),
    ] = False,
) -> None:
    pass


for command in COMMANDS:
    if isinstance(command, typer.Typer):
        app.add_typer(command, name=command.info.name)
    else:
        app.command(name=command.__name__.rstrip("_"))(command)


def main() -> None:
    """Run the command line.

    What swarmstore raises on purpose becomes one line on stderr, and so does a file or a folder that
    cannot be used.
    """
    prepare_streams()
    try:
        _run()
    except swarmstore.SwarmstoreError as error:
        say(f"error: {error}", style="red", to=errors)
        sys.exit(1)
    except BrokenPipeError:  # `swarmstore … | head` has seen enough
        sys.stderr.close()
        sys.exit(1)
    except OSError as error:
        say(f"error: {_of_the_system(error)}", style="red", to=errors)
        with suppress(OSError):  # or the interpreter would try again to write what it could not
            sys.stdout.close()
        sys.exit(1)


def _run() -> None:
    try:
        app()
    finally:
        sys.stdout.flush()  # here, where it is told when it cannot be


def _of_the_system(error: OSError) -> str:
    path, said = error.filename2 or error.filename, error.strerror or str(error) or type(error).__name__
    return said if path is None else f"{path} cannot be used: {said}"
