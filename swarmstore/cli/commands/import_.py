"""`swarmstore import`: a folder of upstream's JSON files into the database."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from swarmstore.cli.options import JsonOption, SchemaOption, UrlOption, given_path, store_at
from swarmstore.cli.output import add_row, console, counted, facts, print_json, say, say_repeated, table
from swarmstore.cli.progress import told

if TYPE_CHECKING:
    from swarmstore import ImportReport


class Totals(StrEnum):
    """Where the totals come from."""

    FILES = "files"
    SESSIONS = "sessions"


class Repeats(StrEnum):
    """What becomes of sessions that are totals saved again."""

    SKIP = "skip"
    COUNT = "count"
    FAIL = "fail"


def import_(
    folder: Annotated[Path, typer.Argument(metavar="DIR", parser=given_path, help="A store of JSON files.")],
    name: Annotated[
        str | None,
        typer.Option("--as", metavar="NAME", help="The store's name; the folder's path by default."),
    ] = None,
    totals: Annotated[
        Totals,
        typer.Option(help="Take totals as the files say, or count the sessions and compare."),
    ] = Totals.FILES,
    repeated: Annotated[
        Repeats,
        typer.Option(help="Leave sessions out that are totals saved again or copies, count or refuse them."),
    ] = Repeats.SKIP,
    reader_process: Annotated[
        bool | None,
        typer.Option(help="Read files in a process of its own; by default those of a large store."),
    ] = None,
    url: UrlOption = None,
    schema: SchemaOption = "swarmstore",
    json: JsonOption = False,
) -> None:
    """Import a store of JSON files. Running it again is safe: only new or changed files are imported.

    Files and folders that cannot be read, links among them, are listed and skipped. The exit code is
    1 then, and where a file replaced a session that was imported before or has a smaller total.

    Example: swarmstore import ~/.local/share/swarm-engine/learning
    """
    with store_at(url, schema) as store, told("importing") as progress:
        report = store.import_store(
            folder,
            origin=name,
            totals=totals.value,
            repeated=repeated.value,
            progress=progress,
            reader_process=reader_process,
        )
    if json:
        print_json(report)
    else:
        _print(report)
    if report.needs_attention:
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
    if report.summed:
        say(f"No file has these totals, which were added up: {', '.join(report.summed)}")
    say_repeated(report.repeated, report.left_out)
    for scenario, session_id in report.replaced:
        say(f"replaced: session {session_id} of {scenario} was imported with other content", style="yellow")
    for total in report.kept:
        say(
            f"not replaced: the total {total} covers more here than in its file: updates were lost, it is "
            "older, or it is of another store, which needs a name with --as",
            style="red",
        )
    for problem in report.problems:
        say(f"not imported: {problem.path}: {problem.reason}", style="red")
