"""A mistake in a backend fails tests of the promise that it breaks, and of no other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from pathlib import Path

import pytest

from tests.conformance import database_mutants
from tests.conformance.mutants import MUTANTS
from tests.conformance.promises import PROMISES

TESTS = """
from contextlib import closing
import pytest
from hypothesis import Phase, settings
from tests.conformance.mutants import MUTANTS
from swarmstore.conformance import BackendConformance
from tests.conformance.promises import but

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


def broken(pytester: pytest.Pytester, names: Collection[str], *, whole: bool) -> dict[str, set[str]]:
    """The promises whose tests fail, by mutant."""
    pytester.makepyfile(TESTS.format(names=list(names), whole=whole))
    run = pytester.inline_run("-p", "no:cacheprovider", "-p", "no:xdist", "--tb=no", "-q")
    passed, _, failed = run.listoutcomes()
    assert len(passed) > len(names)
    found: dict[str, set[str]] = defaultdict(set)
    for report in failed:
        found[report.nodeid.split("::")[1].removeprefix("Test")].add(Path(report.location[0]).stem)
    return found


def test_every_mutant_is_caught(pytester: pytest.Pytester) -> None:
    """By the tests of the promise that it breaks."""
    expected = {name: {mutant.promise} for name, mutant in MUTANTS.items()}
    assert broken(pytester, MUTANTS, whole=False) == expected


@pytest.mark.long
@pytest.mark.parametrize("name", MUTANTS)
def test_a_mutant_breaks_its_promise_and_no_other(name: str, pytester: pytest.Pytester) -> None:
    assert broken(pytester, [name], whole=True) == {name: {MUTANTS[name].promise}}


def test_each_promise_has_a_mutant() -> None:
    assert database_mutants.SQLITE
    assert {mutant.promise for mutant in MUTANTS.values()} == PROMISES.keys()
