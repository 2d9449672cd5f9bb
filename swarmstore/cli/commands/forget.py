"""`swarmstore forget`: sessions or imports undone, with what they added to totals."""

from __future__ import annotations

from typing import Annotated, TypedDict

import typer

import swarmstore
from swarmstore.cli.options import (
    GroupOption,
    JsonOption,
    PhaseOption,
    SchemaOption,
    SinceOption,
    UntilOption,
    UrlOption,
    existing_store,
    scenario_names,
)
from swarmstore.cli.output import count_of, percent, print_json, print_table, say, say_database
from swarmstore.cli.printed import prints


class TotalWithout(TypedDict):
    """A total without what was forgotten; all counts are null if nothing is left of it.

    scenario: its name, null for the global total.
    """

    scenario: str | None
    session_count: int | None
    total_episodes: int | None
    total_actions: int | None
    success_episodes: int | None
    failure_episodes: int | None


class Forgotten(TypedDict):
    """What was forgotten, or with `dry_run` what would be.

    uncounted: how many of these sessions did not count in a total themselves.
    """

    sessions: list[swarmstore.SessionKey]
    uncounted: int
    totals: list[TotalWithout]
    dry_run: bool


@prints(lambda: Forgotten)
def forget(
    scenario: Annotated[
        str | None,
        typer.Argument(
            metavar="SCENARIO",
            autocompletion=scenario_names,
            help="The scenario's name. Without one, options apply to all scenarios.",
        ),
    ] = None,
    session_ids: Annotated[
        list[str] | None, typer.Argument(metavar="ID", help="The ids of the sessions to forget.")
    ] = None,
    phase: PhaseOption = None,
    group: GroupOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    origin: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Forget everything that was imported under this name."),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Change nothing, and show what the totals would be.")
    ] = False,
    url: UrlOption = None,
    schema: SchemaOption = "swarmstore",
    json: JsonOption = False,
) -> None:
    """Remove sessions and take what they added out of the totals.

    Choose them by id, by phase, group and time, or a whole import by --origin. Sessions that were
    deleted or pruned before cannot be forgotten; `swarmstore sources` shows how much they added.

    Example: swarmstore forget troubleshooting 1795424053 1795424054 --dry-run
    """
    with existing_store(url, schema, scenario) as store:
        report = store.forget(
            scenario,
            session_ids or None,
            phase=phase,
            group_id=group,
            since=since,
            until=until,
            origin=origin,
            dry_run=dry_run,
        )
    if json:
        totals = [_without(*each) for each in report.totals.items()]
        print_json(
            Forgotten(sessions=[*report.sessions], uncounted=report.uncounted, totals=totals, dry_run=dry_run)
        )
    else:
        _print(report)
        say_database(url)


def _without(scenario: str | None, total: swarmstore.LearningSnapshot | None) -> TotalWithout:
    metadata = None if total is None else total.metadata
    episodes = None if total is None else total.episode_transitions
    return TotalWithout(
        scenario=scenario,
        session_count=None if metadata is None else metadata.session_count,
        total_episodes=None if metadata is None else metadata.total_episodes,
        total_actions=None if metadata is None else metadata.total_actions,
        success_episodes=None if episodes is None else episodes.success_episodes,
        failure_episodes=None if episodes is None else episodes.failure_episodes,
    )


def _print(report: swarmstore.ForgetReport) -> None:
    say(f"{count_of(len(report.sessions), 'session')} {'would be ' if report.dry_run else ''}forgotten")
    if report.uncounted:
        say(
            f"warning: {report.uncounted:,} of these sessions did not count in any total. If an imported "
            "total, or one saved by hand, includes their runs, it keeps them; `swarmstore sources` lists "
            "such totals",
            style="yellow",
        )
    if report.totals:
        print_table(
            ("total", "#runs", "#success", "#actions"),
            (("(global)" if name is None else name, *_shown(total)) for name, total in report.totals.items()),
            title="Totals as they would be" if report.dry_run else "Totals as they are now",
        )


def _shown(total: swarmstore.LearningSnapshot | None) -> tuple[object, ...]:
    if total is None:
        return ("nothing left",)
    episodes, metadata = total.episode_transitions, total.metadata
    success = percent(episodes.success_episodes, episodes.success_episodes + episodes.failure_episodes)
    return metadata.session_count, success, metadata.total_actions
