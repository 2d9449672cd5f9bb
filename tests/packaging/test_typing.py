"""What type checkers know of the public calls: settings by name, and what each call gives."""

from __future__ import annotations

import ast
import inspect
import re
import subprocess
import sys
from dataclasses import fields
from pathlib import Path
from typing import get_type_hints

import pytest

from swarmstore import LearningStore, Settings
from swarmstore.settings import SettingsArguments

CALLS = Path(__file__).with_name("public_calls.py")
WRONG = """
from swarmstore import AsyncLearningStore, LearningStore
LearningStore.open("sqlite://", pool_sise=3)
LearningStore.open("sqlite://", pool_size="3")
AsyncLearningStore.open("sqlite://", timeout_secondes=3)
LearningStore("sqlite://")
LearningStore.open().load_session("s", "1", default=None)
"""


def test_the_settings_are_those_of_the_class() -> None:
    assert get_type_hints(SettingsArguments) == get_type_hints(Settings)
    assert list(SettingsArguments.__annotations__) == [field.name for field in fields(Settings)]


def test_every_public_call_is_in_the_program() -> None:
    called = {
        node.func.attr
        for node in ast.walk(ast.parse(CALLS.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    }
    public = {
        name for name, _ in inspect.getmembers(LearningStore, inspect.isroutine) if not name.startswith("_")
    }
    assert public - called <= {"close", "frame_batches"}  # the one by `with`, the other needs pyarrow's types


CHECKERS = {
    "mypy": ["mypy", "--strict", "--no-error-summary"],
    # pyright with a Node.js of its own
    "basedpyright": ["basedpyright", "--level", "error", "--pythonpath", sys.executable],
}


@pytest.mark.long
@pytest.mark.parametrize("checker", CHECKERS)
def test_no_fault_is_found_in_the_calls_and_every_misspelled_setting_is(tmp_path: Path, checker: str) -> None:
    pytest.importorskip(checker, reason=f"needs {checker}, which the extra dev brings")
    wrong = tmp_path / "wrong.py"
    wrong.write_text(WRONG)
    ended = subprocess.run(
        [sys.executable, "-m", *CHECKERS[checker], str(CALLS), str(wrong)],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    found = re.findall(r"^ *(\S+?):(\d+).*\berror\b", ended.stdout, re.MULTILINE)
    assert [int(line) for _, line in found] == [3, 4, 5, 6, 7], ended.stdout + ended.stderr
    assert {Path(file).name for file, _ in found} == {wrong.name}
