"""The life of an agent: whole processes, from the interpreter's start to its exit."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from importlib.util import find_spec
from statistics import median
from typing import Protocol

from benchmarks.agents.by_hand_postgresql import ByHand as ByHandOnPostgresql
from benchmarks.agents.by_hand_sqlite import ByHand as ByHandOnSqlite
from benchmarks.data import snapshots
from benchmarks.databases import Databases
from benchmarks.measuring import Line, Result, Timings, interleaved
from benchmarks.peers.files import FileStore
from swarmstore import LearningSnapshot, LearningStore
from tests.helpers.internals import forget_names, forget_totals

STARTS = 11
AT_ONCE, SECONDS = 8, 60
_MODULE = {"PostgreSQL": "by_hand_postgresql", "SQLite": "by_hand_sqlite"}
_ORM = {
    "PostgreSQL": ["-c", "import sqlalchemy.orm, psycopg"],
    "SQLite": ["-c", "import sqlalchemy.orm"],
}
_FRONT = {
    "import swarmstore": ["-c", "import swarmstore"],
    "--help": ["-m", "swarmstore", "--help"],
    "--version": ["-m", "swarmstore", "--version"],
    "import typer": ["-c", "import typer"],
    "nothing": ["-c", "pass"],
}


def life(databases: Databases, _rounds: int) -> Iterator[Result]:
    """An agent that starts, loads a total of 1,800 keys, saves 700 rows and ends; and its peers."""
    url, file_store = databases.new(), databases.folder / f"life on {databases.kind}"
    files = FileStore(file_store, fsync=False)
    with LearningStore.open(url) as store:
        for snapshot in snapshots(700, 40):
            store.save_session("scenario", snapshot)
            files.save(snapshot)
        store.fold()
    databases.settle(url)
    yield _whole_lives(databases, url, str(file_store))
    yield _first_loads(databases, url)
    if databases.kind == "PostgreSQL":
        yield _crowd(url)
    else:
        yield _front_door()
    shutil.rmtree(file_store)


def _whole_lives(databases: Databases, url: str, file_store: str) -> Result:
    arms = {
        "swarmstore": _agent("swarm", url),
        "by hand": _agent(_MODULE[databases.kind], url),
        "files": _agent("in_files", file_store),
        "import ORM": _ORM[databases.kind],
    }
    if find_spec("optuna"):
        arms["Optuna"] = _agent("optuna_trial", databases.empty())
        _cpu(arms["Optuna"])  # makes its tables
    result = _started(f"A cold agent, CPU of its process, {databases.kind}", arms)
    result.at_most("a cold agent, CPU, of importing the ORM and the driver", "swarmstore", "import ORM", 1.35)
    return result


def _front_door() -> Result:
    """What is run most: the import, and commands that say what there is."""
    result = _started("First steps, CPU of the process, no database", _FRONT)
    spent = {name: timings.median for name, timings in result.timings.items()}
    more = {name: spent[name] - spent["nothing"] for name in spent}
    result.lines += [
        Line("import swarmstore, CPU seconds beyond a bare interpreter", more["import swarmstore"], 0.08),
        Line("--help, CPU of import typer", spent["--help"] / spent["import typer"], 2.5),
        Line("--version, CPU of import typer", spent["--version"] / spent["import typer"], 2.5),
    ]
    return result


def _started(title: str, arms: dict[str, list[str]]) -> Result:
    """CPU seconds of each program, whole processes in turns; their wall-clock medians as numbers."""
    spent: dict[str, list[float]] = {name: [] for name in arms}
    took: dict[str, list[float]] = {name: [] for name in arms}
    for command in arms.values():
        _cpu(command)
    for _ in range(STARTS):
        for name, command in arms.items():
            begun = time.perf_counter()
            spent[name].append(_cpu(command))
            took[name].append(time.perf_counter() - begun)
    result = Result(title, {name: Timings(tuple(values)) for name, values in spent.items()})
    result.numbers = {f"{name}, wall clock, s": median(values) for name, values in took.items()}
    return result


def _agent(module: str, where: str) -> list[str]:
    return ["-m", f"benchmarks.agents.{module}", where]


def _cpu(arguments: Sequence[str]) -> float:
    """Seconds of CPU that a program takes, its children included."""
    process = subprocess.Popen([sys.executable, *arguments], stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, arguments
    return used.ru_utime + used.ru_stime


class _Loads(Protocol):
    def load(self) -> LearningSnapshot: ...


def _first_loads(databases: Databases, url: str) -> Result:
    """A total that nothing is pending for and all its names, as the first load of a process."""
    by_hand = ByHandOnSqlite(url) if databases.kind == "SQLite" else ByHandOnPostgresql(url)
    with LearningStore.open(url) as store, closing(by_hand):
        store.fold()  # what is pending is not read by hand
        arms = {"swarmstore": lambda: _first_load(store), "by hand": by_hand.load}
        result = Result(f"First load, nothing known, {databases.kind}")
        result.timings = interleaved(arms, 100)
    result.at_most("first load, of the same by hand", "swarmstore", "by hand", 1.4)
    return result


def _first_load(store: LearningStore) -> LearningSnapshot:
    forget_names(store.storage)
    forget_totals(store.storage)
    return store.load_scenario("scenario")


def _crowd(url: str) -> Result:
    """So many agents at a time, each followed by the next, for a minute; arms take turns."""
    by_hand = "benchmarks.agents.by_hand_postgresql"
    with_orm = f"import sqlalchemy.orm, runpy; runpy.run_module({by_hand!r}, run_name='__main__')"
    arms = {
        "swarmstore": _agent("swarm", url),
        "by hand": ["-m", by_hand, url],
        "by hand, ORM imported": ["-c", with_orm, url],
    }
    rates: dict[str, list[float]] = {name: [] for name in arms}
    for _ in range(2):
        for name, command in arms.items():
            rates[name].append(_agents_a_second(command, SECONDS / 2))
    result = Result(f"{AT_ONCE} cold agents at a time, PostgreSQL")
    result.numbers = {f"{name}, agents a second": sum(values) / len(values) for name, values in rates.items()}
    ratio = sum(rates["swarmstore"]) / sum(rates["by hand, ORM imported"])
    result.lines.append(
        Line("agents a second, of those by hand that import the ORM", ratio, 0.75, at_most=False)
    )
    return result


def _agents_a_second(arguments: Sequence[str], seconds: float) -> float:
    command = [sys.executable, *arguments]
    begun, ended = time.monotonic(), 0
    running = [subprocess.Popen(command) for _ in range(AT_ONCE)]
    while running:
        pid, status = os.wait()
        assert status == 0, f"{pid} failed"
        ended += 1
        running = [process for process in running if process.pid != pid]
        if time.monotonic() - begun < seconds:
            running.append(subprocess.Popen(command))
    return ended / (time.monotonic() - begun)
