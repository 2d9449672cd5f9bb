"""`python -m tests.soak`: run it on SQLite, PostgreSQL or both, and print what came of it."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from swarmstore import LearningStore
from swarmstore.cli.output import facts, say
from swarmstore.db.migrate import upgrade
from swarmstore.errors import SwarmstoreError
from tests.postgres.provision import postgres
from tests.postgres.server import UnavailableError
from tests.soak.checking import problems
from tests.soak.journal import Known
from tests.soak.running import Plan, Run, run

_SHOWN = 40  # lines of what is wrong


class Kind(StrEnum):
    """The databases to run on."""

    SQLITE = "sqlite"
    POSTGRESQL = "postgresql"
    BOTH = "both"


@contextmanager
def _databases(kind: Kind, url: str | None, folder: Path) -> Iterator[dict[str, str]]:
    """The URLs of the databases, by what they are called."""
    made = {} if url is None else {"the database given": url}
    if url is None and kind is not Kind.POSTGRESQL:
        made["SQLite"] = f"sqlite:///{folder / 'store.db'}"
    if url is not None or kind is Kind.SQLITE:
        yield made
    else:
        with postgres() as server:
            yield made | {server.origin: server.url}


def soak(name: str, url: str, plan: Plan, folder: Path) -> bool:
    """Run the plan on one database and print what came of it; whether all is well."""
    upgrade(url)
    with LearningStore.open(url) as store:
        if scenarios := store.scenarios():
            say(f"{name} has {len(scenarios)} scenarios already; give a database without any", style="red")
            return False
        done = run(url, folder, plan)
        known = Known.read(done.journals)
        wrong = done.failures + problems(store, known)
        store.fold()
        wrong += [f"after a fold: {line}" for line in problems(store, known) if line not in wrong]
        sessions = sum(len(store.list_sessions(scenario)) for scenario in store.scenarios())
    _print(name, plan, done, known, sessions)
    for line in wrong[:_SHOWN]:
        say(f"  wrong: {line}", style="red")
    if len(wrong) > _SHOWN:
        say(f"  and {len(wrong) - _SHOWN:,} more", style="red")
    if not wrong:
        say("  each is there once and whole, and totals are their sums", style="green")
    return not wrong


def _print(name: str, plan: Plan, done: Run, known: Known, sessions: int) -> None:
    unanswered = known.begun - known.returned.keys()
    facts(
        f"{plan.processes} processes × {plan.saves} saves on {name}",
        [
            ("kills", f"{done.kills:,}, of them {done.cut_off:,} within a save"),
            ("saves", f"{len(known.returned):,} returned, {len(unanswered):,} never did"),
            ("sessions", sessions),
            ("folds", f"{known.folds:,} by hand, beside those that saves cause"),
            ("time", f"{done.seconds:.1f} s, {sessions / done.seconds:.0f} saves/s"),
        ],
    )


def main(
    database: Annotated[Kind, typer.Option(help="What to run on.")] = Kind.BOTH,
    processes: Annotated[int, typer.Option(min=1, help="How many save at once.")] = Plan.processes,
    saves: Annotated[int, typer.Option(min=1, help="How many saves each.")] = Plan.saves,
    kills: Annotated[int, typer.Option(min=0, help="How many are killed in all.")] = Plan.kills,
    seconds: Annotated[float, typer.Option(help="When to give up, on each database.")] = Plan.seconds,
    seed: Annotated[int, typer.Option(help="Of who is killed, and when.")] = Plan.seed,
    url: Annotated[str | None, typer.Option(help="An empty database of your own instead.")] = None,
) -> None:
    """Save from many processes while some are killed within a save and replaced by others.

    Then each save that returned must be there once and whole, every other one whole or absent, and
    every total the sum of what is there. Ends with 1 when anything is not as it should be.
    """
    plan = Plan(processes, saves, kills, seconds, seed)
    with tempfile.TemporaryDirectory(prefix="swarmstore-soak-") as folder:
        try:
            with _databases(database, url, Path(folder)) as databases:
                well = [
                    soak(name, found, plan, Path(tempfile.mkdtemp(dir=folder)))
                    for name, found in databases.items()
                ]
        except (SwarmstoreError, UnavailableError) as error:
            say(f"error: {error}", style="red")
            sys.exit(1)
    sys.exit(0 if all(well) else 1)


if __name__ == "__main__":
    typer.run(main)
