"""Rows without the rows that they need, sessions that wait, and what damage does."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import make_url

from swarmstore import (
    ActionStats,
    CorruptStoreError,
    CountOverflowError,
    LearningSnapshot,
    LearningStore,
    SessionId,
    SnapshotMetadata,
    SqlStorage,
    StoreUnavailableError,
)
from swarmstore.db.doctor import Severity, diagnose
from swarmstore.db.doctor.contents import MANY
from swarmstore.db.doctor.diagnosis import CHECKS
from swarmstore.db.schema.baselines import BASELINES
from swarmstore.db.schema.families import ROLLUPS, SESSIONS, SUMMED
from swarmstore.settings import Settings
from tests.doctor import sick
from tests.doctor.sick import execute, found, is_sqlite, only, rows
from tests.helpers.internals import database_of, repositories_of
from tests.helpers.shipped import SHIPPED
from tests.snapshots import full, simple

# to look at tables' definitions takes longer than all other checks, and no test here changes them
findings = partial(sick.findings, checks=[check for check in CHECKS if check.name != "schema"])


def test_facts_without_the_names_of_their_actions_are_found(database_url: str) -> None:
    """In each table that has names, by a look at every fact."""
    with LearningStore.open(database_url, fold_at=1) as store:
        store.save_session("s", full(), "1")
        store.save_scenario("t", full())
    execute(database_url, "CREATE TABLE kept AS SELECT * FROM action_sequences")
    for kind in [kind for kind, key in SUMMED.items() if key == "sequence_id"]:
        tables = [family.facts[kind].name for family in (SESSIONS, BASELINES, ROLLUPS)]
        ((missing,),) = rows(database_url, f"SELECT min(sequence_id) FROM {tables[0]}")
        execute(database_url, f"DELETE FROM action_sequences WHERE id = {missing}")
        assert found(findings(database_url), "sequence-missing") == []
        of_tables = {
            one.subject: one
            for one in findings(database_url, deep=True)
            if one.code == "sequence-missing" and one.subject in tables
        }
        assert of_tables.keys() == set(tables)
        assert all(one.severity == Severity.ERROR for one in of_tables.values())
        assert all(str(missing) in one.problem for one in of_tables.values())
        with (
            LearningStore.open(database_url) as store,
            pytest.raises(CorruptStoreError, match="swarmstore doctor"),
        ):
            store.load_session("s", "1")
        execute(database_url, f"INSERT INTO action_sequences SELECT * FROM kept WHERE id = {missing}")
    execute(database_url, "DROP TABLE kept")
    assert findings(database_url, deep=True) == []


def test_the_names_come_back_with_another_store_that_learned_the_same(
    database_url: str, tmp_path: Path
) -> None:
    """As the advice says: ids are made from the names."""
    with LearningStore.open(database_url) as store:
        store.save_session("s", simple(), "1")
    execute(database_url, "DELETE FROM action_sequences WHERE length = 3")
    assert len(findings(database_url, deep=True)) == 1
    with LearningStore.open(database_url) as store:
        store.save_session("elsewhere", simple(), "1")
    assert findings(database_url, deep=True) == []


@pytest.mark.parametrize("change", ["action_1 = 'Z'", "action_2 = NULL", "length = 2", "action_4 = 'D'"])
def test_names_that_have_changed_are_found(database_url: str, change: str) -> None:
    with LearningStore.open(database_url) as store:
        store.save_session("s", simple(), "1")
    execute(database_url, f"UPDATE action_sequences SET {change} WHERE length = 3")
    ((changed,),) = rows(database_url, "SELECT id FROM action_sequences WHERE action_3 = 'C'")
    assert only(findings(database_url, deep=True), "sequence-damaged").subject == f"sequence {changed}"


def test_all_names_are_looked_at_page_by_page(database_url: str) -> None:
    with SqlStorage(database_url) as storage:
        storage.save_session("s", full(), SessionId("1"))
        by_twos = partial(repositories_of(storage).sequences.find_damaged, page_size=2)
        assert database_of(storage).read(lambda session: list(by_twos(session))) == []
        assert findings(database_url, deep=True) == []
        execute(database_url, "UPDATE action_sequences SET action_1 = action_1 || '!'")
        ((count,),) = rows(database_url, "SELECT count(*) FROM action_sequences")
        assert len(database_of(storage).read(lambda session: list(by_twos(session)))) == count
    assert len(found(findings(database_url, deep=True), "sequence-damaged")) == count


def test_sessions_without_their_scenario_are_found(database_url: str) -> None:
    with LearningStore.open(database_url) as store:
        for scenario in ("s", "t", "t"):
            store.save_session(scenario, simple())
    execute(database_url, "DELETE FROM scenarios WHERE name = 't'")
    missing = only(findings(database_url), "scenario-missing")
    assert missing.subject == "scenario 2"
    assert missing.problem.startswith("scenario 2 has 2 sessions but no row")


@pytest.mark.parametrize("total", [0, 1], ids=["global", "scenario"])
def test_a_total_that_is_missing_is_found_and_the_advice_brings_it_back(
    database_url: str, total: int
) -> None:
    with LearningStore.open(database_url) as store:
        for number in range(3):
            store.save_session("s", simple(number))
        store.fold()
        before = store.load_scenario("s"), store.load_global()
    execute(database_url, f"DELETE FROM rollups WHERE scenario_id = {total}")
    missing = only(findings(database_url), "total-missing")
    assert missing.subject == ("scenario 's'" if total else "the global total")
    statement = re.search("`(INSERT .*?)`", missing.advice)
    assert statement is not None
    execute(database_url, statement[1])
    with LearningStore.open(database_url) as store:
        store.rebuild_totals()
        assert (store.load_scenario("s"), store.load_global()) == before
        assert store.verify_totals(deep=True) == []
    assert findings(database_url, deep=True) == []


def test_what_waits_is_counted_with_its_age(database_url: str) -> None:
    with LearningStore.open(database_url, fold_at=100) as store:
        store.save_session("s", simple())
        store.save_session("t", simple())
        store.save_session("t", simple())
    execute(
        database_url,
        "UPDATE sessions SET saved_at_ms = saved_at_ms - 7200000 WHERE id = 2",
        "UPDATE sessions SET saved_at_ms = saved_at_ms + 7200000 WHERE id = 1",
    )
    diagnosis = diagnose(database_url)
    assert diagnosis.findings == []  # age alone says nothing
    waiting = {one.scenario: one for one in diagnosis.pending}
    assert [one.total for one in diagnosis.pending] == [0, 1, 2]
    assert {name: one.sessions for name, one in waiting.items()} == {None: 3, "s": 1, "t": 2}
    assert 7200 <= waiting["t"].oldest_seconds < 7800
    assert 7200 <= waiting[None].oldest_seconds < 7800
    assert waiting["s"].oldest_seconds == 0  # a clock that was set back is no age below nothing


@pytest.mark.long
def test_many_that_wait_are_a_warning(database_url: str) -> None:
    settings = Settings(fold_at=2)
    with LearningStore.open(database_url, fold_at=1000) as store:
        for _ in range(MANY * settings.fold_at):
            store.save_session("s", simple())
        for _ in range(3 * MANY * settings.fold_at):
            store.save_session(f"t{_ % 4}", simple())
        assert findings(database_url, settings=settings) == []
        store.save_session("s", simple())
        found = findings(database_url, settings=settings)
        assert [many.code for many in found] == ["pending-many"] * 2
        assert {many.severity for many in found} == {Severity.WARNING}
        assert "65 sessions are pending for the global total" in found[0].problem
        assert "17 sessions are pending for" in found[1].problem
        store.fold()
    assert findings(database_url, settings=settings) == []


def large(count: int) -> LearningSnapshot:
    return LearningSnapshot(
        metadata=SnapshotMetadata(created_at=1_700_000_000), action_stats={"A": ActionStats(visits=count)}
    )


@pytest.mark.parametrize("folded", [False, True], ids=["before a fold", "after it"])
def test_sessions_that_do_not_fit_are_named(database_url: str, folded: bool) -> None:
    """The ones that folding leaves, and no others; the advice makes the total readable again."""
    with LearningStore.open(database_url) as store:
        store.save_scenario("s", large(2**63 - 10))
        for count in (1, 100, 2, 200, 3):
            store.save_session("s", large(count), str(count))
        if folded:
            store.fold()
        of_database = findings(database_url)
        assert found(of_database, "session-overflows") == ["session:s:100", "session:s:200"]
        assert {one.severity for one in of_database} == {Severity.ERROR}
        assert "the total of 's'" in of_database[0].problem
        with pytest.raises(CountOverflowError, match="swarmstore doctor"):
            store.load_scenario("s")
        store.save_scenario("s", large(5))
        assert findings(database_url) == []
        assert store.load_scenario("s") == large(5)


def test_headers_that_do_not_fit_are_named_too(database_url: str) -> None:
    total, session = large(1), large(1)
    total.metadata.total_actions = 2**63 - 1
    session.metadata.total_actions = 1
    with LearningStore.open(database_url) as store:
        store.save_global(total)
        store.save_session("s", session, "1")
    overflow = only(findings(database_url), "session-overflows")
    assert overflow.subject == "session:s:1"
    assert "into the global total" in overflow.problem


def test_a_total_at_its_limit_that_everything_fits_into_is_well(database_url: str) -> None:
    with LearningStore.open(database_url) as store:
        store.save_scenario("s", large(2**63 - 3))
        store.save_session("s", large(1), "1")
        store.save_session("s", large(1), "2")
    assert findings(database_url) == []


def test_facts_damaged_on_disk_are_named(sqlite_url: str) -> None:
    """Random bytes over a page of a table: the integrity check names it, and so does verify."""
    with LearningStore.open(sqlite_url) as store:
        store.import_store(SHIPPED)
    file = Path(make_url(sqlite_url).database or "")
    _overwrite(file, _a_leaf_of(file, "session_ngrams"))
    of_database = findings(sqlite_url, deep=True)
    named = found(of_database, "data-damaged")
    assert "session_ngrams" in named
    with LearningStore.open(sqlite_url) as store:
        unreadable = {
            f"session:{name}:{one}" for name in store.scenarios() for one in _unreadable(store, name)
        }
        assert 0 < len(unreadable) < 120
        assert unreadable == {name for name in named if name is not None and name.startswith("session:")}
        with pytest.raises(CorruptStoreError, match="damaged"):
            store.verify_totals(deep=True)


def _unreadable(store: LearningStore, scenario: str) -> Iterator[str]:
    for session_id in store.list_sessions(scenario):
        try:
            store.load_session(scenario, session_id)
        except CorruptStoreError:
            yield session_id


@pytest.mark.long
def test_a_value_damaged_on_disk_is_named_by_verify(sqlite_url: str) -> None:
    """One bit of one count, which no page's structure shows: the session's digest does."""
    with LearningStore.open(sqlite_url) as store:
        store.save_session("s", simple(77), "1")
        store.save_session("s", simple(1), "2")
    file = Path(make_url(sqlite_url).database or "")
    content = bytearray(file.read_bytes())
    start, end = _page(file, _a_leaf_of(file, "session_ngrams"))
    place = content.rindex(bytes([77]), start, end)
    content[place] ^= 1
    file.write_bytes(content)
    assert findings(sqlite_url, deep=True) == []
    with LearningStore.open(sqlite_url) as store:
        (discrepancy,) = store.verify_totals(deep=True)
    assert (discrepancy.scenario, discrepancy.session_id) == ("s", "1")


def test_facts_damaged_in_postgresql_are_named_by_verify(migrated_postgres_url: str) -> None:
    with LearningStore.open(migrated_postgres_url) as store:
        store.save_session("s", simple(1), "1")
        store.save_session("s", simple(2), "2")
    execute(migrated_postgres_url, "UPDATE session_ngrams SET failure_count = 7 WHERE success_count = 2")
    assert findings(migrated_postgres_url, deep=True) == []
    with LearningStore.open(migrated_postgres_url) as store:
        (discrepancy,) = store.verify_totals(deep=True)
    assert (discrepancy.scenario, discrepancy.session_id) == ("s", "2")


def _page_size(file: Path) -> int:
    return int.from_bytes(file.read_bytes()[16:18], "big")


def _page(file: Path, number: int) -> tuple[int, int]:
    size = _page_size(file)
    return (number - 1) * size, number * size


def _a_leaf_of(file: Path, table: str) -> int:
    """The number of a page that holds rows of a table: its root, or what the root's last pointer leads to."""
    connection = sqlite3.connect(file)
    ((page,),) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (table,))
    connection.close()
    content = file.read_bytes()
    while True:
        start, _ = _page(file, page)
        if content[start] in {10, 13}:
            return int(page)
        page = int.from_bytes(content[start + 8 : start + 12], "big")


def _overwrite(file: Path, page: int) -> None:
    start, end = _page(file, page)
    content = bytearray(file.read_bytes())
    content[start:end] = bytes((37 * place + 11) % 256 for place in range(end - start))
    file.write_bytes(content)


def test_rows_without_their_parent_are_found(sqlite_url: str) -> None:
    with LearningStore.open(sqlite_url) as store:
        store.save_session("s", simple(), "1")
    execute(sqlite_url, "DELETE FROM sessions")  # foreign keys are off, as in any other program
    assert findings(sqlite_url) == []
    orphans = {one.subject for one in findings(sqlite_url, deep=True) if one.code == "row-without-parent"}
    assert orphans == {"session_transitions", "session_ngrams", "session_actions", "total_sources"}


@pytest.mark.parametrize("content", [b"no database, but text" * 100, b"SQLite format 3\0" + bytes(4000)])
def test_a_file_that_is_no_database_is_an_error(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "store.db"
    file.write_bytes(content)
    for call in (diagnose, LearningStore.open):
        with pytest.raises(CorruptStoreError, match="backup"):
            call(f"sqlite:///{file}")


def test_a_torn_file_is_an_error(sqlite_url: str) -> None:
    with LearningStore.open(sqlite_url) as store:
        store.import_store(SHIPPED)
    file = Path(make_url(sqlite_url).database or "")
    file.write_bytes(file.read_bytes()[: 20 * _page_size(file)])
    for call in (diagnose, LearningStore.open):
        with pytest.raises(CorruptStoreError, match="damaged"):
            call(sqlite_url)


def test_a_server_that_is_not_there_is_an_error() -> None:
    with pytest.raises(StoreUnavailableError):
        diagnose("postgresql://nobody@127.0.0.1:1/nothing", Settings(timeout_seconds=2))
    assert is_sqlite("sqlite://")
