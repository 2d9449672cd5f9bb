"""What the migrations create is what the catalogue says, on both databases.

`SWARMSTORE_WRITE_SQL=1 pytest tests/db/views/test_definitions.py` writes the current revision's files
anew: only before it is released; afterwards a change is a revision of its own.
"""

from __future__ import annotations

import os

import pytest
from sqlalchemy import Engine, create_engine, inspect, text
from sqlalchemy.pool import NullPool

from swarmstore.db.migrate import VIEWS_REVISIONS, scripts_folder, upgrade
from swarmstore.db.tables import Base
from swarmstore.db.tables.schema import REVISION
from swarmstore.db.view_scripts import script_of
from swarmstore.db.views import VIEWS
from swarmstore.db.views.ddl import create_views
from tests.db.test_sql import DIALECTS


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_current_set_is_what_the_migrations_create(dialect: str) -> None:
    *earlier, current = [
        scripts_folder() / "views" / revision / f"{dialect}.sql" for revision in VIEWS_REVISIONS
    ]
    released = script_of([]).join(path.read_text() for path in earlier)
    rendered = [one for one in create_views(DIALECTS[dialect]) if script_of([one]) not in released]
    if os.environ.get("SWARMSTORE_WRITE_SQL"):
        current.parent.mkdir(parents=True, exist_ok=True)
        current.write_text(script_of(rendered))
    assert script_of(rendered) == current.read_text()


def test_views_are_described_in_full() -> None:
    for view in VIEWS.values():
        names = [column.name for column in view.columns]
        assert len(names) == len(set(names))
        assert set(view.order) <= set(names)
        assert view.comment
        assert all(column.comment for column in view.columns)
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
