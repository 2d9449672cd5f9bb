"""`swarmstore merge`: any slice of history as one snapshot."""

from __future__ import annotations

from typing import Annotated

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
from swarmstore.cli.output import say, say_database
from swarmstore.cli.printed import prints
from swarmstore.cli.snapshot_output import print_snapshot


@prints(lambda: swarmstore.LearningSnapshot)
def merge(
    scenario: ScenarioArgument,
    strategy: Annotated[
        str,
        typer.Option(
            metavar="STRATEGY",
            help="additive, which is the default; time-decay:N, where a session's weight halves with every "
            "N newer ones; or success-weighted.",
        ),
    ] = "additive",
    latest: LatestOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    phase: PhaseOption = None,
    group: GroupOption = None,
    url: UrlOption = None,
    schema: SchemaOption = "swarmstore",
    json: JsonOption = False,
) -> None:
    """Show what some sessions of a scenario have learned, as one snapshot.

    Choose the sessions by number, time, phase or group; without these options all saved sessions are
    merged. Nothing is changed in the store.

    Example: swarmstore merge simple_qa --since 7d

    Example: swarmstore merge simple_qa --strategy time-decay:7 --latest 100
    """
    with existing_store(url, schema, scenario) as store:
        merged = store.merge_sessions(
            scenario, strategy, latest=latest, since=since, until=until, phase=phase, group_id=group
        )
        # an empty snapshot has one session, as upstream's does
        chosen = store.session_summaries(
            scenario, latest=latest, since=since, until=until, phase=phase, group_id=group
        )
        is_empty = not json and next(chosen, None) is None
    if is_empty:
        say(f"there are no such sessions of {scenario!r}")
        say_database(url)
    else:
        print_snapshot(f"Merge of {scenario}, {strategy}", merged, json=json, url=url)
