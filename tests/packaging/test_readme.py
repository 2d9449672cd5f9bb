"""What the README shows is what happens."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()


def block(name: str) -> str:
    """The fenced block behind the comment `<!-- name -->`."""
    found = re.search(rf"<!-- {re.escape(name)} -->\n```\w*\n(.*?)```", README, re.DOTALL)
    assert found, name
    return found[1]


def lines(text: str) -> list[str]:
    """The lines without the blanks at their ends."""
    return "\n".join(line.rstrip() for line in text.splitlines()).strip("\n").splitlines()


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """A user without any store so far, at a terminal of 80 columns."""
    programs = Path(sys.executable).parent
    return {
        **os.environ,
        "XDG_DATA_HOME": str(tmp_path),
        "HOME": str(tmp_path),
        "PATH": f"{programs}:{os.environ['PATH']}",
        "COLUMNS": "80",
    }


def test_the_first_command_prints_what_the_readme_shows(environment: dict[str, str], tmp_path: Path) -> None:
    install, run = block("command: first").strip().split(" && ", 1)
    assert install == "pip install ."
    ended = subprocess.run(
        ["bash", "-c", run], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    shown = ended.stdout.replace(str(ROOT), "…").replace(str(tmp_path), "/home/you/.local/share")
    assert lines(shown) == lines(block("output: first"))


def test_the_example_runs_and_prints_what_the_readme_shows(
    environment: dict[str, str], tmp_path: Path
) -> None:
    code = block("example")
    assert len([line for line in code.splitlines() if line.strip()]) <= 12
    ended = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout.strip() == block("output: example").strip()


def test_every_command_is_in_the_readme() -> None:
    helped = subprocess.run(
        [sys.executable, "-c", "from swarmstore.cli import main; main()", "--help"],
        env={**os.environ, "COLUMNS": "100"},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    commands = re.findall(r"^  (\w+) ", helped.partition("Set up:")[2], re.MULTILINE)
    assert len(commands) > 5
    for command in commands:
        assert f"`swarmstore {command}" in README, command
