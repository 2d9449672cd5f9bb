"""Eight writers and forty readers at once: every answer is one that was true between two moments."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from swarmstore import LearningStore
from swarmstore.db.migrations.runner import upgrade
from tests.snapshots import simple

pytestmark = pytest.mark.long

WRITERS, READING_PROCESSES, THREADS = 8, 4, 10
SECONDS = 5

COUNTERS = f"""
import mmap, sys, threading, time
from swarmstore import LearningStore
from tests.snapshots import simple

url, file, number = sys.argv[1], sys.argv[2], int(sys.argv[3])
# of each writer: how many saves it has started, and how many it was answered
with open(file, "r+b") as shared:
    counters = memoryview(mmap.mmap(shared.fileno(), 0)).cast("q")
started, answered = counters[:{WRITERS}], counters[{WRITERS}:]
end = time.monotonic() + {SECONDS}
"""
WRITER = (
    COUNTERS
    + """
with LearningStore.open(url, fold_at=5) as store:
    while time.monotonic() < end:
        snapshot = simple(1)
        snapshot.episode_transitions.success_transitions["W", str(number)] = 1
        snapshot.action_stats[f"W{number}"] = snapshot.action_stats["A"]
        started[number] += 1
        store.save_session(f"s{number % 2}", snapshot)
        answered[number] += 1
"""
)
READER = (
    COUNTERS
    + f"""
failures = []

def of_writers(total, names):
    transitions = total.episode_transitions.success_transitions
    values = [transitions.get(("W", str(n)), 0) for n in names]
    for n, value in zip(names, values):
        stats = total.action_stats.get(f"W{{n}}")
        assert value == (0 if stats is None else stats.visits), "parts of one answer agree"
    assert sum(values) == total.metadata.session_count == transitions["A", "B"], "all of them"
    assert total.ngram_stats.trigrams["A", "B", "C"] == (sum(values), 0)
    return values

def read(store, load, names):
    seen = [0] * len(names)
    reads = 0
    while time.monotonic() < end or reads <= 3:
        before = [answered[n] for n in names]
        values = of_writers(load(), names)
        after = [started[n] for n in names]
        assert all(a <= v <= z for a, v, z in zip(before, values, after)), (before, values, after)
        assert all(v >= s for v, s in zip(values, seen)), ("back", seen, values)
        seen, reads = values, reads + 1

def guarded(*arguments):
    try:
        read(*arguments)
    except BaseException as error:
        failures.append(repr(error))

with LearningStore.open(url, pool_size={THREADS}) as store:
    scenario = f"s{{number % 2}}"
    ours = [n for n in range({WRITERS}) if n % 2 == number % 2]
    threads = [
        threading.Thread(target=guarded, args=(store, call, names))
        for call, names in [
            (store.load_global, list(range({WRITERS}))),
            (lambda: store.load_scenario(scenario), ours),
        ] * {THREADS // 2}
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
if failures:
    sys.exit("\\n".join(failures))
"""
)


def test_each_answer_holds_what_was_acknowledged_and_nothing_that_was_not_begun(
    empty_database_url: str, tmp_path: Path
) -> None:
    """And its parts agree, and no reader ever goes back."""
    upgrade(empty_database_url)
    file = tmp_path / "counters"
    with LearningStore.open(empty_database_url) as store:
        _seed(store)
    file.write_bytes(b"".join((1).to_bytes(8, sys.byteorder) for _ in range(2 * WRITERS)))
    programs = [(WRITER, n) for n in range(WRITERS)] + [(READER, n) for n in range(READING_PROCESSES)]
    started = [
        subprocess.Popen(
            [sys.executable, "-c", program, empty_database_url, str(file), str(number)],
            stderr=subprocess.PIPE,
            text=True,
        )
        for program, number in programs
    ]
    assert [process.communicate(timeout=120)[1] for process in started] == [""] * len(started)


def _seed(store: LearningStore) -> None:
    """One save of each writer, so that no total is missing at the first read."""
    for number in range(WRITERS):
        snapshot = simple(1)
        snapshot.episode_transitions.success_transitions["W", str(number)] = 1
        snapshot.action_stats[f"W{number}"] = snapshot.action_stats["A"]
        store.save_session(f"s{number % 2}", snapshot)
