"""Every command in every shell: no traceback, and the exit code that it has anywhere."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.every_command import ENDS_WITH_1
from tests.cli.running import run

pytestmark = [pytest.mark.long, pytest.mark.release]

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
