"""Eight processes that save into one scenario at once."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from statistics import median

import msgspec

from benchmarks.databases import Databases
from benchmarks.measuring import Line, Result
from benchmarks.saver import PROCESSES, WARM_UP
from swarmstore import LearningStore

SAVES, ROUNDS = 100, 3
_NUMBERS = ("saves per second", "median ms", "99 % ms")
ARMS = ("swarmstore", "limit", "totals in the save")


def processes(databases: Databases, _rounds: int) -> Iterator[Result]:
    """Saves per second of all together, and how long single ones take; arms take turns."""
    result = Result(f"{PROCESSES} processes at once, {databases.kind}")
    measured: dict[str, list[tuple[float, float, float]]] = {arm: [] for arm in ARMS}
    for number in range(ROUNDS):
        for arm in ARMS[number:] + ARMS[:number]:
            url = databases.new()
            seconds, each = _run(arm, url)
            slow = sorted(each)[int(0.99 * len(each))]
            measured[arm].append((PROCESSES * SAVES / seconds, 1000 * median(each), 1000 * slow))
            if arm != "limit":
                with LearningStore.open(url) as store:
                    saved = store.load_scenario("scenario").metadata.session_count
                    assert saved == PROCESSES * (WARM_UP + SAVES), f"{saved} are there"
                    assert store.verify_totals() == []
    for arm, of_rounds in measured.items():
        for what, values in zip(_NUMBERS, zip(*of_rounds, strict=True), strict=True):
            result.numbers[f"{arm}, {what}"] = median(values)
    rate = {arm: result.numbers[f"{arm}, saves per second"] for arm in ARMS}
    if databases.kind == "PostgreSQL":
        slow = result.numbers["swarmstore, 99 % ms"] / result.numbers["swarmstore, median ms"]
        result.lines = [
            Line("throughput, of the limit", rate["swarmstore"] / rate["limit"], 0.75, at_most=False),
            Line("99 % of saves, of the median", slow, 4),
            Line(
                "throughput, of totals in the save",
                rate["swarmstore"] / rate["totals in the save"],
                3,
                at_most=False,
            ),
        ]
    yield result


def _run(arm: str, url: str) -> tuple[float, list[float]]:
    """Seconds from the first save to the last, and of each save."""
    command = [sys.executable, "-m", "benchmarks.saver", arm, url, str(SAVES)]
    started = [
        subprocess.Popen([*command, str(number)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for number in range(PROCESSES)
    ]
    for process in started:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    begun = time.perf_counter()
    for process in started:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    answers = [process.communicate()[0] for process in started]
    took = time.perf_counter() - begun
    return took, [second for answer in answers for second in msgspec.json.decode(answer, type=list[float])]
