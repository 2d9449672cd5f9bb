"""The tables that migrations make are the tables that the models declare."""

from __future__ import annotations

import re
import sqlite3
import uuid
from pathlib import Path

import pytest
from alembic.command import check
from alembic.config import Config
from alembic.script import ScriptDirectory
from psycopg import sql
from sqlalchemy import Connection, create_engine, inspect, make_url, text
from sqlalchemy.pool import NullPool

from swarmstore import LearningSnapshot, LearningStore, SchemaMissingError, Settings
from swarmstore.db.migrations.runner import (
    VERSION_TABLE,
    downgrade,
    scripts_folder,
    upgrade,
)
from swarmstore.db.schema.all_tables import Base
from swarmstore.revisions import REVISION
from tests.db.views.ddl import create_views
from tests.postgres.dumps import dump_without_revision
from tests.postgres.server import Server


def test_the_revision_known_to_the_code_is_the_head_of_the_chain() -> None:
    assert ScriptDirectory(str(scripts_folder())).get_heads() == [REVISION]


def test_on_sqlite_migrations_and_models_make_the_same_statements(
    new_sqlite_url: str, tmp_path: Path
) -> None:
    upgrade(new_sqlite_url)
    declared = create_engine(f"sqlite:///{tmp_path / 'declared.db'}", poolclass=NullPool)
    Base.metadata.create_all(declared)
    with declared.begin() as connection:
        _create_views(connection)
    declared.dispose()
    migrated = _sqlite_statements(Path(make_url(new_sqlite_url).database or ""))
    assert migrated == _sqlite_statements(tmp_path / "declared.db")


def _sqlite_statements(file: Path) -> dict[str, list[str]]:
    """Each object's statement as a sorted list of its parts: constraints have no order."""
    connection = sqlite3.connect(file)
    rows = connection.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
    connection.close()
    return {
        name: _parts(statement)
        for name, statement in rows
        if name != VERSION_TABLE and not name.startswith("sqlite_")
    }


def _create_views(connection: Connection) -> None:
    for statement in create_views(connection.dialect):
        connection.exec_driver_sql(statement, execution_options={"no_parameters": True})


def _parts(statement: str) -> list[str]:
    statement = re.sub(r"\s+(?=WITHOUT ROWID|STRICT)", " ", statement.strip())
    statement = re.sub(r", (?=\w+ [A-Z])", ",\n", statement)  # ADD COLUMN writes on the line before
    lines = [re.sub(r"\s+", " ", line).strip().rstrip(",") for line in statement.splitlines()]
    columns = [line for line in lines if not line.startswith("CONSTRAINT")]
    return columns + sorted(line for line in lines if line.startswith("CONSTRAINT"))


def test_on_postgresql_migrations_and_models_give_the_same_dump(
    postgres_server: Server, postgres_url: str
) -> None:
    upgrade(postgres_url)
    migrated = dump_without_revision(postgres_server, postgres_url)
    engine = create_engine(postgres_url, poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA swarmstore CASCADE"))
        connection.execute(text("CREATE SCHEMA swarmstore"))
        Base.metadata.create_all(
            connection.execution_options(schema_translate_map={None: "swarmstore"}), checkfirst=False
        )
        connection.execute(text("SET LOCAL search_path TO swarmstore"))
        _create_views(connection)
    assert "COMMENT ON COLUMN swarmstore.sessions.session_id" in migrated
    assert migrated == dump_without_revision(postgres_server, postgres_url)


def test_alembic_finds_nothing_to_migrate(empty_database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    upgrade(empty_database_url)
    monkeypatch.setenv("SWARMSTORE_URL", empty_database_url)
    check(Config(Path(__file__).parents[2] / "alembic.ini"))


def test_downgrade_leaves_nothing_and_upgrade_brings_it_back(empty_database_url: str) -> None:
    upgrade(empty_database_url)
    downgrade(empty_database_url, "base")
    assert _tables(empty_database_url) == {VERSION_TABLE}
    assert upgrade(empty_database_url) == (None, REVISION)
    with LearningStore.open(empty_database_url) as store:
        store.save_session("s", LearningSnapshot.empty())
        assert store.load_global() == store.load_scenario("s")


def _tables(url: str) -> set[str]:
    engine = create_engine(url, poolclass=NullPool)
    schema = None if engine.dialect.name == "sqlite" else "swarmstore"
    return set(inspect(engine).get_table_names(schema=schema))


def test_every_table_and_column_has_a_comment() -> None:
    for table in Base.metadata.sorted_tables:
        assert table.comment, table.name
        assert [column.name for column in table.columns if not column.comment] == []


@pytest.mark.parametrize("schema", ["Other one", "per%cent", 'a "quoted" one', "日本:x"])
def test_tables_live_in_a_schema_of_their_own_choice(postgres_url: str, schema: str) -> None:
    upgrade(postgres_url, Settings(schema=schema))
    with LearningStore.open(postgres_url, schema=schema) as store:
        session_id = store.save_session("s", LearningSnapshot.empty())
        assert store.list_sessions("s") == [session_id]
    engine = create_engine(postgres_url, poolclass=NullPool)
    assert inspect(engine).get_table_names(schema="public") == []
    assert schema in inspect(engine).get_schema_names()
    with pytest.raises(SchemaMissingError):
        LearningStore.open(postgres_url)


@pytest.mark.parametrize("name", ["plain", "with % sign", "with space and 'quote'"])
def test_any_file_name_can_be_migrated(tmp_path: Path, name: str) -> None:
    file = tmp_path / f"{name}.db"
    url = make_url("sqlite://").set(database=str(file)).render_as_string()
    upgrade(url)
    assert file.exists()


def test_a_percent_sign_in_the_url_is_nothing_special(postgres_server: Server) -> None:
    name = f"per%cent {uuid.uuid4().hex[:8]}"
    with postgres_server.connect() as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    try:
        url = postgres_server.database(name)
        assert "%25" in url
        upgrade(url)
        with LearningStore.open(url) as store:
            store.save_session("s", LearningSnapshot.empty())
    finally:
        with postgres_server.connect() as connection:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
