"""The core of the contract as a role for which one of forty settings is another one.

Its tests are run here as they are, on a store opened as that role: a promise that is written twice
would be kept twice only by chance.
"""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import settings
from psycopg import sql

from swarmstore import SqlStorage
from swarmstore.db.migrations.runner import upgrade
from tests.contract.core import core
from tests.db.changed_settings import CHANGE_VALUES, TOGETHER
from tests.helpers.fast_settings import NO_FSYNC
from tests.helpers.profiles import EXHAUSTIVE
from tests.postgres.binaries import installed, running
from tests.postgres.databases import emptying
from tests.postgres.roles import Roles, connected, roles_of

OTHER = {name: values[0] for name, values in CHANGE_VALUES.items()} | TOGETHER


@pytest.mark.long
@pytest.mark.parametrize("name", OTHER)
def test_the_contract_is_kept(roles: Roles, name: str) -> None:
    """In all but the exhaustive profile a fifth of it with each setting, another one with the next."""
    role = roles.new()
    named = sql.Identifier(role)
    roles.execute(sql.SQL("ALTER ROLE {} SUPERUSER").format(named))
    value = sql.Literal(OTHER[name])
    roles.execute(sql.SQL("ALTER ROLE {} SET {} = {}").format(named, sql.Identifier(name), value))
    with connected(roles.database) as database:
        empty = emptying(database)
    tests = core()
    first = list(OTHER).index(name) % 5
    for test in tests if settings().max_examples >= EXHAUSTIVE else tests[first::5]:
        with closing(SqlStorage(roles.url(role), NO_FSYNC)) as backend:
            test(backend)
        roles.execute(empty)


def test_it_is_forty_settings_and_most_of_the_contract() -> None:
    assert len(OTHER) >= 40
    assert len(core()) > 20


@pytest.mark.long
@pytest.mark.parametrize("programs", installed(), ids=lambda programs: programs.parts[-2])
def test_the_contract_is_kept_on_other_versions(programs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """PostgreSQL 15 and newer: each version whose programs the system has."""
    monkeypatch.setenv("SWARMSTORE_PG_BIN", str(programs))
    with running() as server, roles_of(server.url) as roles:
        upgrade(server.url)
        with connected(server.url) as database:
            empty = emptying(database)
        for test in core():
            with closing(SqlStorage(server.url, NO_FSYNC)) as backend:
                test(backend)
            roles.execute(empty)
