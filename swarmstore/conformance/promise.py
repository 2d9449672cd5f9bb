"""What the classes of all promises have in common: the backend, and which tests it asks for."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import ClassVar, TypeVar

import pytest
from hypothesis import HealthCheck, settings

from swarmstore.conformance.capability import LEARNING_BACKEND, Capability
from swarmstore.contracts.storage import LearningBackend

# before any of them is imported, so that a failure shows what was compared
pytest.register_assert_rewrite("swarmstore.conformance.promises")

_Test = TypeVar("_Test", bound=Callable[..., object])


def needs(*capabilities: Capability) -> Callable[[_Test], _Test]:
    """Mark a test, or all tests of a class, as one of these capabilities."""

    def mark(test: _Test) -> _Test:
        tests = [each for name, each in vars(test).items() if name.startswith("test_")]
        for each in tests if isinstance(test, type) else [test]:
            vars(each)["needs"] = (*needed_by(each), *capabilities)
        return test

    return mark


def needed_by(test: object) -> tuple[Capability, ...]:
    """The capabilities that a test is about."""
    needed: tuple[Capability, ...] = getattr(test, "needs", ())
    return needed


class Promise:
    """What a test of a promise finds in its class."""

    capabilities: ClassVar[Collection[Capability]] = LEARNING_BACKEND
    """What the backend can do. Tests of what is not declared are left out."""

    @property
    def examples(self) -> int:
        """How many examples are tried where Hypothesis makes them up."""
        return 10

    @pytest.fixture
    def backend(self) -> LearningBackend:
        """The backend under test, open and empty. Each class of tests has its own fixture of this name."""
        pytest.fail(
            f"{type(self).__name__} has no backend to test; give it a fixture `backend` that returns one",
            pytrace=False,
        )

    def many(self) -> settings:
        """How a property is tried."""
        return settings(
            max_examples=self.examples,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        )
