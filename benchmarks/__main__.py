"""`python -m benchmarks`: run the cases, print a table, write JSON."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated

import typer

from benchmarks import databases, report
from benchmarks.cases.growing import growing
from benchmarks.cases.importing import importing
from benchmarks.cases.life import life
from benchmarks.cases.loading import loading
from benchmarks.cases.many import many
from benchmarks.cases.merging import merging
from benchmarks.cases.processes import processes
from benchmarks.cases.querying import querying
from benchmarks.cases.recording import recording
from benchmarks.cases.saving import saving
from benchmarks.cases.scaling import scaling
from benchmarks.cases.sizes import sizes
from benchmarks.cases.views import views
from benchmarks.databases import Databases
from benchmarks.measuring import Result

Case = Callable[[Databases, int], Iterator[Result]]
CASES: dict[str, Case] = {
    "save": lambda given, rounds: saving(given, 700, rounds),
    "save-small": lambda given, rounds: saving(given, 100, rounds),
    "save-large": lambda given, rounds: saving(given, 3000, rounds),
    "load": loading,
    "latest": querying,
    "merge": merging,
    "grow": growing,
    "processes": processes,
    "size": sizes,
    "import": importing,
    "record": recording,
    "views": views,
    "scale": scaling,
    "many": many,
    "life": life,
}
KINDS = {"postgresql": databases.postgresql, "sqlite": databases.sqlite}


def main(
    only: Annotated[list[str] | None, typer.Option(help=f"Cases: {', '.join(CASES)}.")] = None,
    database: Annotated[list[str] | None, typer.Option(help="postgresql, sqlite, or both.")] = None,
    rounds: Annotated[int, typer.Option(help="How often every arm is called.")] = 100,
    json: Annotated[Path | None, typer.Option(help="Write all timings to this file.")] = None,
) -> None:
    """Measure swarmstore and its peers in turns; ends with 1 when a line does not hold."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # whole programs start as they do for their users
    results: list[Result] = []
    report.console.print(report.machine(), style="bold")
    for kind in database or KINDS:
        with (
            tempfile.TemporaryDirectory(prefix="swarmstore-bench-") as folder,
            KINDS[kind](Path(folder)) as given,
        ):
            for name in only or CASES:
                for result in CASES[name](given, rounds):
                    report.show(result)
                    results.append(result)
    if json is not None:
        report.save(results, json)
    sys.exit(1 if report.summarize(results) else 0)


if __name__ == "__main__":
    typer.run(main)
