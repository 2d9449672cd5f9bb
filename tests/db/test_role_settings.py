"""The core of the contract as a role for which one of forty settings is another one."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import settings
from psycopg import sql

from swarmstore import LearningBackend, SqlStorage
from swarmstore.db.migrations.runner import upgrade
from tests.contract import test_models, test_sessions, test_storage, test_totals
from tests.contract.conftest import NO_FSYNC
from tests.db.test_session_settings import CHANGE_VALUES, TOGETHER
from tests.postgres.binaries import installed, running
from tests.postgres.databases import emptying
from tests.postgres.roles import Roles, connected, roles_of

OTHER = {name: values[0] for name, values in CHANGE_VALUES.items()} | TOGETHER
EVERYTHING = 1_000  # examples, from which on all of the core is run with each setting


def core() -> list[Callable[[LearningBackend], None]]:
    """The tests that want a backend and nothing else."""
    of_modules = [
        test
        for module in (test_storage, test_sessions, test_totals, test_models)
        for test in vars(module).values()
    ]
    return [
        test
        for test in of_modules
        if inspect.isfunction(test)
        and test.__name__.startswith("test_")
        and list(inspect.signature(test).parameters) == ["backend"]
    ]


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
    for test in tests if settings().max_examples >= EVERYTHING else tests[first::5]:
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
