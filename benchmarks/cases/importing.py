"""What importing a store of upstream's files costs, beside saving the same sessions one by one."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec

from benchmarks.data import snapshots
from benchmarks.databases import Databases
from benchmarks.measuring import Line, Result

_DIFFERENT = 200
_FEW, _MANY = 1_000, 10_000


def importing(databases: Databases, _rounds: int) -> Iterator[Result]:
    """Sessions of some 50 kB; contextual stats are left out, which upstream's files cannot hold.

    Every arm is a process of its own, in which nothing is cached. Saving is measured on the first
    thousand: it costs the same later on.
    """
    contents = []
    for snapshot in snapshots(1000, _DIFFERENT):
        snapshot.contextual_stats.clear()
        contents.append(snapshot.to_json().encode())
    small = _store(databases.folder / "few to import", contents, _FEW)
    large = _store(databases.folder / "many to import", contents, _MANY)
    few_seconds, few_memory = _run("import", databases.new(), small, _FEW)
    saved, saved_memory = _run("save", databases.new(), small, _FEW)
    seconds, memory = _run("import", databases.new(), large, _MANY)
    result = Result(f"import of {_MANY:,} sessions, {databases.kind}")
    result.numbers = {
        "kB in a session's file": sum(map(len, contents)) / len(contents) / 1000,
        f"import of {_FEW:,}, sessions per second": _FEW / few_seconds,
        f"import of {_MANY:,}, sessions per second": _MANY / seconds,
        "saved one by one, sessions per second": _FEW / saved,
        f"greatest memory, import of {_FEW:,}, MB": few_memory,
        f"greatest memory, import of {_MANY:,}, MB": memory,
        "greatest memory, saved one by one, MB": saved_memory,
    }
    # on PostgreSQL a save is one statement already, so that there is less to gain
    bound = 2 if databases.kind == "SQLite" else 1.5
    gained = saved / _FEW * _MANY / seconds
    result.lines.append(Line("import, faster than saving", gained, bound, at_most=False))
    result.lines.append(Line(f"memory for {_MANY:,}, of that for {_FEW:,}", memory / few_memory, 1.25))
    yield result


def _store(folder: Path, contents: list[bytes], sessions: int) -> Path:
    for number in range(sessions):
        file = folder / "scenarios" / "scenario" / "sessions" / str(1_700_000_000 + number) / "stats.json"
        file.parent.mkdir(parents=True)
        file.write_bytes(contents[number % len(contents)])
    return folder


def _run(arm: str, url: str, folder: Path, sessions: int) -> list[float]:
    """Seconds, and MB of memory."""
    command = [sys.executable, "-m", "benchmarks.importer", arm, url, str(folder), str(sessions)]
    answer = subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout
    return msgspec.json.decode(answer, type=list[float])
