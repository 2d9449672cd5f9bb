"""`swarmstore export`: the store as a folder of upstream's JSON files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from swarmstore.cli.options import JsonOption, SchemaOption, UrlOption, existing_store
from swarmstore.cli.output import add_row, console, counted, facts, print_json, say, say_repeated, table
from swarmstore.cli.progress import told
from swarmstore.errors import ConfigurationError
from swarmstore.exporting import ExportReport


def export(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="An empty folder, a new one, or an export of this store.")
    ],
    url: UrlOption = None,
    schema: SchemaOption = "swarmstore",
    json: JsonOption = False,
) -> None:
    """Export the store as JSON files for SwarmEngine; again it writes only what has changed.

    What the engine cannot read is kept in files beside, which an import takes. Sessions that the
    store no longer has are removed. What cannot be exported is listed; the exit code is 1 then.

    Example: swarmstore export learning
    """
    with existing_store(url, schema) as store, told("exporting") as progress:
        try:
            report = store.export_store(folder, progress=progress)
        except OSError as error:
            raise ConfigurationError(f"{folder} cannot be written: {error}") from error
    if json:
        print_json(report)
    else:
        _print(report)
    if report.problems:
        raise typer.Exit(1)


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
