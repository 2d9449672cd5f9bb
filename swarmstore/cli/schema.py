"""`swarmstore upgrade` and `swarmstore doctor`: the database itself."""

from __future__ import annotations

import typer

from swarmstore.cli.options import JsonOption, SchemaOption, UrlOption, existing_url
from swarmstore.cli.output import add_row, console, facts, print_json, say, table
from swarmstore.db.doctor import Diagnosis, diagnose
from swarmstore.db.engine import Settings, parse_url, shown_url
from swarmstore.db.migrate import upgrade as upgrade_database
from swarmstore.store import url_to_open


def upgrade(url: UrlOption = None, schema: SchemaOption = "swarmstore", json: JsonOption = False) -> None:
    """Bring the database's tables to this version; safe when many start it at once.

    Example: swarmstore upgrade --url postgresql://admin@db.example/swarm
    """
    chosen = url_to_open(url)
    before, after = upgrade_database(chosen, Settings(schema=schema))
    shown = shown_url(parse_url(chosen))
    if json:
        print_json({"url": shown, "before": before, "after": after})
    elif before == after:
        say(f"{shown} is up to date (revision {after})")
    else:
        say(f"{shown} upgraded from {before or 'nothing'} to revision {after}")


def doctor(url: UrlOption = None, schema: SchemaOption = "swarmstore", json: JsonOption = False) -> None:
    """Say how the database is, and what to do where something is wrong (exit code 1).

    Example: swarmstore doctor --url sqlite:///swarm.db
    """
    diagnosis = diagnose(existing_url(url), Settings(schema=schema))
    if json:
        print_json(diagnosis)
    else:
        _print(diagnosis)
    if diagnosis.problems:
        raise typer.Exit(1)


def _print(diagnosis: Diagnosis) -> None:
    facts(
        "Database",
        [
            ("url", diagnosis.url),
            ("server", diagnosis.database),
            (
                "revision",
                f"{diagnosis.revision or 'none'}, this swarmstore has {diagnosis.expected_revision}",
            ),
            ("journal mode", diagnosis.journal_mode),
            ("synchronous", diagnosis.synchronous),
            ("pool", f"{diagnosis.pool_size} connections, as many again in a rush"),
            ("scenarios", diagnosis.scenarios),
            ("sessions", diagnosis.sessions),
        ],
    )
    if diagnosis.waiting:
        made = table("total", "#sessions", title="Waiting to be folded (answers have them all the same)")
        for waiting in diagnosis.waiting:
            add_row(made, "(global)" if waiting.scenario is None else waiting.scenario, waiting.sessions)
        console.print(made)
    for problem in diagnosis.problems:
        say(f"problem: {problem}", style="red")
    if not diagnosis.problems:
        say("no problems found", style="green")
