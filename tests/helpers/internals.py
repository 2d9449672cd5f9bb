"""What tests and benchmarks need of a storage beyond what it promises."""

from __future__ import annotations

from swarmstore import SqlStorage
from swarmstore.db.connection.transactions import Database
from swarmstore.db.operations.save_session import Saver
from swarmstore.db.repositories.all import Repositories


def database_of(storage: object) -> Database:
    """The database of a storage that has one."""
    return _sql(storage)._database


def repositories_of(storage: object) -> Repositories:
    """What a storage keeps its data in."""
    return _sql(storage)._repositories


def saver_of(storage: object) -> Saver:
    """What makes snapshots into sessions."""
    return _sql(storage)._saver


def forget_totals(storage: object) -> None:
    """Have totals loaded anew the next time, as by a new process."""
    repositories_of(storage).total_cache.forget()


def forget_names(storage: object) -> None:
    """Have the names of actions loaded anew, as by a new process."""
    sequences = repositories_of(storage).sequences
    sequences._ids.clear()
    sequences._names.clear()


def _sql(storage: object) -> SqlStorage:
    assert isinstance(storage, SqlStorage)
    return storage
