"""`swarmstore grant`: what roles may do on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from swarmstore.cli.options import JsonOption, SchemaOption, UrlOption
from swarmstore.cli.output import facts, print_json

if TYPE_CHECKING:
    from swarmstore import Granted

_NAMED = 2  # columns that are named; of more the number is enough


def grant(
    agents: Annotated[
        list[str] | None,
        typer.Option("--agent", metavar="ROLE", help="A role that saves and loads; may be repeated."),
    ] = None,
    analysts: Annotated[
        list[str] | None,
        typer.Option("--analyst", metavar="ROLE", help="A role that only reads; may be repeated."),
    ] = None,
    url: UrlOption = None,
    schema: SchemaOption = "swarmstore",
    json: JsonOption = False,
) -> None:
    """Leave roles with just what they need: agents save and load, analysts read. PostgreSQL only.

    Run as the owner of the tables, and again after each upgrade. The roles must exist.

    Example: swarmstore grant --agent swarm --analyst bi --url postgresql://admin@db.example/swarm
    """
    from swarmstore import grant as grant_roles

    granted = grant_roles(url, agents=agents or (), analysts=analysts or (), schema=schema)
    if json:
        print_json(granted)
        return
    for one in granted:
        facts(f"{one.role} ({one.kind})", list(_shown(one)))


def _shown(granted: Granted) -> Iterator[tuple[str, str | None]]:
    yield "reads", ", ".join(granted.select)
    yield "adds rows to", ", ".join(granted.insert) or None
    updated = (f"{name} ({_columns(columns)})" for name, columns in granted.update.items())
    yield "changes", ", ".join(updated) or None
    yield "deletes from", ", ".join(granted.delete) or None


def _columns(names: list[str]) -> str:
    return ", ".join(names) if len(names) <= _NAMED else f"{len(names)} columns"
