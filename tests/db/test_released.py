"""Databases as each released revision made them: this code upgrades them, and they answer as before.

`SWARMSTORE_WRITE_RELEASED=1` makes the files of the newest revision, once, before it is released.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from sqlalchemy import make_url

from swarmstore import LearningStore, SessionId, SessionKey
from swarmstore.db.migrations.runner import upgrade
from swarmstore.revisions import REVISION
from tests.helpers.store_contents import content
from tests.postgres.dumps import dump, load
from tests.postgres.server import Server
from tests.snapshots import full, model, simple

RELEASED = Path(__file__).with_name("released")
REVISIONS = sorted(folder.name for folder in RELEASED.iterdir())


def _fill(store: LearningStore, folder: Path) -> None:
    """Something in every table."""
    for number in range(4):
        store.save_session("日本語 シナリオ", full(), f"170000000{number}")
        store.save_session("s", simple(number), f"170000000{number}")
    store.fold()
    list(store.changes())
    store.storage.delete(SessionKey("s", SessionId("1700000000")))
    store.save_scenario("only a total", simple(2**63 - 1))
    store.save_offline_model("s", model())
    with LearningStore.open("sqlite://") as other:
        other.save_session("imported", simple(5), "1700000009")
        other.export_store(folder)
    store.import_store(folder, origin="other")
    store.save_session("s", simple(9), "not a time")


def _write(url: str, server: Server, made: Path) -> None:
    """Write the file of the newest revision from this empty database, with what it then holds."""
    upgrade(url)
    folder = RELEASED / REVISION
    folder.mkdir(exist_ok=True)
    with LearningStore.open(url, fold_at=100) as store:
        _fill(store, made)
        (folder / _held(url)).write_text(json.dumps(content(store), indent=1, ensure_ascii=False))
    if url.startswith("sqlite"):
        (folder / "sqlite.db").write_bytes(_file(url).read_bytes())
    else:
        (folder / "postgresql.sql").write_text(dump(server, url))


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_the_newest_revision_has_its_files(
    kind: str, postgres_server: Server, tmp_path: Path, new_sqlite_url: str, postgres_url: str
) -> None:
    if os.environ.get("SWARMSTORE_WRITE_RELEASED"):
        _write(new_sqlite_url if kind == "sqlite" else postgres_url, postgres_server, tmp_path / "exported")
    assert {path.name for path in (RELEASED / REVISION).glob(f"{kind}.*")} == {
        f"{kind}.json",
        "sqlite.db" if kind == "sqlite" else "postgresql.sql",
    }


def _held(url: str) -> str:
    return f"{make_url(url).get_backend_name()}.json"


def _file(url: str) -> Path:
    return Path(make_url(url).database or "")


def _restore(folder: Path, url: str) -> None:
    """Make an empty database what it was when it was released."""
    if url.startswith("sqlite"):
        _file(url).write_bytes((folder / "sqlite.db").read_bytes())
    else:
        load(url, (folder / "postgresql.sql").read_text())


@pytest.mark.parametrize("revision", REVISIONS)
def test_a_released_database_is_upgraded_and_answers_as_before(
    revision: str, empty_database_url: str
) -> None:
    _restore(RELEASED / revision, empty_database_url)
    held = json.loads((RELEASED / revision / _held(empty_database_url)).read_text())
    assert upgrade(empty_database_url) == (revision, REVISION)
    with LearningStore.open(empty_database_url) as store:
        assert content(store) == held
        assert store.verify_totals(deep=True) == []
        seen = len(list(store.changes()))
        store.save_session("s", simple(7), "8")
        assert len(list(store.changes())) == seen + 1
        assert store.fold() > 0
        assert store.verify_totals() == []
