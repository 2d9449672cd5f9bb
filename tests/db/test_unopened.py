"""Files that SQLite does not open: the message says what is wrong with them, and what to do."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from swarmstore import (
    DatabaseMissingError,
    InvalidUrlError,
    LearningStore,
    NotPermittedError,
    SwarmstoreError,
)
from tests.cli.running import run
from tests.helpers.other_users import as_nobody, folder_for_all, left_by_a_kill, open_to_all
from tests.snapshots import simple


def assert_told(url: str, kind: type[SwarmstoreError], *told: str) -> str:
    began = time.monotonic()
    with pytest.raises(kind) as refused:
        LearningStore.open(url, timeout_seconds=20)
    said = str(refused.value)
    assert [each for each in told if each not in said] == []
    assert "hosts" not in said
    assert "try again" not in said
    assert time.monotonic() - began < 10
    ended = run("scenarios", url=url)
    assert (ended.returncode, ended.stderr.startswith("error: ")) == (1, True)
    return said


@pytest.fixture
def tmp_path() -> Iterator[Path]:
    """One that pytest does not close to other users meanwhile."""
    with folder_for_all() as folder:
        yield folder


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A store that was closed, in a folder that all may use."""
    (folder := tmp_path / "folder").mkdir()
    with LearningStore.open(f"sqlite:///{folder}/swarm.db") as opened:
        opened.save_session("s", simple())
    open_to_all(folder)
    folder.chmod(0o777)
    (folder / "swarm.db").chmod(0o666)
    return folder / "swarm.db"


@pytest.mark.parametrize("mode", [0o444, 0o666])
def test_a_folder_that_may_not_be_written(store: Path, mode: int) -> None:
    store.chmod(mode)
    store.parent.chmod(0o555)

    def look() -> None:
        for form in (f"sqlite:///{store}", f"sqlite:///file:{store}?mode=ro"):
            said = assert_told(form, NotPermittedError, str(store), "not write in its folder")
            assert f"sqlite:///file:{store}?immutable=1 reads it" in said
        with LearningStore.open(f"sqlite:///file:{store}?immutable=1") as opened:
            assert opened.scenarios() == ["s"]
        new = store.with_name("new.db")
        assert_told(f"sqlite:///{new}", NotPermittedError, f"{new} cannot be made", "not make files in")

    as_nobody(look)


def test_a_file_that_may_not_be_read(store: Path) -> None:
    store.chmod(0)

    def look() -> None:
        assert_told(f"sqlite:///{store}", NotPermittedError, str(store), "may not read it")

    as_nobody(look)


def test_a_file_that_may_not_be_written(store: Path) -> None:
    store.chmod(0o444)

    def save() -> None:
        with LearningStore.open(f"sqlite:///{store}") as opened:
            with pytest.raises(NotPermittedError, match=r"readonly.*may not write the file") as refused:
                opened.save_session("s", simple())
            assert "hosts" not in str(refused.value)

    as_nobody(save)


def test_a_log_beside_it_is_not_to_be_left_out(tmp_path: Path) -> None:
    (folder := tmp_path / "folder").mkdir()
    left_by_a_kill(folder / "swarm.db")
    (folder / "swarm.db-shm").unlink()
    open_to_all(folder)
    folder.chmod(0o555)

    def look() -> None:
        said = assert_told(f"sqlite:///{folder}/swarm.db", SwarmstoreError, "copy both")
        assert "immutable" not in said

    as_nobody(look)


def test_links_that_lead_nowhere(tmp_path: Path) -> None:
    (tmp_path / "dangling").symlink_to("nowhere/at/all.db")
    told = ("dangling is a link to", "no folder", "nowhere/at")
    for form in ("sqlite:///{}", "sqlite:///file:{}", "sqlite:///file:{}?immutable=1"):
        assert_told(form.format(tmp_path / "dangling"), DatabaseMissingError, *told[1:])
    (tmp_path / "new").symlink_to("made.db")
    with LearningStore.open(f"sqlite:///{tmp_path}/new"):
        assert (tmp_path / "made.db").exists()


@pytest.mark.parametrize("device", ["/dev/null", "/dev/full", "/dev/zero"])
def test_what_is_no_file(device: str) -> None:
    assert_told(f"sqlite:///{device}", DatabaseMissingError, f"{device} is a device")
    assert_told(f"sqlite:///file:{device}?mode=ro", DatabaseMissingError, f"{device} is a device")


def test_a_named_pipe(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert_told(f"sqlite:///{tmp_path}/pipe", DatabaseMissingError, "a pipe")


def test_a_vfs_that_there_is_not(tmp_path: Path) -> None:
    for form in (f"file:{tmp_path}/a.db?vfs=nothing", "file:m?mode=memory&cache=shared&vfs=nothing"):
        with pytest.raises(InvalidUrlError, match=r"no such vfs: nothing\); leave out"):
            LearningStore.open(f"sqlite:///{form}")
