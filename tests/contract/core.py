"""The core of the contract, for backends that no fixture can make.

A test that opens a store itself, as a role of its own or on a server of its own, and asks whether all
is as ever, runs the promises again that are written once, in the contract's modules. They are looked
up by name: whoever wants the core needs no list of its tests, and no test module imports another.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from importlib import import_module

from swarmstore import LearningBackend

_MODULES = ("test_storage", "test_sessions", "test_totals", "test_models")


def core() -> list[Callable[[LearningBackend], None]]:
    """The tests that want a backend and nothing else."""
    modules = [import_module(f"tests.contract.{name}") for name in _MODULES]
    return [
        test
        for module in modules
        for test in vars(module).values()
        if inspect.isfunction(test)
        and test.__name__.startswith("test_")
        and list(inspect.signature(test).parameters) == ["backend"]
    ]
