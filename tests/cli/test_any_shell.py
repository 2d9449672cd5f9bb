"""Every command in every shell: no traceback, and the exit code that it has anywhere."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from swarmstore import LearningStore, backup
from swarmstore.cli.app import app
from tests.cli.running import run
from tests.helpers.shipped import SHIPPED
from tests.snapshots import simple

pytestmark = pytest.mark.long

TRACE = """{"tick":0,"worker_id":0,"action":"Look","success":true,"duration_ms":3}\n"""
COMMANDS: dict[str, tuple[str, ...]] = {
    "upgrade": (),
    "doctor": (),
    "grant": ("--agent", "swarm"),
    "distribute": (),
    "scenarios": (),
    "sessions": ("→",),
    "show": ("session", "→", "1700000000"),
    "merge": ("→",),
    "learn": ("→",),
    "verify": (),
    "fold": (),
    "rebuild": (),
    "prune": ("→", "--keep-latest", "5"),
    "forget": ("→", "1700000000", "--dry-run"),
    "sources": ("→",),
    "import": (str(SHIPPED),),
    "ingest": ("{folder}/trace.jsonl", "--scenario", "→", "--success"),
    "export": ("{folder}/export",),
    "copy": ("{url}", "{url}.copy"),
    "backup": ("{folder}/new backup.db",),
    "restore": ("{folder}/backup.db",),
    "report": ("--output", "{folder}/report.html"),
}
ENDS_WITH_1 = {"grant", "distribute"}  # there are no roles and servers on SQLite
HAVE_NO_URL = {"copy"}
SURROUNDINGS: dict[str, dict[str, str]] = {
    "plain": {},
    "cp1252": {"encoding": "cp1252"},
    "ascii": {"encoding": "ascii"},
    "C locale": {"encoding": "ascii", "LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"},
    "COLUMNS=1": {"COLUMNS": "1"},
    "COLUMNS=40": {"COLUMNS": "40"},
    "no HOME": {"HOME": "/nowhere", "XDG_DATA_HOME": "/nowhere"},
    "TERM=dumb": {"TERM": "dumb", "NO_COLOR": "1"},
}
IN_CHILDREN = """
import json, os, sys
import swarmstore.analytics.report.page, swarmstore.db.doctor, swarmstore.db.operations.copy_store
import swarmstore.db.storage
from swarmstore.cli import main

to, ended = sys.argv[1], {}
for name, arguments in json.loads(sys.argv[2]).items():
    told, errors = os.pipe()
    child = os.fork()
    if not child:
        if to == "a pipe that nobody reads":
            nobody, out = os.pipe()
            os.close(nobody)
        else:
            out = os.open(to, os.O_WRONLY)
        os.dup2(out, 1)
        os.dup2(errors, 2)
        os.close(0)
        sys.argv = ["swarmstore", *arguments]
        break  # and end as a program does
    os.close(errors)
    said = open(told).read()
    ended[name] = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), said
else:
    print(json.dumps(ended))
    sys.exit()
main()
"""


@pytest.fixture
def commands(tmp_path: Path, sqlite_url: str) -> dict[str, list[str]]:
    with LearningStore.open(sqlite_url) as store:
        for second in range(3):
            store.save_session("→", simple(3, "→ a task"), f"{1_700_000_000 + second}")
    (tmp_path / "trace.jsonl").write_text(TRACE)
    backup(tmp_path / "backup.db", sqlite_url)
    return {
        name: [
            name,
            *(each.format(folder=tmp_path, url=sqlite_url) for each in arguments),
            *([] if name in HAVE_NO_URL else ["--url", sqlite_url]),
        ]
        for name, arguments in COMMANDS.items()
    }


def test_all_commands_are_here() -> None:
    named = {each.name for each in app.registered_commands} | {each.name for each in app.registered_groups}
    assert named == set(COMMANDS)


def test_surroundings_change_no_exit_code(commands: dict[str, list[str]], tmp_path: Path) -> None:
    for where, surroundings in SURROUNDINGS.items():
        (tmp_path / "new backup.db").unlink(missing_ok=True)
        for name, command in commands.items():
            ended = run(*command, **surroundings)
            wanted = (where, name, int(name in ENDS_WITH_1), False)
            assert (where, name, ended.returncode, "Traceback" in ended.stderr) == wanted, ended.stderr
            assert ended.stdout or ended.returncode, (where, name)


@pytest.mark.parametrize("to", ["/dev/full", "a pipe that nobody reads"])
def test_output_that_goes_nowhere_is_said_and_ends_with_1(commands: dict[str, list[str]], to: str) -> None:
    driver = [sys.executable, "-c", IN_CHILDREN, to, json.dumps(commands)]
    told = subprocess.run(driver, capture_output=True, text=True, check=True).stdout
    ended: dict[str, tuple[int, str]] = json.loads(told)
    assert {name: code for name, (code, _) in ended.items() if code != 1} == {}
    for name, (_, said) in ended.items():
        assert "Traceback" not in said, (name, said)
        assert "Exception ignored" not in said, (name, said)
        assert to != "/dev/full" or said.startswith("error: "), (name, said)
