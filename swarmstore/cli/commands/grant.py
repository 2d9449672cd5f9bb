"""`swarmstore grant`: what roles may do on PostgreSQL."""

from __future__ import annotations

from typing import Annotated

import typer

import swarmstore
from swarmstore.cli.options import JsonOption, SchemaOption, UrlOption
from swarmstore.cli.output import facts, print_answer
from swarmstore.cli.printed import prints

_NAMED = 2  # columns that are named; of more the number is enough


@prints(lambda: list[swarmstore.Granted])
def grant(
    agents: Annotated[
        list[str] | None,
        typer.Option(
            "--agent", metavar="ROLE", help="A role that saves and loads. The option may be repeated."
        ),
    ] = None,
    analysts: Annotated[
        list[str] | None,
        typer.Option("--analyst", metavar="ROLE", help="A role that only reads. The option may be repeated."),
    ] = None,
    url: UrlOption = None,
    schema: SchemaOption = "swarmstore",
    json: JsonOption = False,
) -> None:
    """Give PostgreSQL roles exactly the privileges they need.

    Agents save and load, analysts read; all other privileges on the tables are revoked. Run it as the
    owner of the tables, and again after each upgrade. The roles must exist.

    Example: swarmstore grant --agent swarm --analyst bi
    """
    granted = swarmstore.grant(url, agents=agents or (), analysts=analysts or (), schema=schema)
    print_answer(granted, _print, json=json, url=url)


def _print(granted: list[swarmstore.Granted]) -> None:
    for one in granted:
        updated = (f"{name} ({_columns(columns)})" for name, columns in one.update.items())
        facts(
            f"{one.role} ({one.kind})",
            [
                ("reads", ", ".join(one.select)),
                ("adds rows to", ", ".join(one.insert) or None),
                ("changes", ", ".join(updated) or None),
                ("deletes from", ", ".join(one.delete) or None),
            ],
        )


def _columns(names: list[str]) -> str:
    return ", ".join(names) if len(names) <= _NAMED else f"{len(names)} columns"
