"""How many statements a call takes: so many and no other number, whatever the store holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import pytest

from swarmstore import (
    Additive,
    GlobalKey,
    LearningSnapshot,
    LearningStore,
    ScenarioKey,
    SessionId,
    SessionKey,
    Settings,
    SqlStorage,
    SuccessWeighted,
    TimeDecay,
)
from swarmstore.db.connection.second_reader import MANY
from swarmstore.model.session_slice import SessionSlice
from tests.db.counted_statements import counted
from tests.helpers.internals import database_of, forget_totals
from tests.snapshots import full, simple

Numbers = Mapping[str, tuple[int, int]]
"""By call: on SQLite, where a kind of facts is a statement, and on PostgreSQL; BEGIN and COMMIT too."""
STATEMENTS: Numbers = {
    "save_session": (3, 1),
    "save_session with an id": (3, 1),
    "repeated save_session": (7, 5),
    "load session": (13, 7),
    "load scenario": (1, 1),  # whether what is known of it has changed
    "load global": (12, 2),  # on PostgreSQL in no transaction
    "query_latest": (13, 7),
    "query_range": (13, 7),
    "changes": (18, 21),  # which looks, publishes and reads on
    "merge additive": (14, 8),
    "merge by time": (14, 8),
    "merge by success": (13, 7),
    "list_sessions": (5, 6),
    "session_summaries": (5, 6),
    "summaries": (6, 7),
}
OF_SEVERAL: Numbers = {  # by a process that knows no totals, with more than one session to read or merge
    "load session": (13, 7),
    "load scenario": (9, 2),
    "load global": (9, 2),
    "query_latest": (13, 7),
    "query_range": (13, 7),
    "changes": (18, 21),
    "merge additive": (12, 13),
    "merge by time": (12, 13),
    "merge by success": (11, 12),
    "list_sessions": (5, 6),
    "session_summaries": (5, 6),
    "summaries": (6, 7),
}
OF_FOLDED: Numbers = {
    **OF_SEVERAL,
    "load scenario": (11, 2),
    "load global": (11, 2),
    "changes": (10, 12),  # nothing to publish
}
CHANGED_TOTAL = (10, 3)
COLD_LOAD = (12, 2)  # of one session, with its switches; names come along
COLD_SAVE = (7, 6)  # asks for the scenario's id, and for the sequences that are there, once each
MOST_BY_TWO = 75  # five calls; which reader takes what is chance


@pytest.fixture
def storage(database_url: str) -> Iterator[SqlStorage]:
    with SqlStorage(database_url, Settings(fold_in_background=False)) as opened:
        opened.save_session("s", full(), SessionId("1"))
        opened.load(ScenarioKey("s"))
        yield opened


def on(storage: SqlStorage, of_both: tuple[int, int]) -> int:
    """The number that is right on this database."""
    return of_both[database_of(storage).engine.dialect.name == "postgresql"]


def another(number: int) -> LearningSnapshot:
    snapshot = full()
    snapshot.metadata.total_actions = number
    return snapshot


CALLS: dict[str, Callable[[SqlStorage], object]] = {
    "save_session": lambda s: s.save_session("s", another(0)),
    "save_session with an id": lambda s: s.save_session("s", another(0), SessionId("x")),
    "repeated save_session": lambda s: s.save_session("s", full(), SessionId("1")),
    "load session": lambda s: s.load(SessionKey("s", SessionId("1"))),
    "load scenario": lambda s: s.load(ScenarioKey("s")),
    "load global": lambda s: s.load(GlobalKey()),
    "query_latest": lambda s: s.query_latest("s", 100),
    "query_range": lambda s: s.query_range("s", 0, 2**64 - 1),
    "changes": lambda s: list(s.changes()),
    "merge additive": lambda s: s.merge_sessions(SessionSlice("s"), Additive()),
    "merge by time": lambda s: s.merge_sessions(SessionSlice("s"), TimeDecay(3)),
    "merge by success": lambda s: s.merge_sessions(SessionSlice(), SuccessWeighted()),
    "list_sessions": lambda s: s.list_sessions("s"),
    "session_summaries": lambda s: [*LearningStore(s).session_summaries("s")],
    "summaries": lambda s: s.summaries(),
}


@pytest.mark.parametrize("name", CALLS)
def test_a_call_takes_so_many_statements(storage: SqlStorage, name: str) -> None:
    with counted(database_of(storage).engine) as statements:
        CALLS[name](storage)
    assert len(statements) == on(storage, STATEMENTS[name]), "\n".join(statements)


@pytest.mark.parametrize("name", ["query_latest", "query_range"])
def test_two_readers_take_few_statements_together(storage: SqlStorage, name: str) -> None:
    for number in range(MANY):
        storage.save_session("s", another(number))
    with counted(database_of(storage).engine) as statements:
        for _ in range(5):
            CALLS[name](storage)
        storage.close()  # which waits for second readers that came too late
    assert len(statements) <= MOST_BY_TWO, "\n".join(statements)


def test_the_number_does_not_depend_on_how_much_there_is(storage: SqlStorage) -> None:
    storage.save_session("s", another(0), SessionId("2"))
    several = {name: on(storage, numbers) for name, numbers in OF_SEVERAL.items()}
    assert _reads(storage) == several
    for number in range(MANY - 3):  # of more, two readers share them out by chance
        storage.save_session("s", another(number), SessionId(f"{1000 + number}"))
    assert _reads(storage) == several
    storage.fold()
    assert _reads(storage) == {name: on(storage, numbers) for name, numbers in OF_FOLDED.items()}


def _reads(storage: SqlStorage) -> dict[str, int]:
    """Statements of each call that reads, by a process that knows no totals."""
    counts = {}
    for name, call in CALLS.items():
        if "save" not in name:
            forget_totals(storage)
            counts[name] = _count(storage, call)
    return counts


def test_a_known_total_takes_one_statement_and_a_changed_one_so_many(storage: SqlStorage) -> None:
    with counted(database_of(storage).engine) as statements:
        storage.load(ScenarioKey("s"))
    assert [text.split()[0] for text in statements if text.startswith("SELECT")] == ["SELECT"]
    storage.save_session("s", another(1))
    assert _count(storage, lambda s: s.load(ScenarioKey("s"))) == on(storage, CHANGED_TOTAL)


def _count(storage: SqlStorage, call: Callable[[SqlStorage], object]) -> int:
    with counted(database_of(storage).engine) as statements:
        call(storage)
    return len(statements)


def test_a_large_snapshot_takes_no_more_statements_than_a_small_one(storage: SqlStorage) -> None:
    def large(successes: int) -> LearningSnapshot:
        snapshot = full()
        for number in range(3000):
            pair = (f"a{number % 60}", f"b{number}")
            snapshot.episode_transitions.success_transitions[pair] = successes
            snapshot.contextual_stats[pair] = simple().action_stats["A"]
        return snapshot

    storage.save_session("s", large(1))
    small = _count(storage, lambda s: s.save_session("s", another(5)))
    assert _count(storage, lambda s: s.save_session("s", large(2))) == small
    session_id = storage.save_session("s", large(3))
    assert storage.load(SessionKey("s", session_id)) == large(3)


def test_a_new_process_needs_few_more(storage: SqlStorage) -> None:
    """The scenario's id and names that the process does not know yet are asked for once each."""
    with SqlStorage(database_of(storage).url.render_as_string(hide_password=False)) as cold:
        assert _count(cold, lambda s: s.load(ScenarioKey("s"))) == on(storage, COLD_LOAD)
    with SqlStorage(database_of(storage).url.render_as_string(hide_password=False)) as cold:
        saving = _count(cold, lambda s: s.save_session("s", another(7)))
    assert saving == on(storage, COLD_SAVE)
