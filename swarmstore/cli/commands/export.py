"""`swarmstore export`: the store as a folder of upstream's JSON files, or its views as tables."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

import swarmstore
from swarmstore.cli.options import JsonOption, SchemaOption, UrlOption, existing_store, given_path
from swarmstore.cli.output import counted, facts, print_answer, print_table, say, say_repeated, told


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
        Literal["json", "parquet", "csv"],
        typer.Option("--format", help="SwarmEngine's JSON, or the views as Parquet or CSV files."),
    ] = "json",
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
    if file_format == "json":
        if scenario is not None or view:
            raise typer.BadParameter(
                "--scenario and --view choose rows of views: add --format parquet or csv"
            )
        with existing_store(url, schema) as store, told("exporting") as progress:
            report = store.export_store(folder, progress=progress)
        print_answer(report, _print, json=json)
        if report.problems:
            raise typer.Exit(1)
    else:
        with existing_store(url, schema, scenario) as store, told("exporting") as progress:
            frames = store.export_frames(
                folder, file_format, views=view or None, scenario=scenario, progress=progress
            )
        print_answer(frames, _print_frames, json=json)


def _print_frames(report: swarmstore.FramesReport) -> None:
    facts("Exported", [("folder", report.folder), ("files", len(report.files))])
    print_table(("file", "#rows"), ((written.file, written.rows) for written in report.files))


def _print(report: swarmstore.ExportReport) -> None:
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
        print_table(("scenario", "folder"), report.encoded, title="Scenarios whose name is no file name")
    if report.kept_beside:
        kept = sorted(report.kept_beside.items())
        print_table(("what", "#files"), kept, title="Kept beside, as SwarmEngine cannot read it")
    say_repeated(report.repeated)
    for problem in report.problems:
        say(f"not exported: {problem.key}: {problem.reason}", style="red")
