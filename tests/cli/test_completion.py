"""Completion in shells: of commands, options and scenarios, silent whatever is wrong."""

from __future__ import annotations

import os
import pty
import re
import select
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from swarmstore import LearningStore
from tests.cli.running import run
from tests.snapshots import simple

IN_BASH = """
source <(_SWARMSTORE_COMPLETE=source_bash swarmstore)
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
_swarmstore_completion swarmstore
printf '%s\\n' "${COMPREPLY[@]}"
"""
PROGRAMS = f"{Path(sys.executable).parent}:{os.environ['PATH']}"


def completed(*words: str, url: str | None = None) -> list[str]:
    """What bash would offer in place of the last word."""
    environment = {
        "_SWARMSTORE_COMPLETE": "complete_bash",
        "COMP_WORDS": "\n".join(["swarmstore", *words]),
        "COMP_CWORD": str(len(words)),
    }
    ended = run(url=url, **environment)
    assert (ended.returncode, ended.stderr) == (0, "")
    return ended.stdout.split("\n")[:-1]


def test_names_of_commands_and_options_are_completed() -> None:
    assert completed("sc") == ["scenarios"]
    assert completed("show", "s") == ["scenario", "session"]
    assert completed("prune", "--ol") == ["--older-than"]
    assert completed("--json", "merge", "--ph") == ["--phase"]


def test_zsh_shows_the_whole_sentence_of_each_command() -> None:
    """On one line, and without apostrophes, which are lost on the way."""
    in_zsh = {"_SWARMSTORE_COMPLETE": "complete_zsh", "_TYPER_COMPLETE_ARGS": "swarmstore "}
    shown = dict(re.findall('"(.+)":"(.+)"', run(**in_zsh).stdout))
    assert shown.keys() == {*completed("")}
    assert [each for each in shown.values() if not re.fullmatch(r"[^']+[^.]\.", each)] == []


@pytest.mark.parametrize(
    "words",
    [
        ("sessions",),
        ("show", "scenario"),
        ("show", "session"),
        ("merge",),
        ("learn",),
        ("prune",),
        ("prune", "troubleshooting"),
        ("forget",),
        ("sources",),
        ("report", "--scenario"),
        ("export", "x", "--scenario"),
        ("ingest", "x", "--scenario"),
    ],
    ids=" ".join,
)
def test_scenarios_are_completed_wherever_one_is_taken(url: str, words: tuple[str, ...]) -> None:
    assert completed(*words, "", url=url) == ["deep_search", "simple_qa", "troubleshooting"]
    assert completed(*words, "tr", url=url) == ["troubleshooting"]


def test_scenarios_are_those_of_the_store_that_is_named(url: str) -> None:
    assert completed("--url", url, "sessions", "s", url="sqlite:////nowhere/x.db") == ["simple_qa"]
    assert completed("sources", "--url", url, "s", url="sqlite:////nowhere/x.db") == ["simple_qa"]


def test_a_name_that_bash_would_take_apart_is_quoted(sqlite_url: str) -> None:
    with LearningStore.open(sqlite_url) as store:
        store.save_session("it's a/new-test $1", simple())
    assert completed("sessions", "i", url=sqlite_url) == [r"it\'s\ a/new-test\ \$1"]


@pytest.mark.parametrize(
    "url",
    [
        "sqlite:////nowhere/store.db",
        "mysql://host/db",
        "postgresql://127.0.0.1:9/db",
        "postgresql://u:p@203.0.113.1/d",
    ],
)
def test_a_store_that_cannot_be_read_offers_nothing_and_says_nothing(url: str) -> None:
    began = time.monotonic()
    assert completed("sessions", "", url=url) in ([], [""])
    assert time.monotonic() - began < 10


def test_bash_offers_them(url: str) -> None:
    environment = {**os.environ, "PATH": PROGRAMS, "SWARMSTORE_URL": url}
    for words, offered in ((["sess"], ["sessions"]), (["sessions", "s"], ["simple_qa"])):
        ended = subprocess.run(
            ["bash", "-c", IN_BASH, "bash", "swarmstore", *words],
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        assert (ended.stdout.split(), ended.stderr) == (offered, "")


@pytest.mark.long
@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_with_completion_installed_completes_as_one_types(
    url: str, shell: str, tmp_path: Path
) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    (tmp_path / ".zshrc").touch()
    environment = {
        **os.environ,
        "HOME": str(tmp_path),
        "PATH": PROGRAMS,
        "SWARMSTORE_URL": url,
        "TERM": "xterm",
        "XDG_CONFIG_HOME": str(tmp_path / ".config"),
        "XDG_DATA_HOME": str(tmp_path / ".local"),
    }
    assert "installed" in _typed(shell, "swarmstore --install-completion\n", "installed", environment)
    # zsh loads the completion at the first tab, and uses it at the second
    assert "oubleshooting" in _typed(shell, "swarmstore sessions tr\t\t", "oubleshooting", environment)


def _typed(shell: str, keys: str, wanted: str, environment: dict[str, str]) -> str:
    """What a terminal shows of a shell, once there is what is wanted or a minute has passed."""
    child, terminal = pty.fork()
    if not child:
        os.execvpe(shell, [shell, "-i"], environment)
    shown, typed, ends = "", 0, time.monotonic() + 60
    quiet = 0
    while wanted not in shown and time.monotonic() < ends:
        if select.select([terminal], [], [], 0.5)[0]:
            shown, quiet = shown + os.read(terminal, 65_536).decode(errors="replace"), 0
        else:
            quiet += 1
        if quiet > 2 and typed < len(keys):  # it waits for the next key
            part = keys[typed:].partition("\t")
            now = part[0] or part[1]
            os.write(terminal, now.encode())
            typed, quiet = typed + len(now), 0
    os.close(terminal)
    os.waitpid(child, 0)
    return shown
