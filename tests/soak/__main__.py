"""`python -m tests.soak`: run it on SQLite, PostgreSQL or both, and print what came of it."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from swarmstore import LearningStore
from swarmstore.db.migrate import upgrade
from tests.postgres.provision import postgres
from tests.soak.checking import problems
from tests.soak.journal import Known
from tests.soak.running import Plan, run

console = Console(highlight=False)


@contextmanager
def _database(name: str, folder: Path) -> Iterator[tuple[str, str]]:
    """What the database is called, and its URL."""
    if name == "sqlite":
        yield "SQLite", f"sqlite:///{folder / 'store.db'}"
    else:
        with postgres() as server:
            yield server.origin, server.url


def soak(name: str, url: str, plan: Plan, folder: Path) -> bool:
    """Run the plan on one database and print what came of it; whether all is well."""
    upgrade(url)
    console.print(f"{name}: {plan.processes} processes × {plan.saves} saves", style="bold")
    done = run(url, folder, plan)
    known = Known.read(done.journals)
    with LearningStore.open(url) as store:
        wrong = done.failures + problems(store, known)
        sessions = sum(len(store.list_sessions(scenario)) for scenario in store.scenarios())
    unknown = len(known.begun - known.returned.keys())
    console.print(
        f"  {done.kills} processes killed in {done.seconds:.1f} s, {sessions / done.seconds:.0f} saves/s"
    )
    console.print(
        f"  {len(known.returned):,} saves returned, {unknown} were cut off, {sessions:,} sessions are there"
    )
    for line in wrong:
        console.print(f"  wrong: {line}", style="red", markup=False)
    if not wrong:
        console.print("  each is there once and whole, and totals are their sums", style="green")
    return not wrong


def main(
    database: Annotated[str, typer.Option(help="sqlite, postgresql or both.")] = "both",
    processes: Annotated[int, typer.Option(help="How many save at once.")] = Plan.processes,
    saves: Annotated[int, typer.Option(help="How many saves each.")] = Plan.saves,
    kills: Annotated[int, typer.Option(help="How many are killed in all.")] = Plan.kills,
    seconds: Annotated[float, typer.Option(help="When to give up.")] = Plan.seconds,
    seed: Annotated[int, typer.Option(help="Of the kills' moments.")] = Plan.seed,
    url: Annotated[str | None, typer.Option(help="An empty database of your own instead.")] = None,
) -> None:
    """Save from many processes while some are killed; ends with 1 when anything is not as it should be."""
    plan = Plan(processes, saves, kills, seconds, seed)
    well = True
    for name in ["sqlite", "postgresql"] if database == "both" and url is None else [database]:
        with tempfile.TemporaryDirectory(prefix="swarmstore-soak-") as folder:
            if url is not None:
                well &= soak("the given database", url, plan, Path(folder))
                continue
            with _database(name, Path(folder)) as (shown, made):
                well &= soak(shown, made, plan, Path(folder))
    sys.exit(0 if well else 1)


if __name__ == "__main__":
    typer.run(main)
