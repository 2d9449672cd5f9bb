"""`swarmstore export`: the store as a folder of upstream's JSON files, or its views as tables."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

import swarmstore
from swarmstore.cli.options import (
    JsonOption,
    SchemaOption,
    UrlOption,
    existing_store,
    given_path,
    scenario_names,
)
from swarmstore.cli.output import counted, facts, print_answer, print_table, say, say_repeated, told
from swarmstore.cli.printed import prints


@prints(lambda: swarmstore.ExportReport, lambda: swarmstore.FramesReport)
def export(
    folder: Annotated[
        Path,
        typer.Argument(
            metavar="FOLDER",
            parser=given_path,
            help="Where to write the files. For JSON: a new or empty folder, or an earlier export of "
            "this store.",
        ),
    ],
    file_format: Annotated[
        Literal["json", "parquet", "csv"],
        typer.Option(
            "--format",
            metavar="FORMAT",
            help="json for SwarmEngine's files, which is the default; parquet or csv for the views.",
        ),
    ] = "json",
    scenario: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            autocompletion=scenario_names,
            help="With parquet or csv: only this scenario's rows.",
        ),
    ] = None,
    view: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            help="With parquet or csv: only this view. The option may be repeated.",
        ),
    ] = None,
    url: UrlOption = None,
    schema: SchemaOption = "swarmstore",
    json: JsonOption = False,
) -> None:
    """Write the store as files for SwarmEngine, or its views as tables.

    Running it again writes only what has changed and removes sessions that the store no longer has.
    What the engine cannot read is kept in additional files, which an import reads. What cannot be
    exported is listed, and the exit code is 1.

    With --format parquet or csv, each view is written to a file of its own, for pandas, polars,
    DuckDB or a spreadsheet. This needs `pip install 'swarmstore[arrow]'`.

    Example: swarmstore export learning

    Example: swarmstore export frames --format parquet --scenario simple_qa
    """
    if file_format == "json":
        if scenario is not None or view:
            raise typer.BadParameter(
                "--scenario and --view choose rows of views: add --format parquet or csv"
            )
        with existing_store(url, schema) as store, told("exporting", "sessions and totals") as progress:
            report = store.export_store(folder, progress=progress)
        print_answer(report, _print, json=json, url=url)
        if report.problems:
            raise typer.Exit(1)
    else:
        with existing_store(url, schema, scenario) as store, told("exporting", "views") as progress:
            frames = store.export_frames(
                folder, file_format, views=view or None, scenario=scenario, progress=progress
            )
        print_answer(frames, _print_frames, json=json, url=url)


def _print_frames(report: swarmstore.FramesReport) -> None:
    facts("Exported", [("folder", report.folder), ("views", len(report.files))])
    print_table(("file", "#rows"), ((written.file, written.rows) for written in report.files), title="Files")


def _print(report: swarmstore.ExportReport) -> None:
    facts(
        "Exported",
        [
            ("folder", report.folder),
            ("sessions", counted(report.sessions)),
            ("removed sessions", report.removed or None),
            ("sessions with a new id", report.renamed or None),
            ("totals", counted(report.totals)),
            ("offline models", counted(report.models)),
        ],
    )
    if report.encoded:
        print_table(("scenario", "folder"), report.encoded, title="Scenarios whose folder has another name")
    if report.kept_beside:
        kept = sorted(report.kept_beside.items())
        print_table(("what", "#files"), kept, title="Kept in additional files: SwarmEngine cannot read it")
    say_repeated(report.repeated)
    for problem in report.problems:
        say(f"not exported: {problem.key}: {problem.reason}", style="red")
