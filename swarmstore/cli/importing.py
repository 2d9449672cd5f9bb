"""`swarmstore import`: a folder of upstream's JSON files into the database."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from swarmstore.cli.options import JsonOption, SchemaOption, UrlOption
from swarmstore.cli.output import add_row, console, counted, facts, print_json, say, say_repeated, table
from swarmstore.cli.progress import told
from swarmstore.importing import ImportReport
from swarmstore.store import LearningStore


class Totals(StrEnum):
    """Where the totals come from."""

    FILES = "files"
    SESSIONS = "sessions"


def import_(
    folder: Annotated[Path, typer.Argument(metavar="DIR", readable=False, help="A store of JSON files.")],
    name: Annotated[
        str | None,
        typer.Option("--as", metavar="NAME", help="The store's name; the folder's path by default."),
    ] = None,
    totals: Annotated[
        Totals,
        typer.Option(help="Take totals as the files say, or count the sessions and compare."),
    ] = Totals.FILES,
    reader_process: Annotated[
        bool | None,
        typer.Option(help="Read files in a process of its own; by default those of a large store."),
    ] = None,
    url: UrlOption = None,
    schema: SchemaOption = "swarmstore",
    json: JsonOption = False,
) -> None:
    """Import a store of JSON files; again it changes nothing, grown it adds what is new.

    Files and folders that cannot be read, links among them, are listed and stop nothing; the exit
    code is 1 then.

    Example: swarmstore import ~/.local/share/swarm-engine/learning
    """
    with LearningStore.open(url, schema=schema) as store, told("importing") as progress:
        report = store.import_store(
            folder, origin=name, totals=totals.value, progress=progress, reader_process=reader_process
        )
    if json:
        print_json(report)
    else:
        _print(report)
    if report.problems:
        raise typer.Exit(1)


def _print(report: ImportReport) -> None:
    facts(
        "Imported",
        [
            ("store", report.origin),
            ("sessions", counted(report.sessions)),
            ("totals", counted(report.totals)),
            ("offline models", counted(report.models)),
        ],
    )
    if report.from_here:
        say("This is an export of this very store: totals stay, and only sessions added there were counted.")
    if report.renamed:
        made = table("scenario", "id in the files", "id here", title="Ids that other sessions had taken")
        for scenario, before, after in report.renamed:
            add_row(made, scenario, before, after)
        console.print(made)
    if report.differences:
        made = table(
            "total",
            "number",
            "#in its file",
            "#sum of sessions",
            title="Totals that differ from their sessions",
        )
        for difference in report.differences:
            add_row(made, difference.total, difference.number, difference.in_file, difference.in_sessions)
        console.print(made)
    say_repeated(report.repeated)
    for problem in report.problems:
        say(f"not imported: {problem.path}: {problem.reason}", style="red")
