"""`swarmstore show`: a total or a session."""

from __future__ import annotations

from typing import Annotated

import typer

import swarmstore
from swarmstore.cli.help import Command, Group
from swarmstore.cli.options import JsonOption, ScenarioArgument, SchemaOption, UrlOption, existing_store
from swarmstore.cli.printed import prints
from swarmstore.cli.snapshot_output import print_snapshot

show = typer.Typer(
    name="show", cls=Group, help="Show a total or a session.", no_args_is_help=True, rich_markup_mode=None
)


@show.callback()
def _before_the_command(
    url: UrlOption = None, schema: SchemaOption = "swarmstore", json: JsonOption = False
) -> None:
    pass


@show.command("global", cls=Command)
@prints(lambda: swarmstore.LearningSnapshot)
def show_global(url: UrlOption = None, schema: SchemaOption = "swarmstore", json: JsonOption = False) -> None:
    """Show the total of all scenarios.

    Example: swarmstore show global --json
    """
    with existing_store(url, schema) as store:
        total = store.load_global()
    print_snapshot("Global total", total, json=json, url=url, of_all=True)


@show.command("scenario", cls=Command)
@prints(lambda: swarmstore.LearningSnapshot)
def show_scenario(
    name: ScenarioArgument,
    url: UrlOption = None,
    schema: SchemaOption = "swarmstore",
    json: JsonOption = False,
) -> None:
    """Show the total of a scenario.

    Example: swarmstore show scenario troubleshooting
    """
    with existing_store(url, schema, name) as store:
        total = store.load_scenario(name)
    print_snapshot(f"Total of {name}", total, json=json, url=url)


@show.command("session", cls=Command)
@prints(lambda: swarmstore.LearningSnapshot)
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
    with existing_store(url, schema, scenario) as store:
        session = store.load_session(scenario, session_id)
    print_snapshot(f"Session {session_id} of {scenario}", session, json=json, url=url)
