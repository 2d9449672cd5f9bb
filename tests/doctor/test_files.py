"""Where a SQLite file lies, whether it can be written, what lies beside it, and how it is kept."""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import make_url

from swarmstore import LearningStore
from swarmstore.db.doctor import Severity, diagnose
from swarmstore.db.doctor.file_location import file_system, network_findings
from swarmstore.db.migrations.runner import upgrade
from tests.doctor.sick import execute, findings, found, only
from tests.snapshots import simple

MOUNTS = r"""
22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
30 22 0:26 / /proc rw - proc proc rw
41 22 0:40 / /home rw shared:5 master:2 - nfs4 server:/export rw,vers=4.2
42 41 8:2 / /home/local rw - xfs /dev/sdb rw
43 22 0:41 / /mnt/with\040space rw - cifs //server/share rw
44 22 0:42 / /data rw - ext4 /dev/sdc rw
45 44 0:43 / /data rw - fuse.sshfs user@host: rw
46 22 0:44 / /mnt/back\134slash rw - 9p host rw
47 22 0:45 /inside /container rw - overlay overlay rw
torn line
"""


@pytest.mark.parametrize(
    ("file", "kind"),
    [
        ("/var/lib/store.db", "ext4"),
        ("/home/me/store.db", "nfs4"),
        ("/home/local/store.db", "xfs"),
        ("/homes/store.db", "ext4"),
        ("/mnt/with space/store.db", "cifs"),
        ("/data/store.db", "fuse.sshfs"),
        ("/mnt/back\\slash/a/b/store.db", "9p"),
        ("/container/store.db", "overlay"),
    ],
)
def test_the_file_system_is_that_of_the_innermost_mount(file: str, kind: str) -> None:
    assert file_system(MOUNTS, Path(file)) == kind


def test_where_the_system_does_not_say_nothing_is_known() -> None:
    assert file_system("", Path("/store.db")) is None
    assert list(network_findings(Path("/store.db"), None)) == []


@pytest.mark.parametrize("kind", ["nfs", "nfs4", "cifs", "smb3", "9p", "fuse.sshfs"])
def test_a_network_file_system_is_a_warning(kind: str) -> None:
    network = only(list(network_findings(Path("/home/store.db"), kind)), "network-file-system")
    assert network.severity is Severity.WARNING
    assert kind in network.problem
    assert "/home/store.db" in network.problem


@pytest.mark.parametrize("kind", ["ext4", "xfs", "btrfs", "tmpfs", "overlay", "fuse.lxcfs"])
def test_a_local_file_system_is_not(kind: str) -> None:
    assert list(network_findings(Path("/home/store.db"), kind)) == []


@contextmanager
def _nobody() -> Iterator[None]:
    """Somebody who may only what everybody may: root may all."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that everybody may look into, as pytest's own is not."""
    made = Path(tempfile.mkdtemp())
    made.chmod(0o755)
    yield made
    made.chmod(0o755)
    shutil.rmtree(made)


def test_a_file_that_cannot_be_written_is_a_warning(folder: Path) -> None:
    file = folder / "store.db"
    with LearningStore.open(f"sqlite:///{file}") as store:
        store.save_session("s", simple())
    folder.chmod(0o777)
    file.chmod(stat.S_IREAD | stat.S_IRGRP | stat.S_IROTH)
    with _nobody():
        of_file = findings(f"sqlite:///{file}")
    assert found(of_file, "file-read-only") == [str(file)]


def test_a_folder_that_cannot_be_written_makes_the_file_unreadable(folder: Path) -> None:
    """Reading in WAL mode makes a file beside it, so this is an error; the findings say why."""
    file = folder / "store.db"
    with LearningStore.open(f"sqlite:///{file}") as store:
        store.save_session("s", simple())
    folder.chmod(0o555)
    file.chmod(0o444)
    with _nobody():
        diagnosis = diagnose(f"sqlite:///{file}")
    assert found(diagnosis.findings, "file-unreadable") == [str(file)]
    assert found(diagnosis.findings, "file-read-only") == [str(file), str(folder)]
    assert diagnosis.worst is Severity.ERROR


@pytest.fixture
def left(tmp_path: Path) -> Path:
    """A store whose last writer was killed: its last save is in the log only."""
    file = tmp_path / "store.db"
    with LearningStore.open(f"sqlite:///{file}") as store:
        store.save_session("s", simple())
        for suffix in ("", "-wal"):
            shutil.copy(f"{file}{suffix}", tmp_path / f"killed.db{suffix}")
    return tmp_path / "killed.db"


def test_a_log_that_was_left_is_worth_knowing(left: Path) -> None:
    hour_ago = time.time() - 3600
    os.utime(left.with_name(f"{left.name}-wal"), (hour_ago, hour_ago))
    info = only(findings(f"sqlite:///{left}"), "wal-left")
    assert info.severity is Severity.INFO
    assert "60 minutes ago" in info.problem
    with LearningStore.open(f"sqlite:///{left}") as store:
        assert len(store.list_sessions("s")) == 1
    assert findings(f"sqlite:///{left}") == []


def test_a_log_in_use_is_nothing_to_know(left: Path) -> None:
    assert findings(f"sqlite:///{left}") == []


def test_a_log_that_has_grown_large_is_a_warning(left: Path) -> None:
    wal = left.with_name(f"{left.name}-wal")
    with wal.open("r+b") as opened:
        opened.truncate(64 * 2**20)
    assert only(findings(f"sqlite:///{left}"), "wal-large").severity is Severity.WARNING


def test_another_journal_mode_is_a_warning_and_is_left_as_it_is(sqlite_url: str) -> None:
    upgrade(sqlite_url)
    execute(sqlite_url, "PRAGMA journal_mode=delete")
    for _ in range(2):
        journal = only(findings(sqlite_url, deep=True), "journal-mode")
        assert journal.severity is Severity.WARNING
        assert "delete" in journal.problem
    LearningStore.open(sqlite_url).close()  # as the advice says
    assert findings(sqlite_url) == []


def test_another_encoding_is_an_error(new_sqlite_url: str) -> None:
    execute(new_sqlite_url, "PRAGMA encoding='UTF-16le'", "CREATE TABLE theirs (x)", "DROP TABLE theirs")
    upgrade(new_sqlite_url)
    encoding = only(findings(new_sqlite_url), "encoding")
    assert encoding.severity is Severity.ERROR
    assert "UTF-16le" in encoding.problem


def test_looking_changes_no_byte(sqlite_url: str) -> None:
    with LearningStore.open(sqlite_url) as store:
        store.save_session("s", simple())
    file = Path(make_url(sqlite_url).database or "")
    before = file.read_bytes()
    assert findings(sqlite_url, deep=True) == []
    assert file.read_bytes() == before
    assert [path.name for path in file.parent.iterdir()] == [file.name]
