"""The statements that create the views and describe them, rendered for one database."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Dialect

from swarmstore.db.dialects import POSTGRESQL
from swarmstore.db.views.catalogue import VIEWS
from swarmstore.db.views.description import View


def create_views(dialect: Dialect) -> Iterator[str]:
    """CREATE VIEW for each, and the comments that PostgreSQL keeps."""
    for view in VIEWS.values():
        query = view.statement.compile(dialect=dialect, compile_kwargs={"literal_binds": True})
        yield f"CREATE VIEW {view.name} AS\n{query}"
        if dialect.name == POSTGRESQL:
            yield from _comments(view)


def _comments(view: View) -> Iterator[str]:
    yield f"COMMENT ON VIEW {view.name} IS {_quoted(view.comment)}"
    for column in view.columns:
        yield f"COMMENT ON COLUMN {view.name}.{column.name} IS {_quoted(column.comment)}"


def _quoted(comment: str) -> str:
    return "'" + comment.replace("'", "''") + "'"
