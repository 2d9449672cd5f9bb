"""Each way in loads what it uses, and no more: an agent lives for one session, a command for one answer."""

from __future__ import annotations

import subprocess
import sys

import pytest

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
    assert own == {"swarmstore", "swarmstore.loading"}


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


def test_an_agent_on_postgresql_loads_no_other_use(migrated_postgres_url: str) -> None:
    modules = loaded(AN_AGENT.format(url=migrated_postgres_url))
    assert not modules & (OTHER_USES | EXTRAS | {"alembic"})


@pytest.mark.parametrize("arguments", [["--help"], ["show", "--help"], ["import", "--help"], ["nonsense"]])
def test_the_command_line_explains_itself_without_a_database(arguments: list[str]) -> None:
    assert not loaded(A_COMMAND.format(arguments=arguments)) & (DATABASES | EXTRAS)
