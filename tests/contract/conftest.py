"""Which tests run on which backends, and the backends."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest

from swarmstore import LearningBackend, LearningStore
from swarmstore.conformance import BackendConformance
from tests.contract.backends import BACKENDS, SAME_CODE, THROUGH_ASYNCIO, examples_of, make
from tests.postgres import citus

CONNECTIONS_MATTER = {"test_machine", "repeats_after_removal"}
LONG = {"test_many_sessions_come_in_order"}
PROPERTIES = {"test_any_history_is_merged_as_its_snapshots_are"}


def _names(module: str, config: pytest.Config) -> list[str]:
    """The backends for the tests of a module: where another one runs the same code, what differs there."""
    every = config.getoption("every_backend")
    names = [name for name in BACKENDS if every or module in CONNECTIONS_MATTER or name not in SAME_CODE]
    if citus.URL is None:  # which tests/db/test_cluster.py says
        names.remove("citus")
    return names


def _is_long(name: str, config: pytest.Config) -> bool:
    """Through asyncio tests are SQLite's own in a thread, whatever their sequence."""
    return name.endswith(THROUGH_ASYNCIO) and not config.getoption("every_backend")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Each test of ours on each backend."""
    if "backend_name" in metafunc.fixturenames:
        module = metafunc.module.__name__.rpartition(".")[2]
        names = _names(module, metafunc.config)
        if module == "test_many_calls":  # its steps are counted in the thread that calls
            names = [name for name in names if not name.endswith(THROUGH_ASYNCIO)]
        metafunc.parametrize(
            "backend_name",
            [
                pytest.param(name, marks=pytest.mark.long) if _is_long(name, metafunc.config) else name
                for name in names
            ],
        )


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Each promise on each backend, chosen as above."""
    left, dropped = list[pytest.Item](), list[pytest.Item]()
    for item in items:
        if not isinstance(item, pytest.Function) or not issubclass(item.cls or object, BackendConformance):
            left.append(item)
        elif not _is_chosen(item, config):
            dropped.append(item)
        else:
            left.append(item)
            if _is_long(item.cls.name, config) or item.originalname in LONG:
                item.add_marker("long")
            if item.originalname in PROPERTIES:
                item.add_marker("property")
    items[:] = left
    config.hook.pytest_deselected(items=dropped)


def _is_chosen(item: pytest.Function, config: pytest.Config) -> bool:
    promise, name = item.function.__module__.rpartition(".")[2], item.cls.name
    parameters = item.callspec.params if hasattr(item, "callspec") else {}
    return name in _names(promise, config) and {parameters.get("capability")} <= {None, *BACKENDS[name]}


@pytest.fixture
def examples(backend_name: str) -> int:
    """How many examples a property tries."""
    return examples_of(backend_name)


@pytest.fixture
def backend(backend_name: str, request: pytest.FixtureRequest) -> Iterator[LearningBackend]:
    """An empty backend."""
    with closing(make(backend_name, request)) as made:
        yield made


@pytest.fixture
def store(backend: LearningBackend) -> LearningStore:
    """A store on the backend."""
    return LearningStore(backend)
