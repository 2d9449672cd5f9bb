"""`python -m benchmarks.tables FILE …`: what runs have measured, as Markdown.

With `--into docs/explanation/performance.md` the tables take the place of those between its two marks. What a
later run has measured again takes the place of what an earlier one has.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from benchmarks.measuring import Line, Result

_BEGIN, _END = "<!-- tables: begin -->", "<!-- tables: end -->"


class _Run(msgspec.Struct):
    """A file that `python -m benchmarks --json FILE` has written."""

    machine: str
    results: list[Result]


def main(
    files: Annotated[list[Path], typer.Argument(help="What `python -m benchmarks --json` has written.")],
    into: Annotated[Path | None, typer.Option(help="The page whose tables these become.")] = None,
) -> None:
    """Print what was measured as Markdown, or write it into a page."""
    runs = [msgspec.json.decode(file.read_bytes(), type=_Run) for file in files]
    made = "\n".join(_tables(runs))
    if into is None:
        typer.echo(made)
        return
    before, _, rest = into.read_text().partition(_BEGIN)
    _, _, after = rest.partition(_END)
    into.write_text(f"{before}{_BEGIN}\n{made}\n{_END}{after}")


def _tables(runs: Sequence[_Run]) -> Iterator[str]:
    results = {result.title: result for run in runs for result in run.results}.values()
    yield f"Measured on: {'; '.join(dict.fromkeys(run.machine for run in runs))}."
    yield ""
    yield "| what | measured | wanted | |"
    yield "| --- | ---: | ---: | --- |"
    for result in results:
        for line in result.lines:
            yield _row(f"{_database(result)}: {line.what}", f"{line.ratio:.2f}", _bound(line), _verdict(line))
    yield ""
    yield "| case and arm | median | 90 % | 99 % | of swarmstore's |"
    yield "| --- | ---: | ---: | ---: | ---: |"
    for result in results:
        ours = next(iter(result.timings.values()), None)
        for arm, timings in result.timings.items():
            times = [timings.median, timings.quantile(0.9), timings.quantile(0.99)]
            ratio = timings.median / ours.median if ours else 1
            yield _row(f"{result.title}: {arm}", *[f"{1000 * time:.2f} ms" for time in times], f"{ratio:.2f}")
    yield ""
    yield "| case and number | |"
    yield "| --- | ---: |"
    for result in results:
        for name, number in result.numbers.items():
            yield _row(f"{result.title}: {name}", f"{number:,.2f}")


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _database(result: Result) -> str:
    return result.title.rpartition(", ")[2]


def _bound(line: Line) -> str:
    return f"{'≤' if line.at_most else '≥'} {line.bound:g}"


def _verdict(line: Line) -> str:
    return "holds" if line.holds else "**does not hold**"


if __name__ == "__main__":
    typer.run(main)
