"""The backends under test, made by name, and what each of them can do beyond the least that all do."""

from __future__ import annotations

import pytest
from hypothesis import settings

from swarmstore import FileSystemStorage, LearningBackend, MemoryStorage, Settings, SqlStorage
from swarmstore.conformance import LEARNING_BACKEND, Capability
from tests.contract.through_asyncio import ThroughAsyncio
from tests.helpers.fast_settings import NO_FSYNC
from tests.postgres import citus

THROUGH_ASYNCIO = " through asyncio"
SAME_CODE = {"sqlite in memory", "pgbouncer", "sqlite through asyncio"}  # as that of another backend

_NAMES = LEARNING_BACKEND | {Capability.ANY_ACTION_NAMES, Capability.LONG_SCENARIO_NAMES}
_ONE_PROCESS = frozenset(Capability) - {Capability.PROCESSES}
BACKENDS: dict[str, frozenset[Capability]] = {
    "memory": _NAMES | {Capability.CHANGE_FEED},
    "files": LEARNING_BACKEND | {Capability.PROCESSES},
    "sqlite": frozenset(Capability),
    "sqlite in memory": _ONE_PROCESS,
    "postgresql": frozenset(Capability),
    "pgbouncer": frozenset(Capability),
    "citus": frozenset(Capability),
    "sqlite through asyncio": _NAMES | {Capability.CHANGE_FEED, Capability.IMPORTS},
}


def examples_of(name: str) -> int:
    """How many examples a property tries: all on the databases, a few where the code is the same."""
    most = settings().max_examples
    if name in {"sqlite", "postgresql"}:
        return most
    return min(most, 10 if name in SAME_CODE else 100)


def make(name: str, request: pytest.FixtureRequest) -> LearningBackend:
    """An empty backend."""
    if name.endswith(THROUGH_ASYNCIO):
        through = ThroughAsyncio(make(name.removesuffix(THROUGH_ASYNCIO), request))
        request.addfinalizer(through.end)
        return through
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
