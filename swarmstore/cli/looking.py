"""`swarmstore scenarios`, `sessions` and `show`: what the store holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from swarmstore.cli.following import follow_sessions
from swarmstore.cli.options import JsonOption, SchemaOption, UrlOption, check_scenario, existing_store
from swarmstore.cli.output import moment, percent, print_json, print_json_text, print_rows, say
from swarmstore.cli.snapshots import print_snapshot

if TYPE_CHECKING:
    from swarmstore.contracts.summaries import ScenarioSummary
    from swarmstore.model.snapshot import LearningSnapshot

_OVERFLOW = "overflow"

ScenarioArgument = Annotated[str, typer.Argument(help="The scenario's name.")]

show = typer.Typer(help="Show a total or a session.", no_args_is_help=True, rich_markup_mode=None)


def scenarios(url: UrlOption = None, schema: SchemaOption = "swarmstore", json: JsonOption = False) -> None:
    """List the scenarios with the size of their totals.

    "overflow", or null with --json, says that a count in the total passes 2^63 - 1.

    Example: swarmstore scenarios
    """
    with existing_store(url, schema) as store:
        found = store.summaries()
    if json:
        print_json(found)
        return
    print_rows(
        ("scenario", "#sessions", "#runs in total", "#success", "#actions", "last session"),
        ((one.scenario, one.sessions, *_of_total(one), one.last_session) for one in found),
        title="Scenarios",
    )


def _of_total(summary: ScenarioSummary) -> tuple[object, object, object]:
    """Runs, success and actions, or why there are none: a sum in the total passes what counts hold."""
    won, lost = summary.success_episodes, summary.failure_episodes
    if won is None or lost is None:
        return (_OVERFLOW, _OVERFLOW, _OVERFLOW)
    return summary.session_count, percent(won, won + lost), summary.total_actions


def sessions(
    scenario: ScenarioArgument,
    follow: Annotated[bool, typer.Option("--follow", help="Go on with sessions as they are saved.")] = False,
    after: Annotated[str | None, typer.Option(metavar="CURSOR", help="Follow from here on.")] = None,
    url: UrlOption = None,
    schema: SchemaOption = "swarmstore",
    json: JsonOption = False,
) -> None:
    """List a scenario's sessions, oldest first, or follow them in the order of saving.

    Example: swarmstore sessions troubleshooting --follow
    """
    if after is not None and not follow:
        raise typer.BadParameter("a cursor is for --follow")
    with existing_store(url, schema) as store:
        check_scenario(store, scenario)
        if follow:
            follow_sessions(store, scenario, after, json=json)
        ids = store.list_sessions(scenario)
    if json:
        print_json([str(session_id) for session_id in ids])
        return
    if not ids:
        say(f"scenario {scenario!r} has no sessions")
        return
    rows = ((str(session_id), moment(session_id.timestamp)) for session_id in ids)
    print_rows(("session", "time (UTC)"), rows, title=f"{len(ids):,} sessions")


@show.command(name="global")
def show_global(url: UrlOption = None, schema: SchemaOption = "swarmstore", json: JsonOption = False) -> None:
    """Show the total over all scenarios.

    Example: swarmstore show global --json
    """
    with existing_store(url, schema) as store:
        _show("Global total", store.load_global(), json)


@show.command(name="scenario")
def show_scenario(
    name: ScenarioArgument,
    url: UrlOption = None,
    schema: SchemaOption = "swarmstore",
    json: JsonOption = False,
) -> None:
    """Show a scenario's total.

    Example: swarmstore show scenario troubleshooting
    """
    with existing_store(url, schema) as store:
        check_scenario(store, name)
        _show(f"Total of {name}", store.load_scenario(name), json)


@show.command(name="session")
def show_session(
    scenario: ScenarioArgument,
    session_id: Annotated[str, typer.Argument(metavar="ID", help="The session's id.")],
    url: UrlOption = None,
    schema: SchemaOption = "swarmstore",
    json: JsonOption = False,
) -> None:
    """Show one session.

    Example: swarmstore show session troubleshooting 1795424308
    """
    with existing_store(url, schema) as store:
        check_scenario(store, scenario)
        _show(f"Session {session_id} of {scenario}", store.load_session(scenario, session_id), json)


def _show(title: str, snapshot: LearningSnapshot, json: bool) -> None:
    if json:
        print_json_text(snapshot.to_json())
    else:
        print_snapshot(title, snapshot)
