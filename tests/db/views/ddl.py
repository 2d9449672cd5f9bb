"""The statements that create the views and describe them, rendered for one database."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Dialect

from swarmstore.db.analytics.views import VIEWS
from swarmstore.db.analytics.views.description import View


def create_views(dialect: Dialect) -> Iterator[str]:
    """CREATE VIEW for each, and the comments where the database keeps them."""
    for view in VIEWS.values():
        query = str(view.statement.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))
        yield f"CREATE VIEW {view.name} AS\n{_as_read(dialect, view.name, query)}"
        if dialect.supports_comments:
            yield from _comments(view)


def _comments(view: View) -> Iterator[str]:
    yield f"COMMENT ON VIEW {view.name} IS {_quoted(view.description)}"
    for column in view.columns:
        yield f"COMMENT ON COLUMN {view.name}.{column.name} IS {_quoted(column.description)}"


def _quoted(comment: str) -> str:
    return "'" + comment.replace("'", "''") + "'"


def _as_read(dialect: Dialect, name: str, query: str) -> str:
    """The query, on SQLite with one for DuckDB's parser that DuckDB has SQLite answer.

    DuckDB reads the text of a SQLite view as SQL of its own. It fails at functions that only SQLite
    has and at columns of any type, or writes a query for SQLite that SQLite cannot read. What it
    cannot bind it hands to SQLite, so it is given a plain query of the view itself, behind a function
    that it lacks: what stands first is bound first. Comments nest for DuckDB and do not for SQLite, so
    each reads its part.
    """
    if dialect.name != "sqlite":
        return query
    asked = f"SELECT {name}.* FROM (SELECT sqlite_source_id()) AS once, {name}"
    return f"/* /* */ -- */ {asked}\n/* /* */\n{query}\n-- */"
