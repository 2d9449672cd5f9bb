"""Opening and upgrading: many at once, old, new and missing schemas."""

from __future__ import annotations

from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.pool import NullPool

from swarmstore import (
    LearningSnapshot,
    LearningStore,
    SchemaAheadError,
    SchemaLockedError,
    SchemaMissingError,
    SchemaOutdatedError,
    Settings,
)
from swarmstore.db.dialects.postgresql import dialect
from swarmstore.db.migrations import runner
from swarmstore.db.migrations.runner import VERSION_TABLE, upgrade
from swarmstore.revisions import REVISION
from tests.db.at_once import at_once, open_and_save, upgrade_by_command

PROCESSES = 32
IMPATIENT = Settings(timeout_seconds=1)


@pytest.mark.long
def test_many_processes_upgrade_one_empty_database(empty_database_url: str) -> None:
    """All succeed, and exactly one migrates."""
    printed = at_once(upgrade_by_command, empty_database_url, PROCESSES)
    migrated = Counter('"before": null' in answer for answer in printed)
    assert migrated == {True: 1, False: PROCESSES - 1}
    with LearningStore.open(empty_database_url) as store:
        store.save_session("s", LearningSnapshot.empty())


@pytest.mark.long
def test_many_processes_open_one_empty_sqlite_file(new_sqlite_url: str) -> None:
    """All set it up or find it set up, and save at once; nothing is lost."""
    saved = at_once(open_and_save, new_sqlite_url, PROCESSES)
    with LearningStore.open(new_sqlite_url) as store:
        assert store.list_sessions("s") == sorted(saved)
        assert store.load_scenario("s").metadata.session_count == PROCESSES


def test_an_empty_sqlite_file_is_set_up_by_another_between_any_two_statements(tmp_path: Path) -> None:
    """The one that opens it second finds the tables, whatever it had seen before."""
    statements: list[str] = []
    due, url = -1, ""

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        nonlocal due
        statements.append(statement)
        if len(statements) == due:
            due = -1
            upgrade(url)

    event.listen(Engine, "after_cursor_execute", note)
    try:
        LearningStore.open(f"sqlite:///{tmp_path}/alone.db").close()
        before_the_lock = statements.index("BEGIN IMMEDIATE")
        assert before_the_lock > 1
        for last in range(1, before_the_lock + 1):
            statements.clear()
            due, url = last, f"sqlite:///{tmp_path}/{last}.db"
            with LearningStore.open(url) as store:
                assert due == -1
                store.save_session("s", LearningSnapshot.empty())
    finally:
        event.remove(Engine, "after_cursor_execute", note)


def test_postgresql_is_never_set_up_by_opening_it(postgres_url: str) -> None:
    with pytest.raises(SchemaMissingError, match="swarmstore upgrade"):
        LearningStore.open(postgres_url)
    engine = create_engine(postgres_url, poolclass=NullPool)
    with engine.connect() as connection:
        found = connection.scalar(text("SELECT count(*) FROM pg_namespace WHERE nspname = 'swarmstore'"))
    assert found == 0


def test_somebody_elses_sqlite_file_is_not_touched(new_sqlite_url: str) -> None:
    _execute(new_sqlite_url, "CREATE TABLE theirs (x)")
    with pytest.raises(SchemaMissingError, match="swarmstore upgrade"):
        LearningStore.open(new_sqlite_url)
    upgrade(new_sqlite_url)
    with LearningStore.open(new_sqlite_url) as store:
        assert store.scenarios() == []


def _execute(url: str, *statements: str) -> None:
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL search_path TO swarmstore"))
        for statement in statements:
            connection.execute(text(statement))


def _set_revision(url: str, revision: str, oldest: str = REVISION) -> None:
    _execute(
        url,
        f"UPDATE {VERSION_TABLE} SET version_num = '{revision}'",
        f"UPDATE schema_compatibility SET oldest_revision = '{oldest}'",
    )


def test_an_older_schema_asks_for_an_upgrade(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    LearningStore.open(database_url).close()
    monkeypatch.setattr(runner, "REVISION", "0999")
    with pytest.raises(SchemaOutdatedError, match=r"needs 0999; run `swarmstore upgrade`"):
        LearningStore.open(database_url)


def test_tables_from_before_the_first_release_are_refused(database_url: str) -> None:
    LearningStore.open(database_url).close()
    _set_revision(database_url, "0006")
    for call in (LearningStore.open, upgrade):
        with pytest.raises(
            SchemaOutdatedError, match=r"revision 0006.*`swarmstore export`.*`swarmstore import`"
        ):
            call(database_url)


def test_a_newer_schema_is_ahead_and_never_asks_for_an_upgrade(database_url: str) -> None:
    LearningStore.open(database_url).close()
    _set_revision(database_url, "9999", oldest="9999")
    for call in (LearningStore.open, upgrade):
        with pytest.raises(SchemaAheadError, match="ahead of this swarmstore") as refused:
            call(database_url)
        assert "swarmstore upgrade" not in str(refused.value)


def test_a_newer_schema_that_says_so_may_be_used(database_url: str) -> None:
    LearningStore.open(database_url).close()
    _set_revision(database_url, "9999", oldest=REVISION)
    with LearningStore.open(database_url) as store:
        store.save_session("s", LearningSnapshot.empty())
    assert upgrade(database_url) == ("9999", "9999")


def test_upgrading_an_upgraded_database_takes_no_lock(migrated_postgres_url: str) -> None:
    """Replicas that start behind one that migrates elsewhere do not queue up."""
    engine = create_engine(migrated_postgres_url, poolclass=NullPool)
    with engine.begin() as holder:
        holder.execute(text(f"SELECT pg_advisory_xact_lock({dialect.lock_key('swarmstore')})"))
        assert upgrade(migrated_postgres_url) == (REVISION, REVISION)


def test_an_upgrade_gives_up_when_it_gets_no_lock(postgres_url: str) -> None:
    """And never goes on without it."""
    engine = create_engine(postgres_url, poolclass=NullPool)
    with engine.begin() as holder:
        holder.execute(text(f"SELECT pg_advisory_xact_lock({dialect.lock_key('swarmstore')})"))
        with pytest.raises(SchemaLockedError, match="lock"):
            upgrade(postgres_url, IMPATIENT)
    with pytest.raises(SchemaMissingError):
        LearningStore.open(postgres_url)


def test_an_upgrade_does_not_queue_behind_a_long_read(migrated_postgres_url: str) -> None:
    """A table in use makes it give up soon: waiting DDL would hold up everybody behind it."""
    engine = create_engine(migrated_postgres_url, poolclass=NullPool)
    with engine.begin() as reader:
        reader.execute(text("SELECT count(*) FROM swarmstore.sessions"))
        with pytest.raises(SchemaLockedError):
            runner.downgrade(migrated_postgres_url, "base", IMPATIENT)
    LearningStore.open(migrated_postgres_url).close()


def test_the_runtime_needs_no_right_to_create(migrated_postgres_url: str, postgres_url: str) -> None:
    """A role that may only read and write rows can do all that a store does."""
    role = f"agent_{postgres_url.rsplit('_', 1)[1]}"
    _execute(
        migrated_postgres_url,
        f"CREATE ROLE {role} LOGIN PASSWORD 'secret'",
        f"GRANT USAGE ON SCHEMA swarmstore TO {role}",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA swarmstore TO {role}",
        f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA swarmstore TO {role}",
    )
    try:
        as_role = create_engine(migrated_postgres_url).url.set(username=role, password="secret")
        with closing(LearningStore.open(as_role.render_as_string(hide_password=False), fold_at=1)) as store:
            store.save_session("s", LearningSnapshot.empty())
            assert store.load_scenario("s").metadata.session_count == 1
            store.save_scenario("s", LearningSnapshot.empty())
    finally:
        _execute(migrated_postgres_url, f"DROP OWNED BY {role}", f"DROP ROLE {role}")
