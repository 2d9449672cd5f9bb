"""What looks at all scenarios of a very large store: 100,000 of them, with 1,000,000 small sessions."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from statistics import median

from sqlalchemy import create_engine, text

from benchmarks.databases import Databases
from benchmarks.measuring import Line, Result
from swarmstore import EpisodeTransitions, LearningSnapshot, LearningStore, SnapshotMetadata, SqlStorage
from tests.helpers.copied_scenarios import multiply_scenario
from tests.helpers.internals import database_of
from tests.helpers.many_rows import fill

_SCENARIOS, _SESSIONS = 100_000, 10
_TENTH = _SCENARIOS // 10
_LONG = 100_000  # sessions of one scenario
_ROUNDS = 5  # of what is short
_PLAIN = """
    SELECT c.name, count(*), max(s.session_id), max(f.session_count), max(f.total_episodes),
           max(f.total_actions), max(f.success_episodes), max(f.failure_episodes)
    FROM {schema}scenarios c JOIN {schema}rollups f ON f.scenario_id = c.id
    JOIN {schema}sessions s ON s.scenario_id = c.id GROUP BY c.name ORDER BY c.name
"""


def many(databases: Databases, _rounds: int) -> Iterator[Result]:
    """Whole commands, from the start of the process to its end, and calls that go through all totals."""
    url, smaller = databases.new(), databases.new()
    _fill(url, _SCENARIOS)
    _fill(smaller, _TENTH)
    result = Result(f"{_SCENARIOS:,} scenarios, {_SCENARIOS * _SESSIONS:,} sessions, {databases.kind}")
    numbers = result.numbers
    numbers["scenarios, s"] = _seconds(lambda: _command("scenarios", "--url", url))
    numbers["scenarios --json, s"] = _seconds(lambda: _command("scenarios", "--json", "--url", url))
    numbers["doctor, s"] = _seconds(lambda: _command("doctor", "--url", url))
    with LearningStore.open(url) as store:
        numbers["summaries, s"] = _seconds(store.summaries)
        numbers["plain query, s"] = _seconds(lambda: _plain(url))
        numbers["verify, s"] = _seconds(store.verify_totals)
    with LearningStore.open(smaller) as store:
        numbers["verify a tenth, s"] = _seconds(store.verify_totals)
        numbers["fold 400 scenarios, s"] = _folded(store, 400)
        numbers["fold 4,000 scenarios, s"] = _folded(store, 4_000)
    long = databases.new()
    fill(long, _LONG, 1)
    numbers["first line, s"] = median(_seconds(lambda: _first_line(long)) for _ in range(_ROUNDS))
    result.lines += [
        Line("scenarios, seconds", numbers["scenarios, s"], 5),
        Line("doctor, seconds", numbers["doctor, s"], 5),
        Line(f"first line of {_LONG:,} sessions, seconds", numbers["first line, s"], 1),
    ]
    for what, name, peer, times, bound in (
        ("summaries, of a plain query", "summaries, s", "plain query, s", 1, 4),
        ("verify, of ten times a tenth", "verify, s", "verify a tenth, s", 10, 1.5),
        ("fold, of ten times a tenth", "fold 4,000 scenarios, s", "fold 400 scenarios, s", 10, 1.5),
    ):
        result.lines.append(Line(what, numbers[name] / (times * numbers[peer]), bound))
    yield result


def _fill(url: str, scenarios: int) -> None:
    with LearningStore.open(url) as store:
        for number in range(_SESSIONS):
            store.save_session("scenario", _small(number), str(1_700_000_000 + number))
        store.fold()
        assert isinstance(store.storage, SqlStorage)
        multiply_scenario(store.storage, "scenario", scenarios)
        database_of(store.storage).write(lambda session: session.execute(text("ANALYZE")), maintenance=True)


def _small(number: int) -> LearningSnapshot:
    steps = {("Look", "Fix"): 1, ("Fix", "Check"): 1, ("Check", f"Report{number % 3}"): 1}
    return LearningSnapshot(
        metadata=SnapshotMetadata("scenario", None, 1_700_000_000 + number, 1, 1, 3),
        episode_transitions=EpisodeTransitions(steps, {}, 1),
    )


def _seconds(call: Callable[[], object]) -> float:
    begun = time.perf_counter()
    call()
    return time.perf_counter() - begun


def _command(*arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "swarmstore", *arguments], stdout=subprocess.DEVNULL, check=True)


def _first_line(url: str) -> None:
    """As with `| head`: the reader goes after it."""
    command = [sys.executable, "-m", "swarmstore", "sessions", "large", "--url", url]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.stdout.close()


def _plain(url: str) -> None:
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    schema = "" if engine.dialect.name == "sqlite" else "swarmstore."
    with closing(engine.connect()) as connection:
        assert len(connection.execute(text(_PLAIN.format(schema=schema))).all()) == _SCENARIOS
    engine.dispose()


def _folded(store: LearningStore, scenarios: int) -> float:
    """Save a session to so many scenarios, and fold what is pending."""
    for number in range(1, scenarios + 1):
        store.save_session(f"scenario {number}", _small(number))
    return _seconds(store.fold)
