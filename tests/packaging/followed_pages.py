"""Following a page of docs from the top to the bottom, in an empty folder."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "docs" / "tutorial.md", *sorted((ROOT / "docs" / "how-to").glob("*.md"))]
OUTPUT = r"(?:\n\n```text\n(?P<output>.*?)```)?"
STEP = re.compile(
    r"<!-- (?:file: (?P<file>[\w.]+)|(?P<kind>run|example)) -->\n```\w+\n(?P<text>.*?)```" + OUTPUT, re.DOTALL
)

SERVERS = re.compile(r"<!-- servers: (?P<ports>[\d ]+) -->")
"""What follows is about servers on these ports: see `test_server_pages.py`."""


def without_servers(page: Path) -> str:
    """The part of a page that needs none."""
    return SERVERS.split(page.read_text(), maxsplit=1)[0]


def lines(text: str) -> list[str]:
    """Without times and the blanks at the ends of lines."""
    timeless = re.sub(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}", "(time)", text)
    return "\n".join(line.rstrip() for line in timeless.splitlines()).strip("\n").splitlines()


def follow(page: str, folder: Path) -> None:
    """Files are written, commands run; examples in Python are one program, whose output is at the end."""
    program, shown = "", ""
    for step in STEP.finditer(page):
        if step["file"]:
            (folder / step["file"]).write_text(step["text"])
        elif step["kind"] == "run":
            printed = run(["bash", "-e", "-c", step["text"]], folder)
            assert step["output"] is None or lines(printed) == lines(step["output"])
        else:
            program, shown = program + step["text"], shown + (step["output"] or "")
    if program:
        assert lines(run([sys.executable, "-c", program], folder)) == lines(shown)


def run(command: list[str], folder: Path) -> str:
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "COLUMNS": "80",
        "HOME": str(folder),
        "PYTHONWARNINGS": "error",
    }
    ended = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (0, ""), command
    return ended.stdout.replace(str(folder), "…")
