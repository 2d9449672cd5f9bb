"""`swarmstore restore`: a backup, put back into a SQLite file."""

from __future__ import annotations

from typing import Annotated

import typer

import swarmstore
from swarmstore.cli.commands.backup import BackupFile
from swarmstore.cli.options import JsonOption, UrlOption, given_path
from swarmstore.cli.output import print_answer
from swarmstore.cli.printed import prints


@prints(lambda: BackupFile)
def restore(
    path: Annotated[str, typer.Argument(metavar="FILE", help="The backup.")],
    url: UrlOption = None,
    json: JsonOption = False,
) -> None:
    """Put a backup back into a SQLite file: a new one, or that of the same store.

    Stores that are open on the file continue with the backup. Followers start again from the first session.

    Example: swarmstore restore swarm-2026-01-31.db --url sqlite:///swarm.db
    """
    source = given_path(path)
    swarmstore.restore(source, url)
    print_answer(BackupFile(path=str(source)), f"restored from {source}", json=json, url=url)
