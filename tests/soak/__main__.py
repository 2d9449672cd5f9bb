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
from swarmstore.db.migrations.runner import upgrade
from swarmstore.errors import SwarmstoreError
from tests.postgres.provision import postgres
from tests.postgres.server import UnavailableError
from tests.soak.checking import Account, account, problems
from tests.soak.running import Plan, Run, run

_SHOWN = 40  # lines of what is wrong
_CHANGES = ("delete", "prune", "replace", "import")


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
        accounted = account(store, done.known, done.followed)
        wrong = done.failures + problems(store, done.known, done.followed)
        store.fold()
        wrong += [f"after a fold: {line}" for line in problems(store, done.known) if line not in wrong]
        sessions = sum(len(store.list_sessions(scenario)) for scenario in store.scenarios())
    with LearningStore.open(url) as other:
        found = problems(other, done.known, done.followed)
        wrong += [f"in a store opened anew: {line}" for line in found if line not in wrong]
    _print(name, plan, done, accounted, sessions)
    for line in wrong[:_SHOWN]:
        say(f"  wrong: {line}", style="red")
    if len(wrong) > _SHOWN:
        say(f"  and {len(wrong) - _SHOWN:,} more", style="red")
    if not wrong:
        say(
            "  each is there once and whole, totals are sums, followers have seen all",
            style="green",
        )
    return not wrong


def _print(name: str, plan: Plan, done: Run, accounted: Account, sessions: int) -> None:
    known, did = done.known, done.known.did
    unanswered = known.begun.keys() - known.returned.keys()
    given = " and ".join(f"{each.given:,}" for each in done.followed) or "nothing"
    facts(
        f"{plan.processes} processes × {plan.saves} saves on {name}",
        [
            (
                "kills",
                f"{done.kills:,}, of them {done.cut_off:,} within a save; {done.beside:,} of those beside",
            ),
            ("saves", f"{len(known.returned):,} returned, {len(unanswered):,} never did"),
            ("sessions", sessions),
            ("folds", f"{did['fold']:,} by hand, beside those that saves cause"),
            ("changes", ", ".join(f"{did[each]:,} {each}s" for each in _CHANGES)),
            ("restores", f"{len(done.windows):,}, which have undone {accounted.gone:,} saves"),
            ("followers", f"were given {given}, began anew {sum(f.anew for f in done.followed):,} times"),
            (
                "accounts",
                f"{len(accounted.lost):,} lost, {len(accounted.twice):,} twice, "
                f"{len(accounted.unseen):,} unseen by followers",
            ),
            ("time", f"{done.seconds:.1f} s, {len(known.returned) / done.seconds:.0f} saves/s"),
        ],
    )


def main(
    database: Annotated[Kind, typer.Option(help="What to run on.")] = Kind.BOTH,
    processes: Annotated[int, typer.Option(min=1, help="How many save at once.")] = Plan.processes,
    saves: Annotated[int, typer.Option(min=1, help="How many saves each.")] = Plan.saves,
    kills: Annotated[int, typer.Option(min=0, help="How many are killed in all.")] = Plan.kills,
    seconds: Annotated[float, typer.Option(help="When to give up, on each database.")] = Plan.seconds,
    seed: Annotated[int, typer.Option(help="Of who is killed, and when.")] = Plan.seed,
    restores: Annotated[int, typer.Option(min=0, help="How often it goes back to a backup.")] = Plan.restores,
    url: Annotated[str | None, typer.Option(help="An empty database of your own instead.")] = None,
) -> None:
    """Save from many processes while some are killed within a save and replaced by others.

    Beside them two processes follow the store, one deletes, prunes, replaces and imports sessions,
    and the database goes back to a backup. Then each save that returned must be there once and
    whole, unless it was removed or undone by the restore; every other one is whole or absent, every
    total is the sum of what is there and what was removed, and followers have seen all that is
    there. Ends with 1 when anything is not as it should be.
    """
    plan = Plan(processes, saves, kills, seconds, seed, restores=restores)
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
