"""Every command in odd surroundings: other encodings, no home, narrow terminals, long names."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from swarmstore import LearningStore
from swarmstore.cli.output import count_of, print_table
from tests.cli.ready_interpreter import ReadyInterpreter
from tests.cli.running import PROGRAM, run
from tests.snapshots import simple

LONG = "customer-support/refund-escalation-workflow/v2/production-of-a-team-with-a-long-name"
ID = "1700000000-" + "of-a-run-whose-id-is-long-" * 3
COMMANDS: dict[str, tuple[str, ...]] = {
    "scenarios": ("scenarios",),
    "sessions": ("sessions", LONG),
    "global": ("show", "global"),
    "scenario": ("show", "scenario", LONG),
    "session": ("show", "session", LONG, ID),
    "merge": ("merge", LONG),
    "learn": ("learn", "語"),
    "verify": ("verify",),
    "fold": ("fold",),
    "rebuild": ("rebuild",),
    "prune": ("prune", LONG, "--keep-latest", "5"),
    "doctor": ("doctor",),
    "upgrade": ("upgrade",),
    "help": ("--help",),
}


@pytest.fixture
def url(tmp_path: Path) -> str:
    url = f"sqlite:///{tmp_path}/store.db"
    with LearningStore.open(url) as store:
        store.save_session(LONG, simple(3, "→ a task"), ID)
        store.save_session("語", simple(2), "1")
    return url


@pytest.mark.long
@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "cp437", "utf-16", "shift_jis"])
def test_any_encoding_will_do(url: str, encoding: str) -> None:
    for command in COMMANDS.values():
        ended = run(*command, url=url, encoding=encoding)
        assert (command, ended.returncode, ended.stderr) == (command, 0, "")
        assert ended.stdout


def test_json_is_the_same_in_any_encoding(url: str) -> None:
    for name, command in COMMANDS.items():
        if name == "help":
            continue
        plain, in_utf8 = (run(*command, "--json", url=url, encoding=each) for each in ("ascii", "utf-8"))
        assert (name, plain.returncode, in_utf8.returncode) == (name, 0, 0)
        assert plain.stdout.isascii()
        if name not in {"merge", "rebuild", "learn", "fold"}:  # with times, or no more to do
            assert json.loads(plain.stdout) == json.loads(in_utf8.stdout)


@pytest.mark.parametrize("columns", ["1", "40", "nonsense"])
def test_what_goes_into_a_pipe_is_never_cut(url: str, columns: str) -> None:
    assert LONG in run("scenarios", url=url, COLUMNS=columns).stdout
    assert ID in run("sessions", LONG, url=url, COLUMNS=columns).stdout


def test_the_exit_code_stays_whatever_the_encoding(url: str) -> None:
    with LearningStore.open(url) as store:
        store.run_offline_learning("語", 5)
    for encoding in ("utf-8", "ascii"):
        assert run("show", "scenario", "→", url=url, encoding=encoding).returncode == 1


@pytest.mark.parametrize(("command", "code"), [("scenarios", 0), ("no-command", 2)])
def test_a_stdout_that_was_closed_before_changes_no_exit_code(url: str, command: str, code: int) -> None:
    program = shlex.join([*PROGRAM, command, *([] if code else ["--url", url])])
    ended = subprocess.run(f"{program} >&-", shell=True, capture_output=True, text=True, check=False)
    assert (ended.returncode, "Traceback" in ended.stderr) == (code, False)


def test_no_home_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    ended = run("scenarios", HOME=str(tmp_path / "file"), XDG_DATA_HOME=str(tmp_path / "file" / "data"))
    assert ended.returncode == 1
    assert len(ended.stderr.splitlines()) == 1
    ended = run("import", str(tmp_path), XDG_DATA_HOME=str(tmp_path / "file" / "data"))
    assert ended.returncode == 1
    assert "SWARMSTORE_URL" in ended.stderr
    assert len(ended.stderr.splitlines()) == 1


def test_the_package_can_be_run_as_a_module(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "swarmstore", "scenarios", "--url", f"sqlite:///{tmp_path / 'none.db'}"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ended.returncode, "none.db" in ended.stderr) == (1, True)


@pytest.mark.parametrize("encoding", ["idna", "undefined"])
def test_what_is_no_encoding_of_text_changes_no_exit_code(
    url: str, program: ReadyInterpreter, encoding: str
) -> None:
    """In a program of its own: what Python says of a stream that cannot be written comes at its end."""
    for command, code, told in (("scenarios", 0, LONG), ("doctor", 0, "revision"), ("sessions", 2, "Usage")):
        ended = program.run(command, environment={"SWARMSTORE_URL": url, "PYTHONIOENCODING": encoding})
        assert (command, ended.returncode) == (command, code), ended.stderr
        assert told in ended.stdout + ended.stderr
        assert "object address" not in ended.stderr
    ended = program.run(
        "scenarios", environment={"SWARMSTORE_URL": f"{url}.gone", "PYTHONIOENCODING": encoding}
    )
    assert (ended.returncode, len(ended.stderr.splitlines())) == (1, 1)
    assert ended.stderr.startswith("error: ")


def test_a_program_started_anew_prints_the_same(url: str, program: ReadyInterpreter) -> None:
    """As the ones that other tests fork: in a pipe, in no encoding of text, with an error."""
    for command, encoding in (("scenarios", "undefined"), ("sessions", "utf-16")):
        surroundings = {"SWARMSTORE_URL": url, "COLUMNS": "20", "PYTHONIOENCODING": encoding}
        ended = subprocess.run(
            [*PROGRAM, command], env={**os.environ, **surroundings}, capture_output=True, check=False
        )
        forked = program.run(command, environment=surroundings)
        assert (ended.returncode, ended.stdout, ended.stderr) == (
            forked.returncode,
            forked.stdout.encode(errors="surrogateescape"),
            forked.stderr.encode(errors="surrogateescape"),
        )


@pytest.mark.parametrize("surroundings", [{"FORCE_COLOR": "1"}, {"TTY_COMPATIBLE": "1"}, {}], ids=str)
@pytest.mark.parametrize("columns", ["1", "20"])
def test_nothing_is_cut_in_a_pipe_whatever_it_is_taken_for(
    url: str, program: ReadyInterpreter, columns: str, surroundings: dict[str, str]
) -> None:
    for command, told in (("scenarios", LONG), ("sessions", ID), ("doctor", "store.db")):
        arguments = [command, *([LONG] if command == "sessions" else [])]
        ended = program.run(
            *arguments, environment={"SWARMSTORE_URL": url, "COLUMNS": columns, **surroundings}
        )
        assert (ended.returncode, ended.stderr) == (0, "")
        assert told in ended.stdout


@pytest.mark.parametrize("size", ["²", "٣", "", "-1", "9" * 5000, "99999999999999999999", "1e3"])
@pytest.mark.parametrize("arguments", [["scenarios"], ["--help"]], ids=" ".join)
def test_a_terminal_of_any_size_will_do(
    url: str, program: ReadyInterpreter, arguments: list[str], size: str
) -> None:
    ended = program.run(*arguments, environment={"SWARMSTORE_URL": url, "COLUMNS": size, "LINES": size})
    assert (ended.returncode, ended.stderr) == (0, "")


AT_A_MODULE = """
import importlib.abc, os, signal, sys

def interrupt(*given):
    os.kill(os.getpid(), signal.SIGINT)

def interrupt_in_a_class():  # what is raised there Python 3.11 wraps in a RuntimeError
    type("Owner", (), dict(attribute=type("Attribute", (), dict(__set_name__=interrupt))()))

class Interrupting(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name == {module!r}:
            {interrupt}()

sys.meta_path.insert(0, Interrupting())
signal.signal(signal.SIGINT, signal.default_int_handler)
from swarmstore.cli import main
sys.argv = ["swarmstore", "scenarios"]
main()
"""


@pytest.mark.skipif(os.name != "posix", reason="this system has other interrupts")
@pytest.mark.parametrize("module", ["swarmstore.cli.app", "typer.main", "rich.console", "sqlalchemy.sql"])
@pytest.mark.parametrize("interrupt", ["interrupt", "interrupt_in_a_class"])
def test_an_interrupt_as_it_begins_is_quiet(url: str, module: str, interrupt: str) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", AT_A_MODULE.format(module=module, interrupt=interrupt)],
        env={**os.environ, "SWARMSTORE_URL": url},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (130, "", "")


def test_a_title_is_one_line_however_narrow_its_table_is(capsys: pytest.CaptureFixture[str]) -> None:
    title = "A title that is longer than the table below it"
    print_table(("name", "#n"), [("a", 1)], title=title)
    assert capsys.readouterr().out.splitlines()[0] == title


@pytest.mark.parametrize(("number", "said"), [(0, "0 sessions"), (1, "1 session"), (1_200, "1,200 sessions")])
def test_one_is_no_plural(number: int, said: str) -> None:
    assert count_of(number, "session") == said
