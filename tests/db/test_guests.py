"""The store is a guest in a program that has set up SQLAlchemy, Alembic and the drivers for itself."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
import pytest
from alembic import command
from alembic.config import Config
from psycopg.adapt import Loader
from psycopg.types.string import StrDumper
from sqlalchemy import Connection, Engine, event, select
from sqlalchemy.pool import Pool

from swarmstore import ConfigurationError, LearningStore, upgrade
from tests.snapshots import full, simple


def use(url: str) -> None:
    with LearningStore.open(url) as store:
        store.save_session("s", full(), "1")
        assert store.load_session("s", "1") == full()
        assert store.load_scenario("s").metadata.session_count == full().metadata.session_count
        assert store.verify_totals(deep=True) == []


def ask(driver: Any, *_: object) -> None:
    cursor = driver.cursor()
    cursor.execute("SELECT 1")
    cursor.close()


def ask_by_sqlalchemy(connection: Connection) -> None:
    connection.scalar(select(1))


def begin(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN")


def as_bytes(driver: Any, *_: object) -> None:
    if isinstance(driver, sqlite3.Connection):
        driver.text_factory = bytes
        driver.row_factory = sqlite3.Row


@pytest.mark.parametrize(
    ("of", "name", "listener"),
    [
        (Engine, "connect", ask),
        (Engine, "connect", as_bytes),
        (Pool, "connect", ask),
        (Pool, "checkout", ask),
        (Engine, "engine_connect", ask_by_sqlalchemy),
        (Engine, "begin", begin),
    ],
)
def test_listeners_on_all_engines(
    database_url: str, of: type[Any], name: str, listener: Callable[..., None]
) -> None:
    event.listen(of, name, listener)
    try:
        use(database_url)
    finally:
        event.remove(of, name, listener)


@contextmanager
def adapted(kind: type[Any], adapter: Callable[[Any], Any]) -> Iterator[None]:
    before = dict(sqlite3.adapters)
    sqlite3.register_adapter(kind, adapter)
    try:
        yield
    finally:
        sqlite3.adapters.clear()
        sqlite3.adapters.update(before)


@pytest.mark.parametrize(
    ("kind", "adapter"),
    [
        (float, lambda value: round(value, 2)),
        (str, str.lower),
        (bytes, bytes.hex),
        (bool, str),
        (int, str),
        (type(None), lambda _: ""),
    ],
)
def test_adapters_of_sqlite3_that_change_what_is_saved(
    sqlite_url: str, kind: type[Any], adapter: Callable[[Any], Any]
) -> None:
    with adapted(kind, adapter), pytest.raises(ConfigurationError, match=kind.__name__):
        use(sqlite_url)
    use(sqlite_url)


def test_adapters_of_other_types_are_the_programs_own(sqlite_url: str) -> None:
    with adapted(Decimal, str):
        use(sqlite_url)


class Upper(StrDumper):
    def dump(self, obj: str) -> bytes:
        """As the program wants it."""
        return obj.upper().encode()


class AsDecimal(Loader):
    def load(self, data: Any) -> Decimal:
        """As the program wants it."""
        return Decimal(bytes(data).decode())


def test_adapters_of_psycopg_are_the_programs_own(
    migrated_postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = psycopg.adapt.AdaptersMap(psycopg.adapters)
    theirs.register_dumper(str, Upper)
    for name in ("int8", "float8", "text"):
        theirs.register_loader(name, AsDecimal)
    for attribute in ("_dumpers", "_dumpers_by_oid", "_loaders"):
        monkeypatch.setattr(psycopg.adapters, attribute, getattr(theirs, attribute))
    use(migrated_postgres_url)


ENVIRONMENT = """
from alembic import context
import sqlalchemy as sa

engine = sa.create_engine(context.config.get_main_option("url"))
with engine.begin() as connection:
    context.configure(connection=connection)
    with context.begin_transaction():
        context.config.attributes["call"]("env.py")
        context.run_migrations()
"""
REVISION = """
from alembic import context, op
import sqlalchemy as sa

revision, down_revision = "theirs", None

def upgrade():
    context.config.attributes["call"]("a revision")
    op.create_table("theirs", sa.Column("id", sa.Integer))
"""


@pytest.mark.parametrize("where", ["env.py", "a revision"])
@pytest.mark.parametrize("threaded", [False, True])
def test_migrations_of_the_program_that_use_a_store(
    tmp_path: Path, postgres_url: str, where: str, threaded: bool
) -> None:
    def call(place: str) -> None:
        if place != where:
            return
        thread = threading.Thread(target=set_up)
        (thread.start if threaded else thread.run)()
        if threaded:
            thread.join()
        done.append(place)

    def set_up() -> None:
        upgrade(postgres_url)
        LearningStore.open(f"sqlite:///{tmp_path}/ours.db").close()

    done: list[str] = []
    (tmp_path / "versions").mkdir()
    (tmp_path / "env.py").write_text(ENVIRONMENT)
    (tmp_path / "versions" / "theirs.py").write_text(REVISION)
    config = Config()
    config.set_main_option("script_location", str(tmp_path))
    config.set_main_option("url", f"sqlite:///{tmp_path}/theirs.db")
    config.attributes["call"] = call
    command.upgrade(config, "head")
    assert done == [where]
    with sqlite3.connect(tmp_path / "theirs.db") as connection:
        assert ("theirs",) in connection.execute("SELECT name FROM sqlite_master").fetchall()
    connection.close()
    for url in (postgres_url, f"sqlite:///{tmp_path}/ours.db"):
        with LearningStore.open(url) as store:
            store.save_session("s", simple())
