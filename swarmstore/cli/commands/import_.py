"""`swarmstore import`: a folder of upstream's JSON files into the database."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

import swarmstore
from swarmstore.cli.options import JsonOption, SchemaOption, UrlOption, given_path
from swarmstore.cli.output import counted, facts, print_answer, print_table, say, say_repeated, told
from swarmstore.cli.printed import prints


@prints(lambda: swarmstore.ImportReport)
def import_(
    folder: Annotated[
        Path,
        typer.Argument(metavar="FOLDER", parser=given_path, help="A folder of SwarmEngine's JSON files."),
    ],
    name: Annotated[
        str | None,
        typer.Option(
            "--as", metavar="NAME", help="The name of the import. The default is the folder's path."
        ),
    ] = None,
    totals: Annotated[
        Literal["files", "sessions"],
        typer.Option(
            metavar="SOURCE",
            help="files to take the totals from the files, which is the default; sessions to count the "
            "sessions and report where the files differ.",
        ),
    ] = "files",
    repeated: Annotated[
        Literal["skip", "count", "fail"],
        typer.Option(
            metavar="ACTION",
            help="What to do with sessions that are copies of others, or totals that were saved as "
            "sessions: skip them, which is the default, count them, or fail.",
        ),
    ] = "skip",
    reader_process: Annotated[
        bool | None,
        typer.Option(
            "--reader-process/--no-reader-process",
            help="Read the files in a separate process, or don't. The default depends on how many there are.",
        ),
    ] = None,
    url: UrlOption = None,
    schema: SchemaOption = "swarmstore",
    json: JsonOption = False,
) -> None:
    """Import a folder of JSON files that SwarmEngine wrote.

    Running it again is safe: only new or changed files are imported. Files and folders that cannot be
    read, and links, are listed and skipped. The exit code is then 1, as it is when a file replaced a
    session that was imported before, or when a total in a file is smaller than the one in the store.

    Example: swarmstore import ~/.local/share/swarm-engine/learning
    """
    with swarmstore.LearningStore.open(url, schema=schema) as store, told("importing", "files") as progress:
        report = store.import_store(
            folder,
            origin=name,
            totals=totals,
            repeated=repeated,
            progress=progress,
            reader_process=reader_process,
        )
    print_answer(report, _print, json=json, url=url)
    if report.needs_attention:
        raise typer.Exit(1)


def _print(report: swarmstore.ImportReport) -> None:
    facts(
        "Imported",
        [
            ("store", report.origin),
            ("sessions", counted(report.sessions)),
            ("totals", counted(report.totals)),
            ("offline models", counted(report.models)),
        ],
    )
    if report.known_as is not None:
        say(
            f"All sessions were imported as {report.known_as!r} before. Under this name their totals count "
            f"once more; `swarmstore forget --origin` undoes it.",
            style="yellow",
        )
    if report.from_here:
        say("This is an export of this very store: totals stay, and only sessions added there were counted.")
    for folder, scenario in report.moved:
        say(f"The folder of {folder} holds the sessions of {scenario}, renamed: it is still {scenario} here.")
    if report.renamed:
        columns = ("scenario", "id in the files", "id here")
        print_table(columns, report.renamed, title="Ids that other sessions had taken")
    if report.differences:
        print_table(
            ("total", "number", "#in its file", "#sum of sessions"),
            ((one.total, one.number, one.in_file, one.in_sessions) for one in report.differences),
            title="Totals that differ from their sessions",
        )
    if report.summed:
        say(f"These totals have no file and were added up: {', '.join(report.summed)}")
    say_repeated(report.repeated, report.left_out)
    for scenario, session_id in report.replaced:
        say(f"replaced: session {session_id} of {scenario} was imported with other content", style="yellow")
    for total in report.kept:
        say(
            f"not replaced: the total {total} covers more here than in its file: the file lost updates, is "
            "older, or is of another store, which needs a name with --as",
            style="red",
        )
    for problem in report.problems:
        say(f"not imported: {problem.path}: {problem.reason}", style="red")
