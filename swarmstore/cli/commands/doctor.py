"""`swarmstore doctor`: how the database is."""

from __future__ import annotations

from collections import Counter
from typing import Annotated

import typer

import swarmstore
from swarmstore.cli.options import JsonOption, SchemaOption, UrlOption, existing_store
from swarmstore.cli.output import console, count_of, facts, print_json, print_table, say, told
from swarmstore.cli.printed import prints

_ENDS_WITH = {None: 0, "info": 0, "error": 1, "warning": 3}
_STYLES = {"error": "bold red", "warning": "bold yellow", "info": "bold cyan"}


@prints(lambda: swarmstore.Diagnosis)
def doctor(
    deep: Annotated[
        bool,
        typer.Option("--deep", help="Also read every row and page, which takes minutes on a large store."),
    ] = False,
    restored: Annotated[
        bool,
        typer.Option(
            "--restored",
            help="Make all cursors that followers hold invalid first. Use it once after the database "
            "was restored from a backup.",
        ),
    ] = False,
    url: UrlOption = None,
    schema: SchemaOption = "swarmstore",
    json: JsonOption = False,
) -> None:
    """Check the health of the database and say what to do about each problem.

    Nothing is changed unless --restored is given: followers then start again from the first session.

    The exit code is 0 when there is no problem, 1 when there is an error, and 3 when there are
    warnings only.

    Example: swarmstore doctor --url sqlite:///swarm.db
    """
    if restored:
        with existing_store(url, schema) as store:
            store.renew_cursors()
    with told("examining", "checks") as progress:
        diagnosis = swarmstore.diagnose(url, schema=schema, deep=deep, progress=progress)
    if json:
        print_json(diagnosis)
    else:
        _print(diagnosis)
    raise typer.Exit(_ENDS_WITH[diagnosis.worst])


def _print(diagnosis: swarmstore.Diagnosis) -> None:
    facts("Database", _facts(diagnosis))
    if diagnosis.pending:
        rows = (
            ("(global)" if one.total == 0 else one.scenario, one.sessions, _age(one.oldest_seconds))
            for one in diagnosis.pending
        )
        title = "Pending sessions (already included in all results)"
        print_table(("total", "#sessions", "#oldest"), rows, title)
    alike: dict[tuple[swarmstore.Severity, str, str], list[str]] = {}
    for found in diagnosis.findings:
        alike.setdefault((found.severity, found.code, found.advice), []).append(found.problem)
    for (severity, code, advice), problems in alike.items():
        say(f"{severity}  {code}", style=_STYLES[severity])
        for problem in problems:
            say(f"  {problem}")
        say(f"  → {advice}")
        console.print()
    reasons: dict[str, list[str]] = {}
    for skipped in diagnosis.skipped:
        reasons.setdefault(skipped.reason, []).append(skipped.check)
    for reason, checks in reasons.items():
        say(f"skipped: {', '.join(checks)} ({reason})", style="dim")
    if diagnosis.findings:
        counts = Counter(found.severity for found in diagnosis.findings)
        shown = [count_of(number, severity) for severity, number in counts.items()]
        say(", ".join(shown), style=_STYLES[diagnosis.findings[0].severity])
    else:
        say("no problems found", style="green")


def _facts(diagnosis: swarmstore.Diagnosis) -> list[tuple[str, object]]:
    store = 2 * diagnosis.pool_size
    connections = diagnosis.connections
    return [
        ("url", diagnosis.url),
        ("server", diagnosis.database),
        ("revision", _revision(diagnosis)),
        ("journal mode", diagnosis.journal_mode),
        ("synchronous", diagnosis.synchronous),
        ("pool", f"{diagnosis.pool_size} connections, up to {store} under load"),
        (
            "connections",
            connections
            and f"{connections.in_use} of {connections.limit} in use; each process opens up to {store}",
        ),
        ("scenarios", diagnosis.scenarios),
        ("sessions", diagnosis.sessions),
    ]


def _revision(diagnosis: swarmstore.Diagnosis) -> str:
    there, needed = diagnosis.revision, diagnosis.expected_revision
    return needed if there == needed else f"{there or 'none'}; this version of swarmstore needs {needed}"


def _age(seconds: int) -> str:
    for size, unit in ((86_400, "days"), (3_600, "hours"), (60, "minutes")):
        if seconds >= 2 * size:
            return f"{seconds // size:,} {unit}"
    return "1 second" if seconds == 1 else f"{seconds} seconds"
