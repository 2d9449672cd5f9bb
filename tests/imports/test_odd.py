"""Importing a folder with odd things in it: each is reported, nothing hangs, the rest is imported."""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from swarmstore import ConfigurationError, FileSystemStorage, LearningStore, SessionId
from tests.cli.running import run
from tests.odd import IN_PLACE_OF_A_FILE, IN_PLACE_OF_A_FOLDER, LINK, as_nobody, in_time, pipe
from tests.snapshots import any_named, model, simple

OLD, NEW = SessionId("1700000000"), SessionId("1700000060")
OF_S = "scenarios/s"
FILES = {  # and how many sessions are left to import
    "global_stats.json": 5,
    "export.swarmstore.json": 5,
    f"{OF_S}/stats.json": 5,
    f"{OF_S}/stats.swarmstore.json": 5,
    f"{OF_S}/offline_model.json": 5,
    f"{OF_S}/offline_model.swarmstore.json": 5,
    f"{OF_S}/scenario.swarmstore.json": 2,
    f"{OF_S}/sessions/{OLD}/stats.json": 4,
    f"{OF_S}/sessions/{OLD}/stats.swarmstore.json": 4,
}
IN_ANOTHER_PROCESS = {("global_stats.json", "pipe"), (f"{OF_S}/sessions/{OLD}/stats.json", "pipe")}
"""What it reads and passes on is the same in any."""
FOLDERS = {"scenarios": 0, OF_S: 2, f"{OF_S}/sessions": 2, f"{OF_S}/sessions/{OLD}": 4}


@pytest.fixture
def store(sqlite_url: str) -> Iterator[LearningStore]:
    with LearningStore.open(sqlite_url) as opened:
        yield opened


def make_store(folder: Path) -> Path:
    """Three sessions of scenario s, two of t, their totals and a model."""
    files = FileSystemStorage(folder)
    for scenario, ids in (("s", (OLD, NEW, SessionId("1700000120"))), ("t", (OLD, NEW))):
        for visits, session_id in enumerate(ids, start=1):
            files.save_session(scenario, simple(visits), session_id)
    files.save_offline_model("s", model())
    return folder


@pytest.fixture(scope="module")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_store(tmp_path_factory.mktemp("made") / "store")


@pytest.fixture
def folder(tmp_path: Path, made_once: Path) -> Path:
    return shutil.copytree(made_once, tmp_path / "store")


def reported_as(place: str, path: Path, reason: str) -> tuple[str, str]:
    """Sidecars are reported with the file that they are beside."""
    for beside in ("stats", "offline_model"):
        if path.name == f"{beside}.swarmstore.json":
            return str(path.with_name(f"{beside}.json")), f"{path}: {reason}"
    return str(path), reason


@pytest.mark.parametrize("kind", IN_PLACE_OF_A_FILE)
@pytest.mark.parametrize("place", FILES)
def test_what_is_no_file_is_reported(store: LearningStore, folder: Path, place: str, kind: str) -> None:
    make, reason = IN_PLACE_OF_A_FILE[kind]
    make(folder / place)
    with in_time():
        report = store.import_store(folder, reader_process=(place, kind) in IN_ANOTHER_PROCESS)
    expected = reported_as(place, folder / place, reason)
    assert [(problem.path, problem.reason) for problem in report.problems] == [expected]
    assert sum(report.sessions.values()) == FILES[place]


@pytest.mark.parametrize("kind", IN_PLACE_OF_A_FOLDER)
@pytest.mark.parametrize("place", FOLDERS)
def test_what_is_no_folder_is_reported(store: LearningStore, folder: Path, place: str, kind: str) -> None:
    make, reason = IN_PLACE_OF_A_FOLDER[kind]
    make(folder / place)
    with in_time():
        report = store.import_store(folder)
    assert [(problem.path, problem.reason) for problem in report.problems] == [(str(folder / place), reason)]
    assert sum(report.sessions.values()) == FOLDERS[place]


def test_many_odd_things_at_once_and_again(store: LearningStore, folder: Path) -> None:
    pipe(folder / "scenarios" / "pipe")
    (folder / "scenarios" / "t" / "sessions" / "away").symlink_to(folder / "nowhere")
    (folder / "scenarios" / "u").write_text("t/sessions")  # a link as git writes it where it can make none
    (folder / "scenarios" / "notes.txt").write_text("no scenario, and nobody takes it for one")
    for _ in range(2):
        with in_time():
            report = store.import_store(folder)
        assert Counter(problem.reason for problem in report.problems) == {
            LINK: 1,
            "it is a named pipe, not a folder": 1,
            "it is a file with the path of a folder, as of a link that was not made": 1,
        }
        assert sum(report.sessions.values()) == 5
    assert store.verify_totals(deep=True) == []


def test_a_copy_is_recognised_though_a_session_of_it_cannot_be_read(
    store: LearningStore, folder: Path, tmp_path: Path
) -> None:
    store.import_store(folder, origin="first")
    copy = make_store(tmp_path / "copy" / "store")
    pipe(copy / OF_S / "sessions" / OLD / "stats.json")
    with in_time():
        report = store.import_store(copy)
    assert report.origin == "first"


def test_an_export_whose_marker_cannot_be_read_is_not_counted_twice(
    store: LearningStore, tmp_path: Path
) -> None:
    store.save_session("s", any_named())
    store.export_store(tmp_path / "store")
    before = store.load_global()
    pipe(tmp_path / "store" / "export.swarmstore.json")
    with in_time(), pytest.raises(ConfigurationError, match=r"export\.swarmstore\.json: it is a named pipe"):
        store.import_store(tmp_path / "store")
    assert store.load_global() == before


def test_a_file_is_no_store(sqlite_url: str, tmp_path: Path) -> None:
    (tmp_path / "store.zip").write_text("")
    pipe(tmp_path / "pipe")
    for name in ("store.zip", "pipe"):
        ended = run("import", str(tmp_path / name), url=sqlite_url)
        assert (ended.returncode, ended.stdout) == (1, "")
        assert (
            ended.stderr
            == f"error: {tmp_path / name} is not a folder; give the folder that has scenarios/ in it\n"
        )


@pytest.mark.parametrize(
    ("place", "mode"), [(place, 0) for place in (*FILES, *FOLDERS)] + [(place, 0o600) for place in FOLDERS]
)
def test_what_may_not_be_read_is_reported(place: str, mode: int) -> None:
    """As a user whom permissions stop."""
    with tempfile.TemporaryDirectory(prefix="swarmstore-") as made:
        base = Path(made)
        folder = make_store(base / "store")
        if place.endswith("swarmstore.json"):
            (folder / place).write_text("{}")
        (folder / place).chmod(mode)
        with as_nobody(base), LearningStore.open(f"sqlite:///{base / 'store.db'}") as store:
            report = store.import_store(folder)
        (folder / place).chmod(0o700)
    for problem in report.problems:
        assert "Permission denied" in problem.reason
    assert any(str(folder / place) in f"{each.path}: {each.reason}" for each in report.problems)
    assert sum(report.sessions.values()) == {**FILES, **FOLDERS}[place]
