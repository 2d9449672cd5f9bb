"""Servers for faults: one of a test's own to end and freeze, a proxy in front of the shared one."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import pytest

from swarmstore.db.migrations.runner import upgrade
from tests.faults.proxy import Proxy
from tests.postgres.databases import database_on
from tests.postgres.provision import controlled
from tests.postgres.server import Controlled, UnavailableError


@pytest.fixture
def proxy(migrated_postgres_url: str) -> Iterator[Proxy]:
    """A proxy in front of a database with swarmstore's tables."""
    with contextlib.closing(Proxy(migrated_postgres_url)) as made:
        yield made


@pytest.fixture(scope="module")
def server() -> Iterator[Controlled]:
    """A durable server that nobody else uses; without one the test fails."""
    with contextlib.ExitStack() as stack:
        try:
            made = stack.enter_context(controlled())
        except UnavailableError as error:
            pytest.fail(f"this test needs a PostgreSQL of its own:\n{error}", pytrace=False)
        yield made


@pytest.fixture
def server_url(server: Controlled) -> Iterator[str]:
    """A database with swarmstore's tables on that server, which runs when the test begins."""
    with database_on(server.server) as name:
        url = server.server.database(name)
        upgrade(url)
        yield url
