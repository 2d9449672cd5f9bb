"""`swarmstore ingest`: traces of SwarmEngine into sessions."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Annotated, TypedDict

import typer

import swarmstore
from swarmstore import CountOverflowError, InvalidValueError, SessionForgottenError, TraceError
from swarmstore.cli.options import JsonOption, SchemaOption, UrlOption, given_path, scenario_names
from swarmstore.cli.output import counted, facts, print_json, say, say_database, told
from swarmstore.cli.printed import prints
from swarmstore.cli.times import PLACEHOLDER, given_time


class Ingested(TypedDict):
    """What became of each trace, and the traces that could not be used."""

    traces: list[swarmstore.IngestReport]
    problems: list[swarmstore.ImportProblem]


@prints(lambda: Ingested)
def ingest(
    traces: Annotated[
        list[Path],
        typer.Argument(
            metavar="TRACE", parser=given_path, help="Trace files: JSON lines, plain or compressed (.gz)."
        ),
    ],
    record: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            parser=given_path,
            help="The engine's record of the run, with a single trace only. The default for "
            "trace-SEED.jsonl is learn_stats_record-SEED.json beside it.",
        ),
    ] = None,
    scenario: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            autocompletion=scenario_names,
            help="The scenario of runs that have no record.",
        ),
    ] = None,
    success: Annotated[
        bool | None,
        typer.Option("--success/--failure", help="The outcome of runs that have no record."),
    ] = None,
    created_at: Annotated[
        int | None,
        typer.Option(parser=given_time, metavar=PLACEHOLDER, help="The time of runs that have no record."),
    ] = None,
    url: UrlOption = None,
    schema: SchemaOption = "swarmstore",
    json: JsonOption = False,
) -> None:
    """Convert SwarmEngine trace files into sessions.

    Each run is imported once. A complete trace replaces an earlier part of the same trace. Invalid
    lines and unusable traces are reported and skipped, and the exit code is 1.

    Example: swarmstore ingest runs/trace-*.jsonl
    """
    if record is not None and len(traces) > 1:
        raise typer.BadParameter("one record belongs to one trace", param_hint="--record")
    reports: list[swarmstore.IngestReport] = []
    problems: list[swarmstore.ImportProblem] = []
    with swarmstore.LearningStore.open(url, schema=schema) as store, told("ingesting", "traces") as progress:
        for done, trace in enumerate(traces, start=1):
            try:
                reports.append(
                    store.ingest(
                        trace, record=record, scenario=scenario, success=success, created_at=created_at
                    )
                )
            except (TraceError, InvalidValueError, CountOverflowError, SessionForgottenError) as error:
                problems.append(swarmstore.ImportProblem(str(trace), str(error)))
            progress(done, len(traces))
    if json:
        print_json(Ingested(traces=reports, problems=problems))
    else:
        _print(reports, problems)
        say_database(url)
    if problems or any(report.bad_lines or report.missing_actions for report in reports):
        raise typer.Exit(1)


def _print(reports: list[swarmstore.IngestReport], problems: list[swarmstore.ImportProblem]) -> None:
    outcomes = Counter(report.outcome for report in reports)
    facts(
        "Ingested",
        [
            ("traces", counted(outcomes) or "none"),
            ("scenarios", ", ".join(sorted({report.scenario for report in reports})) or None),
            ("successful", sum(report.success for report in reports)),
            ("ticks", sum(report.ticks for report in reports)),
            ("actions", sum(report.actions for report in reports)),
        ],
    )
    for report in reports:
        for bad in report.bad_lines:
            say(f"left out: {report.trace}, line {bad.line}: {bad.reason}", style="red")
        if report.fewer_than_stored:
            kept = f"the store has {report.fewer_than_stored:,} more actions of this run, and keeps them"
            say(f"nothing changed: {report.trace} is a part of a run: {kept}", style="yellow")
        elif report.missing_actions:
            missing = f"{report.missing_actions:,} of {report.actions:,} actions"
            say(f"incomplete: {report.trace} lacks {missing} of its run", style="red")
    for problem in problems:
        say(f"not ingested: {problem.path}: {problem.reason}", style="red")
