"""Every promise of a backend, on each of ours: the tests that anybody's backend can run."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import ClassVar

import pytest

from swarmstore import LearningBackend
from swarmstore.conformance import BackendConformance
from tests.contract.backends import BACKENDS, examples_of, make


class Ours(BackendConformance):
    """A backend of `BACKENDS`, by its name."""

    name: ClassVar[str]

    def __init_subclass__(cls) -> None:
        cls.capabilities = BACKENDS[cls.name]
        super().__init_subclass__()

    @property
    def examples(self) -> int:
        return examples_of(self.name)

    @pytest.fixture
    def backend(self, request: pytest.FixtureRequest) -> Iterator[LearningBackend]:
        with closing(make(self.name, request)) as made:
            yield made


class TestMemory(Ours):
    name = "memory"


class TestFiles(Ours):
    name = "files"


class TestSqlite(Ours):
    name = "sqlite"


class TestSqliteInMemory(Ours):
    name = "sqlite in memory"


class TestPostgresql(Ours):
    name = "postgresql"


class TestPgbouncer(Ours):
    name = "pgbouncer"


class TestCitus(Ours):
    name = "citus"


class TestThroughAsyncio(Ours):
    name = "sqlite through asyncio"


def test_every_backend_is_tested() -> None:
    assert {each.name for each in Ours.__subclasses__()} == BACKENDS.keys()
