"""Commits that are done and whose answer never comes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, event


@contextmanager
def answers_lost(
    engine: Engine, commits: int, then: Callable[[], object] = lambda: None
) -> Iterator[list[int]]:
    """Lose the connection once each of the next commits is done; what is yielded tells which came.

    then: what happens before the next attempt.
    """
    lost: list[int] = []

    def commit_and_lose(connection: Connection) -> None:
        if len(lost) < commits:
            lost.append(len(lost) + 1)
            driver = connection.connection.dbapi_connection
            assert driver is not None
            driver.commit()
            driver.close()  # so that the commit that SQLAlchemy is about to send fails
            then()

    event.listen(engine, "commit", commit_and_lose)
    try:
        yield lost
    finally:
        event.remove(engine, "commit", commit_and_lose)
