"""`swarmstore show`: a total or a session."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from swarmstore.cli.options import JsonOption, SchemaOption, UrlOption, check_scenario, existing_store
from swarmstore.cli.output import print_json_text
from swarmstore.cli.snapshot_output import print_snapshot

if TYPE_CHECKING:
    from swarmstore import LearningSnapshot

ScenarioArgument = Annotated[str, typer.Argument(help="The scenario's name.")]

show = typer.Typer(
    name="show", help="Show a total or a session.", no_args_is_help=True, rich_markup_mode=None
)


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
