"""A folder with one session, for tests of what an import does to a store."""

from __future__ import annotations

from tempfile import TemporaryDirectory

from swarmstore import FileSystemStorage, LearningStore, SessionId
from tests.snapshots import simple


def import_one_session(store: LearningStore) -> None:
    """As session 1700000000 of the scenario `imported`."""
    with TemporaryDirectory() as folder:
        FileSystemStorage(folder).save_session("imported", simple(5), SessionId("1700000000"))
        store.import_store(folder, origin="elsewhere")
