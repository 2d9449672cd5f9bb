"""What the author of a backend is told, and what holds of all promises together."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys
from pathlib import Path

import pytest

import swarmstore.conformance
from swarmstore import ExtraMissingError, LearningBackend
from swarmstore.conformance import LEARNING_BACKEND, BackendConformance, Capability
from swarmstore.conformance.capability import METHODS
from tests.conformance.promises import PROMISES, names_of

ROOT = Path(__file__).parents[2]
FOLDER = Path(swarmstore.conformance.__file__).parent
ALWAYS = {"save", "load", "delete", "exists", "query_range", "query_since", "query_latest", "list_sessions"}


DOCSTRINGS = {
    name: inspect.getdoc(getattr(promise, name)) or ""
    for promise in PROMISES.values()
    for name in names_of(promise)
}


def test_each_file_is_a_promise_of_the_suite() -> None:
    assert PROMISES.keys() == {path.stem for path in (FOLDER / "promises").glob("[a-z]*.py")}


def test_no_test_hides_another_one() -> None:
    names = [name for promise in PROMISES.values() for name in names_of(promise)]
    assert len(names) == len(set(names)) > 100


def test_a_docstring_is_the_promise_in_one_sentence() -> None:
    one = re.compile(r"[A-Z`2][^.\n]*(\n?[^.\n]+)?\.", re.DOTALL)
    assert {name: text for name, text in DOCSTRINGS.items() if not one.fullmatch(text)} == {}


def test_every_method_of_a_backend_belongs_to_a_capability() -> None:
    methods = {name for name, _ in inspect.getmembers(LearningBackend, inspect.isfunction) if name[0] != "_"}
    asked_for = {name for capability in LEARNING_BACKEND for name in METHODS[capability]}
    assert methods == asked_for | ALWAYS | {"scenarios", "close"}


def test_the_example_on_its_page_is_the_example() -> None:
    page = (ROOT / "docs" / "how-to" / "write-a-backend.md").read_text()
    for path in (ROOT / "examples" / "backend").glob("*.py"):
        assert f"<!-- file: {path.name} -->\n```python\n{path.read_text()}```\n" in page


def told(pytester: pytest.Pytester, tests: str) -> pytest.RunResult:
    pytester.makepyfile(
        "import pytest\nfrom swarmstore import MemoryStorage\n"
        f"from swarmstore.conformance import *\n{inspect.cleandoc(tests)}"
    )
    return pytester.runpytest_inprocess("-q", "-rs", "-p", "no:cacheprovider", "-p", "no:xdist")


def test_what_is_not_declared_is_skipped_in_one_line_each(pytester: pytest.Pytester) -> None:
    """A backend that has only begun: saving, loading and queries."""
    result = told(
        pytester,
        """
        class TestMine(BackendConformance):
            capabilities = {Capability.ANY_ACTION_NAMES, Capability.LONG_SCENARIO_NAMES}

            @pytest.fixture
            def backend(self):
                return MemoryStorage()
        """,
    )
    outcomes = result.parseoutcomes()
    assert outcomes.keys() == {"passed", "skipped"}
    assert outcomes["passed"] > 50
    skipped = [line.rpartition(": ")[2] for line in result.outlines if line.startswith("SKIPPED")]
    assert len(skipped) == len(set(skipped))
    names = {"ANY_ACTION_NAMES", "LONG_SCENARIO_NAMES"}
    assert {line.split()[0] for line in skipped} == {each.name for each in Capability} - names


def test_declared_methods_that_are_missing_are_named(pytester: pytest.Pytester) -> None:
    result = told(
        pytester,
        """
        class TestMine(BackendConformance):
            capabilities = {Capability.VERIFICATION}

            @pytest.fixture
            def backend(self):
                return MemoryStorage()
        """,
    )
    sentence = "TestMine declares VERIFICATION, and MemoryStorage has no method verify_totals and no"
    assert sentence in str(result.stdout)


def test_a_class_without_a_backend_is_told_to_have_one(pytester: pytest.Pytester) -> None:
    result = told(pytester, "class TestMine(BackendConformance): capabilities = ()")
    assert result.parseoutcomes().keys() == {"errors"}
    assert "TestMine has no backend to test; give it a fixture `backend` that returns one" in str(
        result.stdout
    )


def test_the_extra_that_brings_pytest_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "hypothesis", None)
    with pytest.raises(ExtraMissingError, match=r"hypothesis: pip install 'swarmstore\[conformance\]'"):
        swarmstore.conformance.__getattr__("BackendConformance")


def test_samples_need_no_pytest() -> None:
    """Other processes, and scripts of tests, load no more than they use."""
    loaded = "{'pytest', 'hypothesis'} & sys.modules.keys()"
    code = f"import sys, swarmstore.conformance.other_process; print({loaded})"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ended.stdout == "set()\n"
    assert BackendConformance.capabilities == LEARNING_BACKEND
