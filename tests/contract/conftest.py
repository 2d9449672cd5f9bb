"""The backends under test, and what each of them can hold."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest
from hypothesis import settings

from swarmstore import FileSystemStorage, LearningBackend, LearningStore, MemoryStorage, Settings, SqlStorage
from tests.contract.capabilities import BACKENDS, Capabilities
from tests.contract.through_asyncio import ThroughAsyncio
from tests.helpers.fast_settings import NO_FSYNC
from tests.postgres import citus

SAME_CODE = {"sqlite in memory", "pgbouncer", "sqlite through asyncio"}  # as that of another backend
CONNECTIONS_MATTER = {"test_machine", "test_removed"}
_THROUGH_ASYNCIO = " through asyncio"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Each test on each backend; where another one runs the same code, tests of what differs there."""
    if "backend_name" in metafunc.fixturenames:
        module = metafunc.module.__name__.rpartition(".")[2]
        every = metafunc.config.getoption("every_backend")
        names = [name for name in BACKENDS if every or module in CONNECTIONS_MATTER or name not in SAME_CODE]
        if citus.URL is None:  # which tests/db/test_cluster.py says
            names.remove("citus")
        if module == "test_changes":  # files have no order of saving
            names.remove("files")
        if module == "test_many_calls":  # its steps are counted in the thread that calls
            names = [name for name in names if not name.endswith(_THROUGH_ASYNCIO)]
        # through asyncio they are SQLite's own in a thread, whatever their sequence
        metafunc.parametrize(
            "backend_name",
            [
                pytest.param(name, marks=pytest.mark.long)
                if name.endswith(_THROUGH_ASYNCIO) and not every
                else name
                for name in names
            ],
        )


@pytest.fixture
def examples(backend_name: str) -> int:
    """How many examples a property tries: all on the databases, a few where the code is the same."""
    most = settings().max_examples
    if backend_name in {"sqlite", "postgresql"}:
        return most
    return min(most, 10 if backend_name in SAME_CODE else 100)


@pytest.fixture
def capabilities(backend_name: str) -> Capabilities:
    """What the backend can hold."""
    return BACKENDS[backend_name]


@pytest.fixture
def backend(backend_name: str, request: pytest.FixtureRequest) -> Iterator[LearningBackend]:
    """An empty backend."""
    with closing(_make(backend_name, request)) as made:
        yield made


def _make(name: str, request: pytest.FixtureRequest) -> LearningBackend:
    if name.endswith(_THROUGH_ASYNCIO):
        return ThroughAsyncio(_make(name.removesuffix(_THROUGH_ASYNCIO), request))
    match name:
        case "memory":
            return MemoryStorage()
        case "files":
            return FileSystemStorage(request.getfixturevalue("tmp_path") / "store")
        case "sqlite in memory":
            return SqlStorage("sqlite://")
        case "sqlite":
            return SqlStorage(request.getfixturevalue("sqlite_url"), NO_FSYNC)
        case "pgbouncer":
            return SqlStorage(request.getfixturevalue("pgbouncer_url"), Settings(pooler=True))
        case "citus":
            schema = request.getfixturevalue("citus_schema")
            return SqlStorage(str(citus.URL), Settings(schema=schema))
        case _:
            return SqlStorage(request.getfixturevalue("migrated_postgres_url"))


@pytest.fixture
def store(backend: LearningBackend) -> LearningStore:
    """A store on the backend."""
    return LearningStore(backend)
