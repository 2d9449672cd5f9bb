"""Running the command line as a user would."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

SHIPPED = Path(__file__).parents[2] / "examples" / "store"
PROGRAM = (sys.executable, "-c", "from swarmstore.cli import main; main()")


def run(*arguments: str, url: str | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run swarmstore as a user would, at a terminal of 100 columns."""
    given = {"SWARMSTORE_URL": url} if url is not None else {}
    return subprocess.run(
        [*PROGRAM, *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "COLUMNS": "100", **given, **environment},
    )


def done(*arguments: str, url: str) -> str:
    ended = run(*arguments, url=url)
    assert (ended.returncode, ended.stderr) == (0, ""), ended.stderr
    return ended.stdout


def data(*arguments: str, url: str) -> Any:
    return json.loads(done(*arguments, "--json", url=url))
