"""`python -m benchmarks.fleet`: hundreds of agents on one store for a minute, checked at the end."""

from __future__ import annotations

import multiprocessing
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from typer import Option

from benchmarks import report
from benchmarks.fleet.agents import agents as live
from benchmarks.fleet.beside import beside
from benchmarks.fleet.plan import Lived, Plan, learned
from benchmarks.fleet.server import counts, cpu, postmasters
from benchmarks.measuring import Line, Result, Timings
from swarmstore import GlobalKey, LearningStore, upgrade
from tests.postgres import binaries

_START = 5.0  # seconds that processes have to start and to make their sessions
_GLOBAL = "global"
_PER_AGENT = 3  # connections at most: of its pool, one under load, one of a fold


def main(
    url: Annotated[str | None, Option(help="A store on PostgreSQL; else a server of its own.")] = None,
    agents: Annotated[int, Option(min=1, max=1000)] = 200,
    processes: Annotated[int, Option(min=1, help="That the agents are spread over.")] = 2,
    scenarios: Annotated[int, Option(min=1)] = 50,
    rows: Annotated[int, Option(help="Of a session.")] = 700,
    every: Annotated[float, Option(help="Seconds between two sessions of an agent, 0: no rest.")] = 5,
    lives: Annotated[int, Option(min=1, help="Sessions of an agent before the next one opens.")] = 10,
    keep: Annotated[int, Option(help="Sessions of each scenario that are not removed.")] = 200,
    seconds: Annotated[float, Option(min=1)] = 60,
    json: Annotated[Path | None, Option(help="Write all timings to this file.")] = None,
) -> None:
    """Simulate a fleet; ends with 1 when a sum is not exact or the follower has missed a session."""
    report.console.print(report.machine(), style="bold")
    with _server(url, agents) as place:
        begins = time.time() + _START
        processes = min(processes, agents)
        result = _measured(
            Plan(place, agents, processes, scenarios, rows, every, lives, keep, begins, begins + seconds)
        )
    report.show(result)
    if json is not None:
        report.save([result], json)
    sys.exit(1 if report.summarize([result]) else 0)


@contextmanager
def _server(url: str | None, agents: int) -> Iterator[str]:
    """The store's URL, or that of a new one on a durable server of its own."""
    if url is not None:
        yield url
        return
    settings = {"max_connections": str(_PER_AGENT * agents + 50), "shared_buffers": "512MB"}
    with binaries.controlled({**settings, "max_wal_size": "4GB"}) as server:
        upgrade(server.server.url)
        yield server.server.url


def _measured(plan: Plan) -> Result:
    """Let the fleet live until the plan's end."""
    with LearningStore.open(plan.url) as store:
        before = _sums(store, plan)
        cursor = None
        for change in store.changes():
            cursor = change.cursor
    servers = postmasters(plan.url)
    written, spent = counts(plan.url), cpu(servers)
    with ProcessPoolExecutor(plan.processes + 1, multiprocessing.get_context("spawn")) as pool:
        others = pool.submit(beside, plan, cursor)
        fleet = Lived()
        for process in [pool.submit(live, plan, number) for number in range(plan.processes)]:
            fleet.add(process.result())
        ended = time.time()
        around = others.result()
    spent = cpu(servers) - spent
    written = counts(plan.url) - written
    saves = sum(fleet.sessions.values())
    pause = f"every {plan.every:g} s" if plan.every else "one after the other"
    result = Result(f"{plan.agents} agents, {plan.rows} rows {pause}, {plan.scenarios} scenarios, PostgreSQL")
    calls = {**fleet.seconds, **around.seconds}
    result.timings = {call: Timings(tuple(seconds)) for call, seconds in calls.items()}
    result.numbers = {
        "saves": saves,
        "saves per second": saves / (ended - plan.begins),
        **{f"{what} a save": number / saves for what, number in written.items()},
        "ms of CPU a save, agents": 1000 * fleet.cpu / saves,
        "ms of CPU a save, follower, analyst and retention": 1000 * around.cpu / saves,
        "ms of CPU a save, server": 1000 * spent / saves,
        **around.numbers,
        **{f"repeated, {error}": number for error, number in (fleet.errors + around.errors).items()},
    }
    result.lines = _checked(plan, before, fleet, around)
    return result


def _checked(plan: Plan, before: dict[str, Counter[str]], fleet: Lived, around: Lived) -> list[Line]:
    """What has to hold at the end. before: what the totals counted at the beginning."""
    saves = sum(fleet.sessions.values())
    added = {name: Counter(sessions=fleet.sessions[name], counts=fleet.learned[name]) for name in before}
    added[_GLOBAL] = Counter(sessions=saves, counts=sum(fleet.learned.values()))
    with LearningStore.open(plan.url) as store:
        after = _sums(store, plan)
        followed = around.numbers["followed"] + sum(1 for _ in store.changes(around.cursor))
        wrong = [name for name in before if before[name] + added[name] != after[name]]
        return [
            Line("totals whose sums are not exact", len(wrong), 0),
            Line("findings of verify_totals(deep=True)", len(store.verify_totals(deep=True)), 0),
            Line("sessions that the follower has missed", saves - followed, 0),
            Line("sessions that came twice to the follower", around.numbers["followed twice"], 0),
        ]


def _sums(store: LearningStore, plan: Plan) -> dict[str, Counter[str]]:
    """What each total counts, the global one's under a name that no scenario has."""
    names = [plan.scenario(number) for number in range(plan.scenarios)]
    totals = {name: store.load_scenario(name, default=None) for name in names}
    totals[_GLOBAL] = store.storage.load(GlobalKey())
    return {
        name: Counter(sessions=total.metadata.session_count, counts=learned(total)) if total else Counter()
        for name, total in totals.items()
    }


if __name__ == "__main__":
    typer.run(main)
