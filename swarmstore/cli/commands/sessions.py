"""`swarmstore sessions`: those of a scenario, also as they are saved."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, fields
from itertools import chain
from typing import Annotated, NoReturn

import typer

import swarmstore
from swarmstore.cli.options import (
    GroupOption,
    JsonOption,
    LatestOption,
    PhaseOption,
    ScenarioArgument,
    SchemaOption,
    SinceOption,
    UntilOption,
    UrlOption,
    existing_store,
)
from swarmstore.cli.output import (
    console,
    errors,
    json_line,
    print_json_list,
    print_json_text,
    print_rows,
    say,
    say_database,
)
from swarmstore.cli.printed import prints
from swarmstore.cli.times import moment

_SECONDS = 1.0  # between two looks
_INTERRUPTED = 130  # as every program that Ctrl-C ends
_FIELDS = [field.name for field in fields(swarmstore.SessionSummary)]
_COLUMNS = ("session", "time (UTC)", "#ok/failed", "#actions", "phase", "group")


@dataclass(frozen=True, slots=True)
class ListedSession(swarmstore.SessionSummary):
    """A session in the list.

    timestamp: the time that its id stands for, in seconds since 1970, or null.
    """

    timestamp: int | None


@prints(lambda: list[ListedSession], lambda: swarmstore.Change)
def sessions(
    scenario: ScenarioArgument,
    latest: LatestOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    phase: PhaseOption = None,
    group: GroupOption = None,
    follow: Annotated[
        bool,
        typer.Option(
            "--follow",
            help="Print all sessions in the order of saving, and keep waiting for new ones.",
        ),
    ] = False,
    after: Annotated[
        str | None,
        typer.Option(metavar="CURSOR", help="With --follow: start after this cursor, which --json prints."),
    ] = None,
    url: UrlOption = None,
    schema: SchemaOption = "swarmstore",
    json: JsonOption = False,
) -> None:
    """List the sessions of a scenario, oldest first.

    "ok/failed" is the number of episodes that succeeded, and of those that failed.

    Example: swarmstore sessions troubleshooting --latest 20
    """
    if after is not None and not follow:
        raise typer.BadParameter("--after needs --follow")
    if follow and any(each is not None for each in (latest, since, until, phase, group)):
        raise typer.BadParameter("--follow prints all sessions: leave out --latest and other filters")
    with existing_store(url, schema, scenario) as store:
        if follow:
            _follow(store, scenario, after, json=json)
        found = store.session_summaries(
            scenario, latest=latest, since=since, until=until, phase=phase, group_id=group
        )
        if json:
            print_json_list(map(_with_time, found))
        else:
            _print(scenario, found)
            say_database(url)


def _with_time(one: swarmstore.SessionSummary) -> ListedSession:
    known = {name: getattr(one, name) for name in _FIELDS}
    return ListedSession(**known, timestamp=one.session_id.timestamp)


def _print(scenario: str, found: Iterator[swarmstore.SessionSummary]) -> None:
    first = next(found, None)
    if first is None:
        say(f"there are no such sessions of {scenario!r}")
        return
    rows = (
        (
            one.session_id,
            moment(one.session_id.timestamp),
            f"{one.success_episodes}/{one.failure_episodes}",
            one.total_actions,
            one.phase,
            one.group_id,
        )
        for one in chain([first], found)
    )
    print_rows(_COLUMNS, rows, title=f"Sessions of {scenario}")


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
                        _print_change(change, json=json)
                    cursor = change.cursor
            except swarmstore.StoreUnavailableError as error:
                say(f"waiting: {error}", style="yellow", to=errors)
            console.file.flush()
            time.sleep(_SECONDS)
    except KeyboardInterrupt:
        raise typer.Exit(_INTERRUPTED) from None


def _print_change(change: swarmstore.Change, *, json: bool) -> None:
    if json:
        print_json_text(json_line(change))
    else:
        say(f"{moment(change.saved_at_ms // 1000)}  {change.session_id}")
