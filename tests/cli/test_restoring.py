"""`swarmstore restore` of what is no backup, over a damaged store, and of a store into itself."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from swarmstore import LearningStore, backup
from tests.cli.running import answer, run
from tests.snapshots import simple


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:20_000])


def overwritten(file: Path) -> None:
    content = bytearray(file.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 9_000] = b"x" * 9_000
    file.write_bytes(content)


def text(file: Path) -> None:
    file.write_text("no database")


def empty(file: Path) -> None:
    file.write_bytes(b"")


def another_program(file: Path) -> None:
    file.unlink()
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE t (x)")


DAMAGES = [cut, overwritten, text]


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A store with one session, and `backup.db` of it."""
    url = f"sqlite:///{tmp_path / 'store.db'}"
    with LearningStore.open(url) as opened:
        opened.save_session("s", simple(), "1")
    backup(tmp_path / "backup.db", url)
    return tmp_path / "store.db"


@pytest.mark.parametrize("damage", [*DAMAGES, empty, another_program])
def test_what_is_no_backup_is_named_and_changes_nothing(store: Path, damage: Callable[[Path], None]) -> None:
    copy = store.with_name("backup.db")
    damage(copy)
    for target in (store, store.with_name("new.db")):
        ended = run("restore", str(copy), url=f"sqlite:///{target}")
        assert (ended.returncode, ended.stdout) == (1, "")
        assert str(copy) in ended.stderr
        assert "use another backup" in ended.stderr
    assert not target.exists()
    assert answer("verify", "--deep", url=f"sqlite:///{store}") == "all totals are consistent\n"


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_store_is_named_with_the_way_out(store: Path, damage: Callable[[Path], None]) -> None:
    damage(store)
    url = f"sqlite:///{store}"
    ended = run("restore", str(store.with_name("backup.db")), url=url)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert str(store) in ended.stderr
    assert "move it away" in ended.stderr
    store.unlink()
    answer("restore", str(store.with_name("backup.db")), url=url)
    assert answer("verify", "--deep", url=url) == "all totals are consistent\n"


def test_a_store_is_no_backup_of_itself(store: Path) -> None:
    url = f"sqlite:///{store}"
    (link := store.with_name("link")).symlink_to(store.parent)
    for path in (store, link / store.name):
        ended = run("restore", str(path), url=url)
        assert (ended.returncode, ended.stdout) == (1, "")
        assert "is the store itself" in ended.stderr
