"""What the classes of all promises have in common: the backend, and which tests it asks for."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import ClassVar, TypeVar

import pytest
from hypothesis import HealthCheck, settings

from swarmstore.conformance.capability import LEARNING_BACKEND, METHODS, Capability
from swarmstore.contracts.storage import LearningBackend

# before any of them is imported, so that a failure shows what was compared
pytest.register_assert_rewrite("swarmstore.conformance.promises")

_Test = TypeVar("_Test", bound=Callable[..., object])


def needs(*capabilities: Capability) -> Callable[[_Test], _Test]:
    """Mark a test, or all tests of a class, as one of these capabilities."""

    def mark(test: _Test) -> _Test:
        tests = vars(test).values() if isinstance(test, type) else [test]
        for each in tests:
            if isinstance(test, type) and not getattr(each, "__name__", "").startswith("test_"):
                continue
            each.needs = (*getattr(each, "needs", ()), *capabilities)
        return test

    return mark


class Promise:
    """What a test of a promise finds in its class."""

    capabilities: ClassVar[Collection[Capability]] = LEARNING_BACKEND
    """What the backend can do. Tests of what is not declared are skipped."""

    @property
    def examples(self) -> int:
        """How many examples are tried where Hypothesis makes them up."""
        return 20

    @pytest.fixture
    def backend(self) -> LearningBackend:
        """The backend under test, open and empty. Each class of tests has its own fixture of this name."""
        pytest.fail(
            f"{type(self).__name__} has no backend to test; give it a fixture `backend` that returns one",
            pytrace=False,
        )

    @pytest.fixture(autouse=True)
    def _only_what_is_declared(self, request: pytest.FixtureRequest) -> None:
        """Skip tests of other capabilities, and name the methods that a declared one lacks."""
        needed: tuple[Capability, ...] = getattr(request.function, "needs", ())
        for each in needed:
            if each not in self.capabilities:
                pytest.skip(f"{each.name} is not declared")
        for each in needed:
            backend = request.getfixturevalue("backend")
            missing = [name for name in METHODS.get(each, ()) if not callable(getattr(backend, name, None))]
            if missing:
                pytest.fail(
                    f"{type(self).__name__} declares {each.name}, and {type(backend).__name__} has no method "
                    f"{' and no '.join(missing)}; write what is missing, or do not declare it",
                    pytrace=False,
                )

    def many(self) -> settings:
        """How a property is tried."""
        return settings(
            max_examples=self.examples,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        )
