"""The commands together, and how they end: 0 done, 1 not (all) done, 2 wrongly called, 130 interrupted."""

from __future__ import annotations

import sys
from contextlib import suppress
from importlib import metadata
from typing import Annotated, Any

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
from swarmstore.cli.help import Command, Group, UsageError
from swarmstore.cli.options import JsonOption, SchemaOption, UrlOption
from swarmstore.cli.output import asked_for_json, prepare_streams, say_error

COMMANDS = {
    "Set up": (upgrade.upgrade, grant.grant, distribute.distribute),
    "Look": (
        scenarios.scenarios,
        sessions.sessions,
        show.show,
        merge.merge,
        sources.sources,
        report.report,
    ),
    "Learn": (learn.learn,),
    "Move data": (import_.import_, ingest.ingest, export.export, copy.copy),
    "Maintain": (
        doctor.doctor,
        verify.verify,
        fold.fold,
        rebuild.rebuild,
        prune.prune,
        forget.forget,
        backup.backup,
        restore.restore,
    ),
}

app = typer.Typer(
    name="swarmstore",
    cls=Group,
    help="swarmstore keeps what AI agents learn in a SQL database.\n\n"
    "The options --url, --schema and --json may come before or after the name of a command.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"max_content_width": 110, "help_option_names": ["-h", "--help"]},
)


def _tell_version(asked: bool) -> None:
    if asked:
        print(f"swarmstore {metadata.version('swarmstore')}, schema revision {swarmstore.REVISION}")
        raise typer.Exit


@app.callback()
def _before_the_command(
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            callback=_tell_version,
            is_eager=True,
            help="Show the version and the schema's revision, and exit.",
        ),
    ] = False,
    url: UrlOption = None,
    schema: SchemaOption = "swarmstore",
    json: JsonOption = False,
) -> None:
    pass


for title, commands in COMMANDS.items():
    for command in commands:
        if isinstance(command, typer.Typer):
            app.add_typer(command, name=command.info.name, rich_help_panel=title)
        else:
            app.command(command.__name__.rstrip("_"), cls=Command, rich_help_panel=title)(command)


def main() -> None:
    """Run the command line.

    What swarmstore raises on purpose becomes one line on stderr, and so does a file or a folder that
    cannot be used. With --json it is an object, also for a wrong call.
    """
    prepare_streams()
    try:
        sys.exit(_run())
    except swarmstore.SwarmstoreError as error:
        say_error(error, str(error))
        sys.exit(1)
    except UsageError as error:  # with --json; else it has been told with the command's usage
        say_error(error, error.format_message())
        sys.exit(error.exit_code)
    except BrokenPipeError:  # `swarmstore … | head` has seen enough
        sys.stderr.close()
        sys.exit(1)
    except OSError as error:
        say_error(error, _of_the_system(error))
        with suppress(OSError):  # or the interpreter would try again to write what it could not
            sys.stdout.close()
        sys.exit(1)


def _run() -> Any:
    """Run the command that is called for; its exit code."""
    try:
        return app(standalone_mode=not asked_for_json())
    finally:
        sys.stdout.flush()  # here, where it is told when it cannot be


def _of_the_system(error: OSError) -> str:
    path, said = error.filename2 or error.filename, error.strerror or str(error) or type(error).__name__
    return said if path is None else f"{path} cannot be used: {said}"
