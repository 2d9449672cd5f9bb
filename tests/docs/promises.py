"""The page of the promises, from the tests that backends run: what each of their docstrings says."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Iterator

from swarmstore.conformance import LEARNING_BACKEND, BackendConformance
from swarmstore.conformance.promise import needed_by
from tests.docs.pages import paragraphs, table

_HEAD = """\
# Promises of a backend

What `swarmstore.conformance` tests, promise by promise. Each promise is a file in
`swarmstore/conformance/promises`, and the docstrings of its tests are the sentences below.
[How to write a backend](../how-to/write-a-backend.md) shows how to run the tests, and
[Tests of backends](python/conformance.md) lists what a backend can declare.

Every `LearningBackend` keeps the promises without a condition. Where a promise names capabilities, it holds
for backends that declare them.
"""


def page() -> str:
    """The whole page."""
    return "\n".join([_HEAD, *map(_described, promises())])


def promises() -> Iterator[type]:
    """The class of each promise, in the order of the suite."""
    for each in BackendConformance.__bases__:
        if ".promises." in each.__module__:
            yield each


def tests_of(promise: type) -> dict[str, Callable[..., object]]:
    """The tests of a promise, by their names."""
    return {name: test for name, test in vars(promise).items() if name.startswith("test_")}


def _described(promise: type) -> str:
    tests = tests_of(promise)
    module = promise.__module__
    rows = [[f"`{name}`", paragraphs(test)[0] + _condition(test)] for name, test in tests.items()]
    title = module.rpartition(".")[2].replace("_", " ").capitalize()
    return f"## {title}\n\n{inspect.getdoc(sys.modules[module])}\n\n{table(['Test', 'Promise'], rows)}"


def _condition(test: Callable[..., object]) -> str:
    more = sorted(each.name for each in {*needed_by(test)} - LEARNING_BACKEND)
    return f" ({', '.join(f'`{name}`' for name in more)})" if more else ""
