"""What the migrations create is what the catalogue says, on both databases.

`SWARMSTORE_WRITE_SQL=1 pytest tests/db/views/test_definitions.py` writes the current revision's files
anew: only before it is released; afterwards a change is a revision of its own.
"""

from __future__ import annotations

import os
from math import sqrt

import pytest
from sqlalchemy import Double, Engine, create_engine, inspect, literal, select, text
from sqlalchemy.pool import NullPool

from swarmstore.db.analytics.views import VIEWS
from swarmstore.db.dialects.view_functions import square_root
from swarmstore.db.migrations.runner import scripts_folder, upgrade
from swarmstore.db.migrations.scripts import SEPARATOR
from swarmstore.db.schema.all_tables import Base
from swarmstore.revisions import REVISION
from tests.db.dialects import DIALECTS
from tests.db.views.ddl import create_views


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_current_set_is_what_the_migration_creates(dialect: str) -> None:
    kept = max((scripts_folder() / "views").iterdir()) / f"{dialect}.sql"
    rendered = SEPARATOR.join(create_views(DIALECTS[dialect])) + ";\n"
    if os.environ.get("SWARMSTORE_WRITE_SQL") and rendered != kept.read_text():
        kept = scripts_folder() / "views" / REVISION / kept.name
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(rendered)
    assert rendered == kept.read_text()


def test_views_are_described_in_full() -> None:
    for view in VIEWS.values():
        names = [column.name for column in view.columns]
        assert len(names) == len(set(names))
        assert set(view.order) <= set(names)
        assert view.description
        assert all(column.description for column in view.columns)
    assert not VIEWS.keys() & Base.metadata.tables.keys()


def test_the_database_has_the_views_with_their_columns(database_url: str) -> None:
    upgrade(database_url)
    engine = create_engine(database_url, poolclass=NullPool)
    schema = None if engine.dialect.name == "sqlite" else "swarmstore"
    inspector = inspect(engine)
    assert sorted(inspector.get_view_names(schema=schema)) == sorted(VIEWS)
    for view in VIEWS.values():
        found = [column["name"] for column in inspector.get_columns(view.name, schema=schema)]
        assert found == [column.name for column in view.columns]


def test_postgresql_describes_them(migrated_postgres_url: str) -> None:
    engine = create_engine(migrated_postgres_url, poolclass=NullPool)
    missing = text(
        "SELECT c.relname, a.attname FROM pg_class c"
        " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0"
        " WHERE c.relkind = 'v' AND c.relnamespace = 'swarmstore'::regnamespace"
        " AND (obj_description(c.oid) IS NULL OR col_description(c.oid, a.attnum) IS NULL)"
    )
    with engine.connect() as connection:
        assert connection.execute(missing).all() == []


def test_tools_find_a_width_for_unsigned_numbers(migrated_postgres_url: str) -> None:
    """They take a numeric without one for a double, which loses the last digits."""
    asked = text(
        "SELECT numeric_precision, numeric_scale FROM information_schema.columns"
        " WHERE table_schema = 'swarmstore' AND data_type = 'numeric'"
        " AND table_name IN (SELECT table_name FROM information_schema.views)"
    )
    with create_engine(migrated_postgres_url, poolclass=NullPool).connect() as connection:
        assert [tuple(row) for row in connection.execute(asked)] == [(20, 0)]


def test_roots_on_sqlite_are_those_of_the_processor(sqlite_url: str) -> None:
    """From 1/2 to 2^64, near every power of 16, where the guess is furthest off."""
    numbers = [
        scale * factor
        for scale in (16.0**power for power in range(16))
        for factor in (0.960364705, 1.0, 1.0000001, 3.7, 15.9999999)
    ]
    engine = create_engine(sqlite_url, poolclass=NullPool)
    with engine.connect() as connection:
        roots = [connection.scalar(select(square_root(literal(number, Double)))) for number in numbers]
        assert connection.scalar(select(square_root(literal(None, Double)))) is None
    assert roots == [pytest.approx(sqrt(number), rel=1e-15) for number in numbers]


def test_upgrade_makes_views_anew_that_somebody_dropped(database_url: str) -> None:
    upgrade(database_url)
    engine = create_engine(database_url, poolclass=NullPool)
    prefix = "" if engine.dialect.name == "sqlite" else "swarmstore."
    before = _views(engine)
    with engine.begin() as connection:
        for name in ("totals", "paths", "total_origins"):
            connection.execute(text(f"DROP VIEW {prefix}{name}"))
    assert upgrade(database_url) == (REVISION, REVISION)
    assert _views(engine) == before


def _views(engine: Engine) -> dict[str, str | None]:
    schema = None if engine.dialect.name == "sqlite" else "swarmstore"
    inspector = inspect(engine)
    return {name: inspector.get_view_definition(name, schema=schema) for name in VIEWS}
