"""A SQLite file, its log and its names, changed by somebody else while a store has it open."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import PIPE

import pytest

from swarmstore import ConfigurationError, DatabaseMissingError, LearningStore, diagnose
from tests.snapshots import simple

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("replaced", [False, True], ids=["removed", "replaced"])
def test_a_file_that_went_while_it_was_open_is_noticed_before_a_write(tmp_path: Path, replaced: bool) -> None:
    url = f"sqlite:///{tmp_path}/swarm.db"
    with LearningStore.open(url) as store:
        store.save_session("s", simple())
        for file in tmp_path.glob("swarm.db*"):
            file.unlink()
        if replaced:
            with LearningStore.open(url) as other:
                other.save_session("other", simple())
        for call in (lambda: store.save_session("s", simple()), store.fold, store.rebuild_totals):
            with pytest.raises(DatabaseMissingError, match="open it again"):
                call()
    assert (tmp_path / "swarm.db").exists() == replaced
    if replaced:
        with LearningStore.open(url) as other:
            assert other.scenarios() == ["other"]


@pytest.mark.parametrize("noticed", ["by a save", "when it is closed"])
def test_a_backup_put_in_place_of_an_open_file_is_not_mixed_with_its_log(
    tmp_path: Path, noticed: str
) -> None:
    url = f"sqlite:///{tmp_path}/swarm.db"
    with LearningStore.open(url) as store:
        store.save_session("s", simple())
    shutil.copy(tmp_path / "swarm.db", tmp_path / "backup.db")
    store = LearningStore.open(url)
    for number in range(20):
        store.save_session("later", simple(), f"{number}")
    (tmp_path / "backup.db").replace(tmp_path / "swarm.db")
    if noticed == "by a save":
        with pytest.raises(DatabaseMissingError, match=r"the log of the file before is .*-wal\.[0-9]+ now"):
            store.save_session("s", simple())
    store.close()
    with LearningStore.open(url) as restored:
        assert restored.scenarios() == ["s"]
        restored.save_session("s", simple())
        assert restored.verify_totals(deep=True) == []
    assert len(list(tmp_path.glob("swarm.db-wal.*"))) == 1


@pytest.mark.parametrize("replaced", [False, True], ids=["removed", "replaced"])
def test_a_log_that_went_while_it_was_open_is_noticed_before_a_write(tmp_path: Path, replaced: bool) -> None:
    url = f"sqlite:///{tmp_path}/swarm.db"
    with LearningStore.open(url) as store:
        store.save_session("s", simple(), "0")
        log = tmp_path / "swarm.db-wal"
        content = log.read_bytes()
        log.unlink()
        if replaced:
            log.write_bytes(content)
        for call in (lambda: store.save_session("s", simple()), store.fold, store.rebuild_totals):
            with pytest.raises(DatabaseMissingError, match="-wal was removed or replaced"):
                call()
        log.unlink(missing_ok=True)
    with LearningStore.open(url) as store:
        assert store.list_sessions("s") == ["0"]
        assert store.verify_totals(deep=True) == []


def test_a_file_with_two_names_is_refused(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/swarm.db"
    with LearningStore.open(url) as store:
        store.save_session("s", simple())
        (tmp_path / "other.db").hardlink_to(tmp_path / "swarm.db")
        for name in ("swarm.db", "other.db"):
            with pytest.raises(ConfigurationError, match="2 names"):
                LearningStore.open(f"sqlite:///{tmp_path}/{name}")
            with pytest.raises(ConfigurationError, match="2 names"):
                diagnose(f"sqlite:///{tmp_path}/{name}")
        store.save_session("s", simple())  # it had the file before
        assert len(store.list_sessions("s")) == 2


OTHER = """
import sys
from swarmstore import LearningStore
from tests.snapshots import simple

with LearningStore.open(sys.argv[1]) as store:
    for line in sys.stdin:
        store.save_session("s", simple(), line.strip())
        print("saved", flush=True)
    if sys.argv[2] == "killed":
        import os
        os._exit(0)
"""


@contextmanager
def somebody_else(url: str, end: str = "closed") -> Iterator[Callable[[str], None]]:
    """Another process that saves under the ids that it is given, and closes its store or is killed."""
    command = [sys.executable, "-c", OTHER, url, end]
    with subprocess.Popen(command, stdin=PIPE, stdout=PIPE, text=True, cwd=ROOT) as process:
        assert process.stdin is not None
        assert process.stdout is not None

        def save(session_id: str) -> None:
            print(session_id, file=process.stdin, flush=True)
            assert process.stdout is not None
            assert process.stdout.readline() == "saved\n"

        yield save
        process.stdin.close()


@pytest.mark.parametrize("noticed", ["by a save", "when it is closed"])
@pytest.mark.parametrize("link", ["file", "folder"])
def test_the_log_of_a_file_that_others_use_stays_when_a_link_to_it_moves(
    tmp_path: Path, noticed: str, link: str
) -> None:
    for name in ("old", "new"):
        (tmp_path / name).mkdir()
        LearningStore.open(f"sqlite:///{tmp_path}/{name}/swarm.db").close()
    end = "swarm.db" if link == "file" else ""
    current = tmp_path / "current"
    current.symlink_to(tmp_path / "old" / end)
    store = LearningStore.open(f"sqlite:///{current}" + ("/swarm.db" if link == "folder" else ""))
    store.save_session("s", simple(), "mine")
    with somebody_else(f"sqlite:///{tmp_path}/old/swarm.db", "killed") as save:
        save("theirs")
        (tmp_path / "next").symlink_to(tmp_path / "new" / end)
        (tmp_path / "next").replace(current)
        if noticed == "by a save":
            with pytest.raises(DatabaseMissingError, match="is another file now"):
                store.save_session("s", simple(), "lost")
        store.close()
    with LearningStore.open(f"sqlite:///{tmp_path}/old/swarm.db") as old:
        assert old.list_sessions("s") == ["mine", "theirs"]


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no locks of descriptors")
@pytest.mark.parametrize("first", ["ours", "theirs"])
def test_an_index_of_the_log_that_was_removed_costs_no_session(tmp_path: Path, first: str) -> None:
    """Whoever had it open does not see what others save from then on."""
    url = f"sqlite:///{tmp_path}/swarm.db"
    store = LearningStore.open(url)
    store.save_session("s", simple(), "mine")
    (tmp_path / "swarm.db-shm").unlink()
    with somebody_else(url) as save:
        save("theirs")
        with pytest.raises(DatabaseMissingError, match="shm was removed or replaced"):
            store.save_session("s", simple(), "refused")
        save("theirs too")
        if first == "ours":
            store.close()
    store.close()
    with LearningStore.open(url) as again:
        assert again.list_sessions("s") == ["mine", "theirs", "theirs too"]
        assert again.verify_totals(deep=True) == []
