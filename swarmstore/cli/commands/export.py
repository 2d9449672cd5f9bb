"""`swarmstore export`: the store as a folder of upstream's JSON files, or its views as tables."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from swarmstore.cli.options import (
    JsonOption,
    SchemaOption,
    UrlOption,
    check_scenario,
    existing_store,
    given_path,
)
from swarmstore.cli.output import add_row, console, counted, facts, print_json, say, say_repeated, table
from swarmstore.cli.progress import told

if TYPE_CHECKING:
    from swarmstore import ExportReport, FramesReport


class Format(StrEnum):
    """What a store is exported as."""

    JSON = "json"
    PARQUET = "parquet"
    CSV = "csv"


def export(
    folder: Annotated[
        Path,
        typer.Argument(
            metavar="DIR",
            parser=given_path,
            help="For JSON a new or empty folder, or an export of this store.",
        ),
    ],
    file_format: Annotated[
        Format, typer.Option("--format", help="SwarmEngine's JSON, or the views as Parquet or CSV files.")
    ] = Format.JSON,
    scenario: Annotated[
        str | None, typer.Option(metavar="NAME", help="Only this one's rows, of views.", show_default="all")
    ] = None,
    view: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="A view; may be repeated.", show_default="all")
    ] = None,
    url: UrlOption = None,
    schema: SchemaOption = "swarmstore",
    json: JsonOption = False,
) -> None:
    """Export the store as JSON files for SwarmEngine; again it writes only what has changed.

    What the engine cannot read is kept in files beside, which an import takes. Sessions that the
    store no longer has are removed. What cannot be exported is listed; the exit code is 1 then.

    With --format parquet or csv each view goes into a file of its own, for pandas, polars, DuckDB
    or a spreadsheet. Needs `pip install 'swarmstore[arrow]'`.

    Example: swarmstore export learning

    Example: swarmstore export frames --format parquet --scenario troubleshooting
    """
    if file_format is Format.JSON and (scenario is not None or view):
        raise typer.BadParameter("--scenario and --view choose rows of views: add --format parquet or csv")
    with existing_store(url, schema) as store, told("exporting") as progress:
        check_scenario(store, scenario)
        if file_format is Format.JSON:
            report, frames = store.export_store(folder, progress=progress), None
        else:
            frames = store.export_frames(
                folder, file_format, views=view or None, scenario=scenario, progress=progress
            )
            report = None
    if json:
        print_json(frames or report)
    elif frames is not None:
        _print_frames(frames)
    elif report is not None:
        _print(report)
    if report is not None and report.problems:
        raise typer.Exit(1)


def _print_frames(report: FramesReport) -> None:
    facts("Exported", [("folder", report.folder), ("files", len(report.files))])
    made = table("file", "#rows")
    for written in report.files:
        add_row(made, written.file, written.rows)
    console.print(made)


def _print(report: ExportReport) -> None:
    facts(
        "Exported",
        [
            ("folder", report.folder),
            ("sessions", counted(report.sessions)),
            ("removed sessions", report.removed or None),
            ("ids made seconds", report.renamed or None),
            ("totals", counted(report.totals)),
            ("offline models", counted(report.models)),
        ],
    )
    if report.encoded:
        made = table("scenario", "folder", title="Scenarios whose name is no file name")
        for scenario, folder in report.encoded:
            add_row(made, scenario, folder)
        console.print(made)
    if report.kept_beside:
        made = table("what", "#files", title="Kept beside, as SwarmEngine cannot read it")
        for limit, files in sorted(report.kept_beside.items()):
            add_row(made, limit, files)
        console.print(made)
    say_repeated(report.repeated)
    for problem in report.problems:
        say(f"not exported: {problem.key}: {problem.reason}", style="red")
