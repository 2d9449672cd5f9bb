"""The statements that create the views and describe them, rendered for one database."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Dialect

from swarmstore.db.analytics.views import VIEWS
from swarmstore.db.analytics.views.description import View
from swarmstore.db.dialects.registry import dialect_named


def create_views(dialect: Dialect) -> Iterator[str]:
    """CREATE VIEW for each, and the comments where the database keeps them."""
    of_database = dialect_named(dialect.name)
    for view in VIEWS.values():
        query = str(view.statement.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))
        yield f"CREATE VIEW {view.name} AS\n{of_database.view_query(view.name, query)}"
        if dialect.supports_comments:
            yield from _comments(view)


def _comments(view: View) -> Iterator[str]:
    yield f"COMMENT ON VIEW {view.name} IS {_quoted(view.comment)}"
    for column in view.columns:
        yield f"COMMENT ON COLUMN {view.name}.{column.name} IS {_quoted(column.comment)}"


def _quoted(comment: str) -> str:
    return "'" + comment.replace("'", "''") + "'"
