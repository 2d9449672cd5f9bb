"""A SQLite file, its log and its names, changed by somebody else while a store has it open."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from swarmstore import ConfigurationError, DatabaseMissingError, LearningStore, diagnose
from tests.snapshots import simple


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
