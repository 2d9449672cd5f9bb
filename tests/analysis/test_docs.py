"""What docs/how-to/analysis.md shows is what happens.

SWARMSTORE_WRITE_DOCS=1 writes the outputs anew.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from swarmstore import LearningStore
from tests.helpers.shipped import SHIPPED

DOCUMENT = Path(__file__).parents[2] / "docs" / "how-to" / "analysis.md"


def block(kind: str, name: str) -> re.Match[str]:
    found = re.search(rf"<!-- {kind}: {name} -->\n```\w+\n(.*?)```", DOCUMENT.read_text(), re.DOTALL)
    assert found, name
    return found


@pytest.mark.parametrize("name", ["frame", "duckdb"])
def test_examples_print_what_is_shown(name: str, tmp_path: Path) -> None:
    with LearningStore.open(f"sqlite:///{tmp_path / 'swarm.db'}") as store:
        store.import_store(SHIPPED)
        store.export_frames(tmp_path / "frames", "parquet")
    ended = subprocess.run(
        [sys.executable, "-c", block("example", name)[1]],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    if os.environ.get("SWARMSTORE_WRITE_DOCS"):
        shown, text = block("output", name), DOCUMENT.read_text()
        DOCUMENT.write_text(text[: shown.start(1)] + ended.stdout + text[shown.end(1) :])
    assert ended.stdout == block("output", name)[1]
