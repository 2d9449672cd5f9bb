"""The core of the contract, for backends that no fixture can make.

A test that opens a store itself, as a role of its own or on a server of its own, and asks whether all
is as ever, runs the promises again that are written once, in `swarmstore.conformance`.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable

from swarmstore import LearningBackend
from swarmstore.conformance import LEARNING_BACKEND, BackendConformance
from swarmstore.conformance.promise import needed_by

_PROMISES = {"kept_snapshots", "exact_contents", "byte_order", "exactly_once", "totals", "offline_models"}


def core() -> list[Callable[[LearningBackend], None]]:
    """The tests that want a backend and nothing else."""
    every = BackendConformance()
    tests = [test for name, test in inspect.getmembers(every, inspect.ismethod) if name.startswith("test_")]
    return [
        test
        for test in tests
        if test.__module__.rpartition(".")[2] in _PROMISES
        and list(inspect.signature(test).parameters) == ["backend"]
        and LEARNING_BACKEND.issuperset(needed_by(test))
    ]
