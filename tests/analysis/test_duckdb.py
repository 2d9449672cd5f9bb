"""DuckDB reads every view of a SQLite file, and what it reads is what SQLite answers."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import duckdb
import pytest
from sqlalchemy import make_url

from swarmstore import LearningStore
from swarmstore.db.analytics.views import VIEWS
from tests.frames.stores import fill
from tests.snapshots import full

# those that a SQLite has without its mathematical functions, as DuckDB's is
_PLAIN = {
    "abs",
    "coalesce",
    "count",
    "likely",
    "max",
    "nullif",
    "printf",
    "row_number",
    "strftime",
    "substr",
    "sum",
}


@pytest.fixture
def file(sqlite_url: str) -> str:
    fill(sqlite_url)
    with LearningStore.open(sqlite_url) as store:
        store.save_session("alone", full(), "1700000003")
    return str(make_url(sqlite_url).database)


def test_views_take_no_function_that_some_sqlite_lacks(file: str) -> None:
    used = set[str | None]()

    def note(action: int, _first: str | None, name: str | None, *_: str | None) -> int:
        if action == sqlite3.SQLITE_FUNCTION:
            used.add(name)
        return sqlite3.SQLITE_OK

    with closing(sqlite3.connect(file)) as connection:
        connection.set_authorizer(note)
        for view in VIEWS:
            connection.execute(f"SELECT * FROM {view}").fetchall()
    assert used <= _PLAIN


def test_duckdb_meets_the_function_that_it_lacks_before_the_view(file: str) -> None:
    """Else it would look into the view that it is looking at, without end."""
    with closing(sqlite3.connect(file)) as own, duckdb.connect() as connection:
        for name in VIEWS:
            (text,) = own.execute("SELECT sql FROM sqlite_master WHERE name = ?", [name]).fetchone()
            with pytest.raises(duckdb.CatalogException, match="sqlite_source_id does not exist"):
                connection.execute(text)


def test_duckdb_reads_every_view_as_sqlite_answers_it(file: str, tmp_path: Path) -> None:
    extensions = pytest.importorskip(
        "duckdb_extensions", reason="needs pip install duckdb-extensions duckdb-extension-sqlite-scanner"
    )
    settings: dict[str, Any] = {"extension_directory": str(tmp_path / "extensions")}
    with duckdb.connect(config=settings) as connection, closing(sqlite3.connect(file)) as own:
        try:
            extensions.import_extension("sqlite_scanner", con=connection)
        except (ImportError, duckdb.Error) as error:
            pytest.skip(f"needs duckdb-extension-sqlite-scanner for DuckDB {duckdb.__version__}: {error}")
        connection.execute("LOAD sqlite_scanner")
        connection.execute(f"ATTACH '{file}' AS swarm (TYPE sqlite, READ_ONLY)")
        for name, view in VIEWS.items():
            wanted = own.execute(f"SELECT * FROM {name}").fetchall()
            assert wanted, name
            found = connection.execute(f"SELECT * FROM swarm.{name}")
            assert [column for column, *_ in found.description or ()] == [c.name for c in view.columns]
            assert sorted(map(str, map(_read, found.fetchall()))) == sorted(map(str, map(_read, wanted))), (
                name
            )


def _read(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """Numbers as numbers of 12 digits, however they were told: SQLite writes 15, and no sign of 0."""
    return tuple(_number(value) for value in row)


def _number(value: Any) -> Any:
    try:
        return f"{min(float(value), 1.797e308) + 0.0:.12g}"  # the greatest, to 15 digits, is above it
    except (TypeError, ValueError, OverflowError):
        return value
