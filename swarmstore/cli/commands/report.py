"""`swarmstore report`: what the store has learned, as one HTML file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, TypedDict

import typer

from swarmstore.cli.options import (
    JsonOption,
    SchemaOption,
    UrlOption,
    existing_store,
    given_path,
    scenario_names,
)
from swarmstore.cli.output import print_answer
from swarmstore.cli.printed import prints


class ReportFile(TypedDict):
    """The page that was written, and its size."""

    file: str
    bytes: int


@prints(lambda: ReportFile)
def report(
    output: Annotated[
        Path,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            parser=given_path,
            help="The file to write, or to replace. The default is report.html.",
        ),
    ] = Path("report.html"),
    scenario: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            autocompletion=scenario_names,
            help="Report on this scenario only.",
        ),
    ] = None,
    url: UrlOption = None,
    schema: SchemaOption = "swarmstore",
    json: JsonOption = False,
) -> None:
    """Write a report with charts as one HTML file.

    It shows learning curves, transitions, paths, strategies and durations. The page needs no network
    and runs no script. This needs `pip install 'swarmstore[report]'`.

    Example: swarmstore report --scenario troubleshooting -o report.html
    """
    with existing_store(url, schema, scenario) as store:
        store.report(output, scenario=scenario)
    written = ReportFile(file=str(output), bytes=output.stat().st_size)
    print_answer(written, f"wrote {output}", json=json, url=url)
