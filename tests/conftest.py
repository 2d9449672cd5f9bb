"""Fixtures for all tests: databases of both kinds, empty or ready to use."""

from __future__ import annotations

import contextlib
import gc
import os
import shutil
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, settings

from swarmstore.db.migrations.runner import upgrade
from tests.helpers.fast_settings import wait_for_no_disk
from tests.helpers.profiles import EXHAUSTIVE, FULL, QUICK
from tests.helpers.shared_statements import share_compiled_statements
from tests.helpers.shipped import import_shipped
from tests.postgres import citus, pgbouncer
from tests.postgres.databases import Databases, database_on
from tests.postgres.provision import postgres
from tests.postgres.roles import Roles, roles_of
from tests.postgres.server import Server, UnavailableError

_SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture]
for _profile, _examples in {"quick": QUICK, "full": FULL, "exhaustive": EXHAUSTIVE}.items():
    # where CI is set Hypothesis tries the same examples every time, so that a run can be repeated
    settings.register_profile(
        _profile, max_examples=_examples, deadline=None, print_blob=True, suppress_health_check=_SLOW
    )
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))

pytest_plugins = ["pytester"]  # runs tests of backends on backends with mistakes

_stack = pytest.StashKey[contextlib.ExitStack]()
_origin = pytest.StashKey[str]()


def pytest_addoption(parser: pytest.Parser) -> None:
    help_text = "run all contract tests also on backends that run another one's code"
    parser.addoption("--every-backend", action="store_true", help=help_text)


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_stack] = contextlib.ExitStack()
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as a shell's `&` begins it
        signal.signal(signal.SIGINT, signal.default_int_handler)
    # what a developer has set for daily work must not reach the tests
    for variable in ("SWARMSTORE_URL", "SWARMSTORE_SCHEMA"):
        os.environ.pop(variable, None)
    # hundreds of processes that tests start would each compile the same files
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    share_compiled_statements()
    wait_for_no_disk()


def pytest_collection_finish() -> None:
    # what is there by now stays: each full collection would look at all of it, for a sixteenth of the time
    gc.collect()
    gc.freeze()


def pytest_unconfigure(config: pytest.Config) -> None:
    config.stash[_stack].close()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One more than processors: some tests wait for a server or a clock."""
    return min(4, (os.cpu_count() or 1) + 1)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Under xdist one server serves all workers; it belongs to the process that started them."""
    config: pytest.Config = node.config
    if not hasattr(config, "swarmstore_server"):
        config.swarmstore_server = _start(config)  # type: ignore[attr-defined]
    node.workerinput["swarmstore_server"] = config.swarmstore_server  # type: ignore[attr-defined]


def _start(config: pytest.Config) -> dict[str, Any]:
    try:
        server = config.stash[_stack].enter_context(postgres())
    except UnavailableError as error:
        config.stash[_origin] = "none"
        return {"unavailable": str(error)}
    config.stash[_origin] = server.origin
    return server.as_dict()


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    if served := config.stash.get(_origin, None):
        terminalreporter.write_line(f"database server: {served}")


@pytest.fixture(scope="session")
def postgres_server(request: pytest.FixtureRequest) -> Server:
    """A real PostgreSQL; without one the test fails and says what was tried."""
    workerinput = getattr(request.config, "workerinput", None)
    started = _start(request.config) if workerinput is None else workerinput["swarmstore_server"]
    if "unavailable" in started:
        pytest.fail(
            f"this test needs a real PostgreSQL, and none can be had:\n{started['unavailable']}",
            pytrace=False,
        )
    return Server(**started)


@pytest.fixture
def postgres_url(postgres_server: Server) -> Iterator[str]:
    """An empty database on PostgreSQL."""
    with database_on(postgres_server) as name:
        yield postgres_server.database(name)


@pytest.fixture(scope="session")
def _migrated_template(postgres_server: Server) -> Iterator[str]:
    with database_on(postgres_server) as name:
        upgrade(postgres_server.database(name))
        yield name


@pytest.fixture(scope="session")
def _databases(postgres_server: Server, _migrated_template: str) -> Iterator[Databases]:
    with contextlib.closing(Databases(postgres_server, _migrated_template)) as databases:
        yield databases


@pytest.fixture(scope="session")
def _pooled_databases(postgres_server: Server, _migrated_template: str) -> Iterator[Databases]:
    pooled = Databases(postgres_server, _migrated_template, idle_connections=True)
    with contextlib.closing(pooled) as databases:
        yield databases


@pytest.fixture
def migrated_postgres_url(postgres_server: Server, _databases: Databases) -> Iterator[str]:
    """A database on PostgreSQL with swarmstore's tables: as one that has just been migrated."""
    with _databases.lent() as name:
        yield postgres_server.database(name)


@pytest.fixture
def roles(migrated_postgres_url: str) -> Iterator[Roles]:
    """Roles for a database on PostgreSQL with swarmstore's tables."""
    with roles_of(migrated_postgres_url) as made:
        yield made


@pytest.fixture(scope="session")
def citus_url() -> str:
    """A database of a Citus cluster."""
    return citus.required_url()


@pytest.fixture(scope="session")
def _citus_schemas(citus_url: str) -> Iterator[citus.Schemas]:
    with contextlib.closing(citus.Schemas(citus_url)) as schemas:
        yield schemas


@pytest.fixture
def citus_schema(_citus_schemas: citus.Schemas) -> Iterator[str]:
    """A schema with swarmstore's tables, distributed over the cluster of `citus.URL`."""
    with _citus_schemas.lent() as name:
        yield name


@pytest.fixture(scope="session")
def _pgbouncer(postgres_server: Server) -> Iterator[Server]:
    try:
        pgbouncer.find()
    except UnavailableError as error:
        pytest.skip(f"needs PgBouncer: {error}")
    with pgbouncer.running(postgres_server) as through:
        yield through


@pytest.fixture
def _pooled_database(_pooled_databases: Databases) -> Iterator[str]:
    with _pooled_databases.lent() as name:
        yield name


@pytest.fixture
def pgbouncer_url(_pgbouncer: Server, _pooled_database: str) -> str:
    """A database on PostgreSQL with swarmstore's tables, behind a PgBouncer in transaction mode."""
    return _pgbouncer.database(_pooled_database)


@pytest.fixture
def url_behind_pgbouncer(postgres_server: Server, _pooled_database: str) -> str:
    """The same database without PgBouncer."""
    return postgres_server.database(_pooled_database)


@pytest.fixture(scope="session")
def _migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("migrated") / "store.db"
    upgrade(f"sqlite:///{file}")
    return file


@pytest.fixture
def sqlite_url(tmp_path: Path, _migrated_file: Path) -> str:
    """A SQLite file with swarmstore's tables: a copy of one that was set up, which takes long."""
    return f"sqlite:///{shutil.copy(_migrated_file, tmp_path / 'store.db')}"


@pytest.fixture(scope="session")
def _shipped_file(tmp_path_factory: pytest.TempPathFactory, _migrated_file: Path) -> Path:
    file = tmp_path_factory.mktemp("shipped") / "store.db"
    import_shipped(f"sqlite:///{shutil.copy(_migrated_file, file)}")
    return file


@pytest.fixture(scope="session")
def _shipped_databases(postgres_server: Server, _migrated_template: str) -> Iterator[Databases]:
    with database_on(postgres_server, _migrated_template) as name:
        import_shipped(postgres_server.database(name))
        with contextlib.closing(Databases(postgres_server, name)) as databases:
            yield databases


@pytest.fixture(params=["sqlite", "postgresql"])
def shipped_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database of each kind with the store of `examples` in it, imported as `shipped`."""
    if request.param == "sqlite":
        file: Path = request.getfixturevalue("_shipped_file")
        yield f"sqlite:///{shutil.copy(file, tmp_path / 'store.db')}"
        return
    server: Server = request.getfixturevalue("postgres_server")
    databases: Databases = request.getfixturevalue("_shipped_databases")
    with databases.lent() as name:
        yield server.database(name)


@pytest.fixture
def new_sqlite_url(tmp_path: Path) -> str:
    """A SQLite file that does not exist yet."""
    return f"sqlite:///{tmp_path / 'store.db'}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A database ready to be opened, of each kind."""
    name = {"sqlite": "sqlite_url", "postgresql": "migrated_postgres_url"}[request.param]
    url: str = request.getfixturevalue(name)
    return url


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def lasting_database_url(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """A database ready to be opened, of each kind, for all tests of a module: they share what is in it."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path_factory.mktemp('lasting') / 'store.db'}"
        return
    server: Server = request.getfixturevalue("postgres_server")
    databases: Databases = request.getfixturevalue("_databases")
    with databases.lent() as name:
        yield server.database(name)


@pytest.fixture(params=["sqlite", "postgresql"])
def another_database(
    request: pytest.FixtureRequest, tmp_path: Path
) -> Callable[[], contextlib.AbstractContextManager[str]]:
    """Makes one more database ready to be opened, of each kind, as often as it is called."""
    if request.param == "sqlite":
        made: Path = request.getfixturevalue("_migrated_file")
        return lambda: contextlib.nullcontext(
            f"sqlite:///{shutil.copy(made, tmp_path / f'{uuid4().hex}.db')}"
        )
    server: Server = request.getfixturevalue("postgres_server")
    databases: Databases = request.getfixturevalue("_databases")

    @contextlib.contextmanager
    def another() -> Iterator[str]:
        with databases.lent() as name:
            yield server.database(name)

    return another


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database_url(request: pytest.FixtureRequest) -> str:
    """A database without any tables, of each kind."""
    name = {"sqlite": "new_sqlite_url", "postgresql": "postgres_url"}[request.param]
    url: str = request.getfixturevalue(name)
    return url
