"""Fixtures of the command line's tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.every_command import calls
from tests.cli.ready_interpreter import ReadyInterpreter, ready_interpreter


@pytest.fixture
def url(shipped_url: str) -> str:
    """A store with the shipped one imported."""
    return shipped_url


@pytest.fixture(scope="session")
def program() -> Iterator[ReadyInterpreter]:
    """The program in processes of its own."""
    with ready_interpreter() as interpreter:
        yield interpreter


@pytest.fixture
def commands(tmp_path: Path, sqlite_url: str) -> dict[str, list[str]]:
    """A call of every command on one store, by the command's name."""
    return calls(tmp_path, sqlite_url)
