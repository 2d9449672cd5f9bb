"""What views cost beside the plainest query of the tables behind them, in a large store."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import partial

from sqlalchemy import Connection, create_engine, text

from benchmarks.data import snapshots
from benchmarks.databases import Databases
from benchmarks.measuring import Call, Result, interleaved
from swarmstore import SessionId, SqlStorage
from tests.helpers.copied_sessions import multiply
from tests.helpers.internals import database_of

_SCENARIOS, _SAVED_EACH, _COPIES, _ROWS = 50, 2, 49, 600
_SCENARIO, _SESSION = "scenario 7", "1700000007.100007"
_NAMED = "JOIN {schema}action_sequences a ON a.id = f.sequence_id"
_BY_SESSION = "f.session_row_id = :session"
_BY_SCENARIO = "f.scenario_id = :scenario"
_SEEN = "f.success_count + f.failure_count > 0"
_OF_SCENARIO = "JOIN {schema}sessions s ON s.id = f.session_row_id WHERE s.scenario_id = :scenario"


@dataclass(frozen=True, slots=True)
class _Pair:
    """A view's query with a filter by names, the plain one by ids, and bounds of their ratio."""

    what: str
    view: str
    plain: str
    on_postgresql: float
    on_sqlite: float


def _of_session(view: str, columns: str, *bounds: float) -> _Pair:
    return _Pair(
        f"{view} of a session",
        f"SELECT * FROM {{schema}}{view} WHERE scenario = '{_SCENARIO}' AND session_id = '{_SESSION}'",
        f"SELECT {columns}, f.* FROM {{schema}}session_{view} f {_NAMED} WHERE {_BY_SESSION}",
        *bounds,
    )


def _of_total(view: str, kind: str, columns: str, *bounds: float, where: str = _BY_SCENARIO) -> _Pair:
    return _Pair(
        f"{view} of a scenario",
        f"SELECT * FROM {{schema}}{view} WHERE scenario = '{_SCENARIO}'",
        f"SELECT {columns}, f.* FROM {{schema}}rollup_{kind} f {_NAMED} WHERE {where}",
        *bounds,
    )


_TWO = "a.action_1, a.action_2"
_FOUR = f"{_TWO}, a.action_3, a.action_4"
_PAIRS = [
    _of_session("transitions", _TWO, 2.0, 3.0),
    _of_session("ngrams", _FOUR, 2.5, 3.0),
    # SQLite sorts the parts of a total to add them up; the plain query reads the rollup alone
    _of_total("total_transitions", "transitions", _TWO, 3.0, 12.0),
    _of_total("next_actions", "transitions", _TWO, 4.0, 16.0),
    _of_total("paths", "ngrams", _FOUR, 5.0, 20.0, where=f"{_BY_SCENARIO} AND {_SEEN}"),
    _Pair(
        "learning_curve of a scenario",
        f"SELECT * FROM {{schema}}learning_curve WHERE scenario = '{_SCENARIO}'",
        "SELECT * FROM {schema}sessions WHERE scenario_id = :scenario ORDER BY session_id",
        3.0,
        4.0,
    ),
    _Pair(
        "transition_days of a scenario",
        f"SELECT * FROM {{schema}}transition_days WHERE scenario = '{_SCENARIO}'",
        f"SELECT f.sequence_id, sum(f.success_count) FROM {{schema}}session_transitions f {_OF_SCENARIO}"
        " GROUP BY f.sequence_id",
        3.0,
        7.0,
    ),
]


def views(databases: Databases, rounds: int) -> Iterator[Result]:
    """5,000 sessions in 50 scenarios, all of them folded, 600 rows each."""
    url = databases.new()
    _fill(url)
    schema = "" if databases.server is None else "swarmstore."
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    with closing(engine.connect()) as connection:
        if databases.server is not None:  # else a plain query scans all facts with several processes
            connection.execute(text("SET max_parallel_workers_per_gather = 0"))
        row = connection.execute(
            text(
                f"SELECT scenario_id AS scenario, session_row_id AS session FROM {schema}saved_sessions"
                f" WHERE scenario = '{_SCENARIO}' AND session_id = '{_SESSION}'"
            )
        ).one()
        result = Result(f"views, 5,000 sessions × {_ROWS} rows, {databases.kind}")
        arms: dict[str, Call] = {}
        for pair in _PAIRS:
            for name, query in ((pair.what, pair.view), (f"{pair.what}, plain", pair.plain)):
                arms[name] = partial(_read, connection, query.format(schema=schema), row._asdict())
            found = arms[pair.what]()
            assert found, f"no rows: {pair.view}"
            assert found == arms[f"{pair.what}, plain"](), f"other rows than: {pair.view}"
        result.timings = interleaved(arms, max(10, rounds // 2))
    engine.dispose()
    for pair in _PAIRS:
        bound = pair.on_sqlite if databases.server is None else pair.on_postgresql
        result.at_most(pair.what, pair.what, f"{pair.what}, plain", bound)
    yield result


def _read(connection: Connection, query: str, values: dict[str, int]) -> int:
    bound = {name: value for name, value in values.items() if f":{name}" in query}
    return len(connection.execute(text(query), bound).all())


def _fill(url: str) -> None:
    with SqlStorage(url) as storage:
        for number, snapshot in enumerate(snapshots(_ROWS, _SCENARIOS * _SAVED_EACH)):
            session_id = SessionId(str(1_700_000_000 + number))
            storage.save_session(f"scenario {number % _SCENARIOS}", snapshot, session_id)
        multiply(storage, _COPIES)
        storage.fold()
        database_of(storage).write(lambda session: session.execute(text("ANALYZE")))
