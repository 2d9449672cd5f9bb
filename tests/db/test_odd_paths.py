"""Files of SQLite's whose path cannot be used, or has bytes that are no text: errors of swarmstore's own."""

from __future__ import annotations

import multiprocessing
import pickle
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
from tests.helpers.other_users import as_nobody, folder_for_all, open_to_all
from tests.helpers.ways_in import WAYS_IN
from tests.snapshots import simple

FORMS = ("sqlite:///{}", "sqlite:///file:{}", "sqlite:///file:{}?mode=ro")


@pytest.fixture
def tmp_path() -> Iterator[Path]:
    """One that pytest does not close to other users meanwhile."""
    with folder_for_all() as folder:
        yield folder


def assert_refused(path: str | Path, kind: type[SwarmstoreError], told: str) -> None:
    for form in FORMS:
        url = form.format(path)
        for way in WAYS_IN:
            with pytest.raises(kind, match=told) as refused:
                way(url)
            assert str(path) in str(refused.value)
        for command in ("scenarios", "upgrade", "doctor"):
            ended = run(command, url=url)
            assert (ended.returncode, ended.stdout) == (1, "")
            assert ended.stderr.startswith("error: ")
            assert len(ended.stderr.splitlines()) == 1


def test_links_in_a_circle(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")
    for path in (tmp_path / "loop", tmp_path / "loop" / "x.db"):
        assert_refused(path, DatabaseMissingError, "circle")


def test_names_that_are_too_long(tmp_path: Path) -> None:
    for path in (tmp_path / ("n" * 300), tmp_path / ("n" * 300) / "x.db", f"{tmp_path}/{'nnn/' * 1100}x.db"):
        assert_refused(path, InvalidUrlError, "shorten it")


def test_a_file_in_place_of_a_folder(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert_refused(tmp_path / "file" / "x.db", DatabaseMissingError, "folder above it is a file")


def test_a_folder_that_this_user_may_not_search(tmp_path: Path) -> None:
    (folder := tmp_path / "closed").mkdir()
    with LearningStore.open(f"sqlite:///{folder}/swarm.db") as store:
        store.save_session("s", simple())
    open_to_all(tmp_path)
    folder.chmod(0o600)
    as_nobody(lambda: assert_refused(folder / "swarm.db", NotPermittedError, "lets this user not in"))


def test_a_folder_that_is_closed_while_a_store_is_open(tmp_path: Path) -> None:
    (folder := tmp_path / "closed").mkdir()
    folder.chmod(0o777)
    open_to_all(tmp_path)

    def save() -> None:
        with LearningStore.open(f"sqlite:///{folder}/swarm.db") as store:
            store.save_session("s", simple())
            (tmp_path / "ready").write_text("")
            while (folder.stat().st_mode & 0o777) == 0o777:
                pass
            with pytest.raises(NotPermittedError, match="lets this user not in"):
                store.save_session("s", simple())

    tmp_path.chmod(0o777)
    child = multiprocessing.get_context("fork").Process(target=as_nobody, args=(save,))
    child.start()
    while not (tmp_path / "ready").exists():
        assert child.is_alive()
    folder.chmod(0o600)
    child.join(60)
    assert child.exitcode == 0


@pytest.mark.parametrize("url", ["sqlite:///swarm.db", "sqlite:///file:swarm.db"])
def test_a_current_folder_that_is_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    for way in WAYS_IN:
        with pytest.raises(DatabaseMissingError, match=r"swarm\.db .*name the file from the root"):
            way(url)
    assert run("scenarios", url=url).stderr.startswith("error: swarm.db cannot be opened")


@pytest.mark.parametrize(
    "written", ["\udcff.db", "file:\udcff.db", "%ff.db", "file:%ff.db", "file:\udcff.db?mode=rwc"]
)
def test_a_name_that_is_no_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, written: str) -> None:
    monkeypatch.chdir(tmp_path)
    url = f"sqlite:///{written}"
    with LearningStore.open(url) as store:
        store.save_session("s", simple())
        with pickle.loads(pickle.dumps(store)) as another:
            assert another.scenarios() == ["s"]
        assert "\udcff.db" in {each.name for each in tmp_path.iterdir()}
    for command in ("scenarios", "doctor", "upgrade"):
        ended = run(command, url=url)
        assert (ended.returncode, ended.stderr) == (0, "")


@pytest.mark.parametrize("host", ["a..b", "h" * 300, ".", "é" * 100, "a..b,h", "h,a..b:5"])
def test_a_host_that_is_none(host: str) -> None:
    for url in (
        f"postgresql://u:hunter3@{host}/d",
        f"postgresql://u:hunter3@/d?host={host.removesuffix(':5')}",
    ):
        for way in WAYS_IN:
            with pytest.raises(InvalidUrlError, match="host's name") as refused:
                way(url)
            assert "hunter3" not in str(refused.value)


def test_a_host_of_the_environment_that_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGHOST", "a..b")
    with pytest.raises(InvalidUrlError, match="PGHOST"):
        LearningStore.open("postgresql:///d")
