"""The example swarm learns, and in the same way on both databases."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.long, pytest.mark.release]

SWARM = Path(__file__).parents[2] / "examples" / "swarm.py"


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(SWARM), *arguments], capture_output=True, text=True, check=False
    )


def test_the_swarm_gets_better_and_the_control_does_not(migrated_postgres_url: str) -> None:
    """Twenty worlds, in four processes; what is learned depends on no clock and no database."""
    ended = run("--generations", "4")
    assert (ended.returncode, ended.stderr) == (0, "")
    rates = [
        (float(learning), float(control))
        for learning, control in re.findall(r"^ +\d+ .* ([\d.]+)% +([\d.]+)%$", ended.stdout, re.MULTILINE)
    ]
    assert len(rates) == 4
    assert rates[0][0] == rates[0][1]  # nobody knows anything yet, and both have the same luck
    assert rates[0][0] < rates[1][0] < rates[3][0]
    assert rates[3][0] > 3 * rates[3][1]
    assert "Learning wins." in ended.stdout
    shown = (SWARM.parent / "README.md").read_text()
    assert [line for line in ended.stdout.splitlines() if "█" in line and line not in shown] == []
    on_postgresql = run("--generations", "4", migrated_postgres_url)
    assert (on_postgresql.returncode, on_postgresql.stdout) == (0, ended.stdout)
    again = run(migrated_postgres_url)
    assert (again.returncode, "name an empty one" in again.stderr) == (2, True)
