"""`swarmstore sessions`: those of a scenario, also as they are saved."""

from __future__ import annotations

import time
from typing import Annotated, NoReturn

import typer

import swarmstore
from swarmstore.cli.options import JsonOption, ScenarioArgument, SchemaOption, UrlOption, existing_store
from swarmstore.cli.output import console, errors, print_json, print_json_text, print_rows, say
from swarmstore.cli.times import moment

_SECONDS = 1.0  # between two looks
_INTERRUPTED = 130  # as every program that Ctrl-C ends


def sessions(
    scenario: ScenarioArgument,
    follow: Annotated[
        bool,
        typer.Option(
            "--follow", help="Print sessions in the order of saving, and keep waiting for new ones."
        ),
    ] = False,
    after: Annotated[
        str | None,
        typer.Option(metavar="CURSOR", help="With --follow: start behind this cursor, as --json prints it."),
    ] = None,
    url: UrlOption = None,
    schema: SchemaOption = "swarmstore",
    json: JsonOption = False,
) -> None:
    """List a scenario's sessions, oldest first.

    Example: swarmstore sessions troubleshooting --follow
    """
    if after is not None and not follow:
        raise typer.BadParameter("--after needs --follow")
    with existing_store(url, schema, scenario) as store:
        if follow:
            _follow(store, scenario, after, json=json)
        ids = store.list_sessions(scenario)
    if json:
        print_json(ids)
        return
    if not ids:
        say(f"scenario {scenario!r} has no sessions")
        return
    rows = ((str(session_id), moment(session_id.timestamp)) for session_id in ids)
    print_rows(("session", "time (UTC)"), rows, title=f"{len(ids):,} sessions")


def _follow(store: swarmstore.LearningStore, scenario: str, after: str | None, *, json: bool) -> NoReturn:
    """Print a scenario's sessions behind the cursor, and go on with those that are saved.

    A line each; with `json` an object a line, whose `cursor` is the place to go on from. A database
    that is away for a while is told on stderr and waited for.
    """
    cursor = after
    try:
        while True:
            try:
                for change in store.changes(cursor):
                    if change.scenario == scenario:
                        _print(change, json=json)
                    cursor = change.cursor
            except swarmstore.StoreUnavailableError as error:
                say(f"waiting: {error}", style="yellow", to=errors)
            console.file.flush()
            time.sleep(_SECONDS)
    except KeyboardInterrupt:
        raise typer.Exit(_INTERRUPTED) from None


def _print(change: swarmstore.Change, *, json: bool) -> None:
    if json:
        import msgspec

        print_json_text(msgspec.json.encode(change, enc_hook=str).decode())
    else:
        say(f"{moment(change.saved_at_ms // 1000)}  {change.session_id}")
