"""What programs may use: all that the command line uses, with one name for one thing."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import swarmstore
from swarmstore import contracts
from swarmstore.contracts.capabilities import Copyable, Verifiable

CLI = Path(swarmstore.__file__).parent / "cli"
BY_NAME = {"progress", "dry_run", "deep", "latest", "until", "phase", "group_id", "origin", "default"}
OF_UPSTREAM = {"from_", "to", "limit", "session_limit"}  # upstream's; what is ours says since, until, latest
UPSTREAMS = {"query_range", "query_latest", "run_offline_learning"}
OF_PYTHON = {"AbstractContextManager", "Callable", "Iterator", "Mapping", "None", "Sequence"}
LIKE_UPSTREAMS = {
    "iter_range",
    "latest_analysis_input",
    "range_page",
    "summary_page",
}  # others by what a query gives


def test_the_command_line_uses_public_names_only() -> None:
    used = {name for path in CLI.rglob("*.py") for name in _used(path)}
    public = {f"swarmstore.{name}" for name in swarmstore.__all__}
    assert {name for name in used if not name.startswith("swarmstore.cli.")} - public == set()
    assert used & public


def _used(path: Path) -> Iterator[str]:
    """What a module takes of this package, wherever in it: what it imports, and `swarmstore.NAME`."""
    for node in ast.walk(ast.parse(path.read_text())):
        names: list[str] = []
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports from '{'.' * node.level}'"
            names = [f"{node.module}.{each.name}" for each in node.names]
        elif isinstance(node, ast.Import):
            names = [each.name for each in node.names if (each.name, each.asname) != ("swarmstore", None)]
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            names = [f"{node.value.id}.{node.attr}"]
        yield from (name for name in names if name.partition(".")[0] == "swarmstore")


def test_what_a_backend_takes_and_gives_is_public() -> None:
    """Of the protocol that all are in `swarmstore`, of what some can do besides in `swarmstore.contracts`."""
    protocols = {name: getattr(contracts, name) for name in contracts.__all__}
    for name, protocol in protocols.items():
        if not getattr(protocol, "_is_protocol", False):
            continue
        public = {*swarmstore.__all__, *(() if name in swarmstore.__all__ else contracts.__all__)}
        methods = [method for method in vars(protocol).values() if callable(method)]
        told = " ".join(str(inspect.get_annotations(method)) for method in methods)
        named = set(re.findall(r"\b[A-Z][a-z]\w+", told)) - OF_PYTHON
        assert named - public == set(), name


@pytest.mark.parametrize(
    "of",
    [
        *(swarmstore.LearningStore, swarmstore.AsyncLearningStore, swarmstore.LearningBackend),
        *(swarmstore.SqlStorage, swarmstore.MemoryStorage, swarmstore.FileSystemStorage),
        *(Copyable, Verifiable),
    ],
)
def test_parameters_that_mean_one_thing_are_given_in_one_way(of: type) -> None:
    for name, method in inspect.getmembers(of, inspect.isroutine):
        if name.startswith("_"):
            continue
        parameters = inspect.signature(method).parameters
        by_place = {each for each, one in parameters.items() if one.kind is not one.KEYWORD_ONLY}
        assert by_place & BY_NAME == set(), name
        if name not in UPSTREAMS | LIKE_UPSTREAMS:
            assert parameters.keys() & OF_UPSTREAM == set(), name
