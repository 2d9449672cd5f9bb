"""Each way in loads what it uses, and no more: an agent lives for one session, a command for one answer."""

from __future__ import annotations

import ast
import subprocess
import sys
import zipfile
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

import swarmstore
from swarmstore import conformance, contracts
from swarmstore.db.schema.all_tables import TABLES
from swarmstore.db.schema.families import Kind

DATABASES = {"sqlalchemy", "alembic", "psycopg"}
EXTRAS = {"pyarrow", "jinja2", "vl_convert"}
OTHER_USES = {
    *(
        "swarmstore.store.async_store",
        "swarmstore.transfer.importing",
        "swarmstore.transfer.exporter",
        "swarmstore.files",
        "swarmstore.memory",
    ),
    *(
        "swarmstore.analytics.frames",
        "swarmstore.analytics.report",
        "swarmstore.transfer.traces.ingest",
        "swarmstore.db.doctor",
    ),
    *(
        "swarmstore.db.analytics.views",
        "swarmstore.db.operations.copy_store",
        "swarmstore.db.operations.import_ledger",
        "swarmstore.db.operations.forget_sessions",
    ),
    *(
        "swarmstore.contracts.change_feed",
        "swarmstore.contracts.imports",
        "swarmstore.contracts.summaries",
        "swarmstore.db.repositories.carried_parts",
        "swarmstore.db.repositories.change_feed",
        "swarmstore.db.repositories.imported_files",
        "swarmstore.db.repositories.offline_models",
        "swarmstore.db.schema.all_tables",
        "swarmstore.db.schema.baselines",
        "swarmstore.db.schema.imports",
        "swarmstore.db.schema.offline_models",
        "swarmstore.db.schema.publication",
        "swarmstore.model.json",
        "swarmstore.model.merge",
        "swarmstore.model.offline_analyzer",
        "swarmstore.model.offline_model",
        "swarmstore.model.total_parts",
        "platformdirs",
    ),
    *(
        "swarmstore.db.operations.verify_totals",
        "swarmstore.db.operations.merge_sessions",
        "rich",
        "typer",
        "filelock",
    ),
}
AN_AGENT = """
from swarmstore import LearningSnapshot, LearningStore
with LearningStore.open({url!r}) as store:
    store.load_scenario("s", default=LearningSnapshot.empty())
    store.save_session("s", LearningSnapshot.empty())
"""
TABLES_OF_AN_AGENT = {
    *("scenarios", "action_sequences", "sessions", "removed_sessions"),
    *("rollups", "total_sources", "schema_compatibility"),
    *(f"{family}_{kind}" for family in ("session", "rollup") for kind in Kind),
}
SCHEMA = Path(__file__).parents[2] / "swarmstore" / "db" / "schema"
MOST_MODULES = 105  # swarmstore's own, of an agent
COUNTS_TABLES = """
from swarmstore.db.schema.declarative import Base
import sys
print(*Base.metadata.tables, sep="\\n", file=sys.stderr)
"""
A_COMMAND = """
import sys
sys.argv = ["swarmstore", *{arguments!r}]
from swarmstore.cli import main
try:
    main()
except SystemExit:
    pass
"""


def loaded(program: str) -> set[str]:
    told = f"{program}\nimport sys\nprint(*sys.modules, sep='\\n', file=sys.stderr)"
    ended = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    return set(ended.stderr.split())


def test_the_package_loads_nothing() -> None:
    own = {name for name in loaded("import swarmstore") if name.startswith("swarmstore")}
    assert own == {"swarmstore", "swarmstore.errors", "swarmstore.loading"}


def test_threads_may_load_names_at_once() -> None:
    program = """
import swarmstore, threading
failed, start = [], threading.Barrier(16)

def load(number):
    start.wait()
    try:
        for place in range(len(swarmstore.__all__)):
            getattr(swarmstore, swarmstore.__all__[(7 * number + place) % len(swarmstore.__all__)])
    except BaseException as error:
        failed.append(error)

threads = [threading.Thread(target=load, args=(number,)) for number in range(16)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
assert not failed, failed
"""
    assert {"typing"} <= loaded("import swarmstore")  # dataclasses would find it half loaded
    loaded(program)


def test_the_model_is_there_without_a_database() -> None:
    modules = loaded("from swarmstore import Additive, LearningSnapshot, merge_snapshots, SwarmstoreError")
    assert not modules & (DATABASES | {"typer", "rich", "asyncio"})


def test_an_agent_on_sqlite_loads_no_other_driver_and_no_other_use(sqlite_url: str) -> None:
    modules = loaded(AN_AGENT.format(url=sqlite_url))
    assert not modules & (OTHER_USES | EXTRAS | {"alembic", "psycopg", "sqlalchemy.dialects.postgresql"})


@pytest.mark.parametrize("url", ["sqlite_url", "migrated_postgres_url"])
def test_an_agent_loads_the_tables_that_it_uses(url: str, request: pytest.FixtureRequest) -> None:
    program = AN_AGENT.format(url=request.getfixturevalue(url)) + COUNTS_TABLES
    told = loaded(program)
    tables = {name for name in told if name in TABLES}
    assert tables == TABLES_OF_AN_AGENT
    assert len([name for name in told if name.startswith("swarmstore")]) <= MOST_MODULES


def test_all_tables_are_those_of_all_modules() -> None:
    of_all = "from swarmstore.db.schema.all_tables import TABLES" + COUNTS_TABLES
    everything = "".join(f"import swarmstore.db.schema.{path.stem}\n" for path in SCHEMA.glob("[a-z]*.py"))
    assert {name for name in loaded(everything + of_all) if name in TABLES} == TABLES
    assert {name for name in loaded(of_all) if name in TABLES} == TABLES
    assert len(TABLES) == 33


def test_an_agent_on_postgresql_loads_no_other_use(migrated_postgres_url: str) -> None:
    modules = loaded(AN_AGENT.format(url=migrated_postgres_url))
    assert not modules & (OTHER_USES | EXTRAS | {"alembic"})


@pytest.mark.parametrize("words", ["swarmstore sess", "swarmstore show ", "swarmstore merge --ph"])
def test_names_of_commands_and_options_are_completed_without_a_database(
    words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("_SWARMSTORE_COMPLETE", "complete_bash")
    monkeypatch.setenv("COMP_WORDS", words)
    monkeypatch.setenv("COMP_CWORD", str(words.count(" ")))
    assert not loaded(A_COMMAND.format(arguments=[])) & (DATABASES | EXTRAS)


@pytest.mark.parametrize("arguments", [["--help"], ["show", "--help"], ["import", "--help"], ["nonsense"]])
def test_the_command_line_explains_itself_without_a_database(arguments: list[str]) -> None:
    assert not loaded(A_COMMAND.format(arguments=arguments)) & (DATABASES | EXTRAS)


@pytest.mark.parametrize("package", [swarmstore, contracts, conformance])
def test_the_names_are_those_that_type_checkers_read(package: ModuleType) -> None:
    stub = ast.parse(Path(str(package.__file__)).with_suffix(".pyi").read_text())
    imported = [node for node in stub.body if isinstance(node, ast.ImportFrom)]
    typed = {alias.name: f"{package.__name__}.{node.module}" for node in imported for alias in node.names}
    assert sorted(package.__all__) == sorted(typed)
    for name, module in typed.items():
        assert getattr(package, name) is getattr(import_module(module), name)


def test_no_file_but_those_of_python_is_needed(tmp_path: Path) -> None:
    """In a zip, and frozen into a program."""
    package = Path(swarmstore.__file__).parent
    with zipfile.ZipFile(tmp_path / "program.zip", "w") as archive:
        for path in package.rglob("*.py"):
            archive.write(path, path.relative_to(package.parent))
    code = f"import sys; sys.path.insert(0, {str(tmp_path / 'program.zip')!r}); import swarmstore"
    show = "print(swarmstore.__file__, swarmstore.LearningStore(swarmstore.MemoryStorage()).scenarios())"
    ended = subprocess.run(
        [sys.executable, "-I", "-X", "warn_default_encoding", "-W", "error", "-c", f"{code}; {show}"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout == f"{tmp_path}/program.zip/swarmstore/__init__.py []\n"
