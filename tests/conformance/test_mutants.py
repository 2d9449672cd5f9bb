"""A mistake in a backend fails tests of the promise that it breaks, and of no other."""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Collection
from pathlib import Path
from typing import Protocol

import pytest

from tests.conformance.able_mutants import MUTANTS
from tests.conformance.promises import PROMISES, names_of

ROOT = Path(__file__).parents[2]
PARTS = 4  # of the mutants, each tried in one process
TESTS = """
from contextlib import closing
import pytest
from hypothesis import Phase, settings
from tests.conformance.able_mutants import MUTANTS
from swarmstore.conformance import BackendConformance
from tests.conformance.promises import but
from tests.helpers.shared_statements import share_compiled_statements

share_compiled_statements()

def backend(self, tmp_path_factory):
    with closing(self.mutant.make(tmp_path_factory)) as made:
        yield made

def many(self):  # to find the smallest failure would take minutes
    return settings(max_examples=2, phases=[Phase.generate], deadline=None, database=None)

for name in {names!r}:
    mutant = MUTANTS[name]
    own = dict(mutant=mutant, capabilities=mutant.capabilities, many=many, backend=pytest.fixture(backend))
    left_out = dict() if {whole!r} else but(mutant.promise)
    globals()["Test" + name] = type("Test" + name, (BackendConformance,), own | left_out)
"""


class Run(Protocol):
    def __call__(self, names: Collection[str], *, whole: bool) -> dict[str, set[str]]: ...


@pytest.fixture
def run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs tests of mutants, and tells the promises whose tests fail, by mutant.

    In a process of its own: what tests load here is not to be loaded twice.
    """
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT), str(ROOT / "examples" / "backend")]))

    def broken(names: Collection[str], *, whole: bool) -> dict[str, set[str]]:
        pytester.makepyfile(TESTS.format(names=list(names), whole=whole))
        told = pytester.runpytest_subprocess(
            "-q", "-rfE", "--tb=no", "-p", "no:cacheprovider", "-p", "no:xdist"
        )
        assert "errors" not in told.parseoutcomes()
        found: dict[str, set[str]] = defaultdict(set)
        for name, test in re.findall(r"^FAILED \S+::Test(\w+)::(\w+)", str(told.stdout), re.MULTILINE):
            found[name] |= {promise for promise, kind in PROMISES.items() if test in names_of(kind)}
        return found

    return broken


def test_every_mutant_is_caught(run: Run) -> None:
    """By the tests of the promise that it breaks."""
    expected = {name: {mutant.promise} for name, mutant in MUTANTS.items()}
    assert run(MUTANTS, whole=False) == expected


@pytest.mark.long
@pytest.mark.release
@pytest.mark.parametrize("part", range(PARTS))
def test_a_mutant_breaks_its_promise_and_no_other(part: int, run: Run) -> None:
    names = list(MUTANTS)[part::PARTS]
    assert run(names, whole=True) == {name: {MUTANTS[name].promise} for name in names}


def test_each_promise_has_a_mutant() -> None:
    assert {mutant.promise for mutant in MUTANTS.values()} == PROMISES.keys()
