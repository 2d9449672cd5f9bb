"""`swarmstore sessions --follow`: sessions as they are saved, until somebody stops it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, NoReturn

import typer

from swarmstore.cli.output import console, errors, moment, print_json_text, say
from swarmstore.errors import StoreUnavailableError

if TYPE_CHECKING:
    from swarmstore.contracts.change_feed import Change
    from swarmstore.store.learning_store import LearningStore

_SECONDS = 1.0  # between two looks
_INTERRUPTED = 130  # as every program that Ctrl-C ends


def follow_sessions(store: LearningStore, scenario: str, after: str | None, *, json: bool) -> NoReturn:
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
            except StoreUnavailableError as error:
                say(f"waiting: {error}", style="yellow", to=errors)
            console.file.flush()
            time.sleep(_SECONDS)
    except KeyboardInterrupt:
        raise typer.Exit(_INTERRUPTED) from None


def _print(change: Change, *, json: bool) -> None:
    if json:
        import msgspec

        print_json_text(msgspec.json.encode(change, enc_hook=str).decode())
    else:
        say(f"{moment(change.saved_at_ms // 1000)}  {change.session_id}")
