"""The statements of a call, as they reach the database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, event

from tests.db.holding import in_transaction


@contextmanager
def counted(engine: Engine) -> Iterator[list[str]]:
    """The statements that reach the database, BEGIN and COMMIT included."""
    seen: list[str] = []

    def statement(_conn: object, _cursor: object, text: str, *_rest: object) -> None:
        seen.append(text)

    def ends(connection: Connection) -> None:
        if in_transaction(connection):
            seen.append("COMMIT or ROLLBACK")

    def begins(connection: Connection) -> None:
        # on SQLite it is a statement among the others
        if engine.dialect.name == "postgresql" and in_transaction(connection):
            seen.append("BEGIN")

    listeners: list[tuple[str, Callable[..., None]]] = [
        ("before_cursor_execute", statement),
        ("begin", begins),
        ("commit", ends),
        ("rollback", ends),
    ]
    for name, listener in listeners:
        event.listen(engine, name, listener)
    yield seen
    for name, listener in listeners:
        event.remove(engine, name, listener)
