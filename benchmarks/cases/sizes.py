"""Bytes on disk for each session of 700 rows, indexes included."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from sqlalchemy import create_engine, text

from benchmarks.data import snapshots
from benchmarks.databases import Databases
from benchmarks.measuring import Line, Result
from benchmarks.peers.documents import Documents
from benchmarks.peers.files import FileStore
from benchmarks.peers.limit import limit_on
from benchmarks.peers.rows import prepare
from swarmstore import LearningStore
from tests.helpers.internals import saver_of

_SESSIONS = 400
_BOUND = {"PostgreSQL": 90, "SQLite": 45}


def sizes(databases: Databases, _rounds: int) -> Iterator[Result]:
    """What a store of sessions takes beyond an empty one, for each session."""
    made = list(snapshots(700, _SESSIONS))
    url, documents_url = databases.new(), databases.new()
    before, documents_before = _bytes(url), _bytes(documents_url)
    with LearningStore.open(url) as store:
        for snapshot in made:
            store.save_session("scenario", snapshot)
    limit_url = databases.new()
    limit_before = _bytes(limit_url)
    with LearningStore.open(limit_url) as names, closing(limit_on(limit_url)) as limit:
        for snapshot in made:
            limit.save(prepare(saver_of(names.storage).rows_of(snapshot)))
    with closing(Documents(documents_url)) as documents:
        for snapshot in made:
            documents.save(snapshot)
    files = FileStore(databases.folder / "sizes", fsync=False)
    for snapshot in made:
        files.save(snapshot)
    result = Result(f"kB on disk per session, {databases.kind}")
    result.numbers = {
        "swarmstore": (_bytes(url) - before) / _SESSIONS / 1000,
        "limit": (_bytes(limit_url) - limit_before) / _SESSIONS / 1000,
        "documents": (_bytes(documents_url) - documents_before) / _SESSIONS / 1000,
        "files": sum(f.stat().st_size for f in files.folder.rglob("*.json")) / _SESSIONS / 1000,
    }
    result.lines.append(Line("kB per session", result.numbers["swarmstore"], _BOUND[databases.kind]))
    yield result


def _bytes(url: str) -> int:
    engine = create_engine(url)
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            size = Path(url.removeprefix("sqlite:///")).stat().st_size
        else:
            size = connection.scalar(text("SELECT pg_database_size(current_database())")) or 0
    engine.dispose()
    return size
