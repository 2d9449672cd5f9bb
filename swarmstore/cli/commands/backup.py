"""`swarmstore backup`: a store in a SQLite file, into another file."""

from __future__ import annotations

from typing import Annotated, TypedDict

import typer

import swarmstore
from swarmstore.cli.options import JsonOption, UrlOption, given_path
from swarmstore.cli.output import print_answer
from swarmstore.cli.printed import prints


class BackupFile(TypedDict):
    """A backup that was written, or put back."""

    path: str


@prints(lambda: BackupFile)
def backup(
    path: Annotated[str, typer.Argument(metavar="FILE", help="The new file for the backup.")],
    url: UrlOption = None,
    json: JsonOption = False,
) -> None:
    """Back up a store in a SQLite file, also while agents use it.

    The backup is checked before it is renamed to FILE. PostgreSQL has tools of its own, such as pg_dump.

    Example: swarmstore backup swarm-2026-01-31.db --url sqlite:///swarm.db
    """
    target = given_path(path)
    swarmstore.backup(target, url)
    print_answer(BackupFile(path=str(target)), f"backed up into {target}", json=json, url=url)
