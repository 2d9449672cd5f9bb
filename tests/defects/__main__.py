"""`python -m tests.defects` copies the project, changes one place, runs the tests that should notice.

It prints what did, and ends with 1 when a mistake goes unnoticed.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from tests.defects.known import DEFECTS
from tests.defects.mistake import ROOT, Defect, outdated
from tests.postgres.provision import URL_VARIABLE, postgres

_FOLDERS = ("swarmstore", "migrations", "tests", "examples", "docs")
_COPIED = (*_FOLDERS, "pyproject.toml", "alembic.ini", "README.md")
_AT_ONCE = 3


def main() -> int:
    """Try the defects that are wanted; 1 where some went unnoticed."""
    parser = argparse.ArgumentParser(prog="python -m tests.defects", description=__doc__)
    parser.add_argument("-k", metavar="TEXT", default="", help="only mistakes that have this in their name")
    wanted = parser.parse_args().k
    defects = [defect for defect in DEFECTS if wanted in defect.name]
    if not defects:
        parser.error(f"no mistake has {wanted!r} in its name")
    unnoticed = 0
    with tempfile.TemporaryDirectory(prefix="swarmstore-defects-") as folder, postgres() as server:
        projects = [Path(folder) / str(number) for number in range(len(defects))]
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            tried = pool.map(partial(_noticed_by, server.dsn), defects, projects)
            for defect, red in zip(defects, tried, strict=True):
                unnoticed += not red
                shown = f"noticed by {', '.join(red)}" if red else "NOT NOTICED"
                print(f"{'ok ' if red else 'BAD'} {defect.name}: {shown}", flush=True)
    print(f"{len(defects) - unnoticed} passed, {unnoticed} failed")
    return min(unnoticed, 1)


def _noticed_by(server: str, defect: Defect, project: Path) -> list[str]:
    project.mkdir()
    for name in _COPIED:
        source = ROOT / name
        copy = shutil.copytree if source.is_dir() else shutil.copy2
        copy(source, project / name)
    if outdated(defect, project):
        raise SystemExit(
            f"{defect.name}: {outdated(defect, project)} has changed, say anew what the mistake is"
        )
    for file, before, after in defect.changes:
        text = (project / file).read_text()
        (project / file).write_text(text.replace(before, after))
    ended = subprocess.run(
        f"{sys.executable} -m pytest -q -n0 -x -m '' -p no:cacheprovider {defect.tests}",
        shell=True,
        cwd=project,
        env={**os.environ, URL_VARIABLE: server, "PYTHONPATH": str(project), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    shutil.rmtree(project)
    red = re.findall(r"^(?:FAILED|ERROR) (\S+)", ended.stdout, re.MULTILINE)
    if ended.returncode not in {0, 1} or (ended.returncode == 1 and not red):
        raise SystemExit(
            f"{defect.name}: the tests did not run:\n{ended.stdout[-3000:]}{ended.stderr[-1000:]}"
        )
    return red


if __name__ == "__main__":
    sys.exit(main())
