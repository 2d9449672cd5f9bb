"""A database that a copy did not finish."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from swarmstore import LearningStore, StoreUnavailableError
from tests.copies.comparing import of_its_own
from tests.doctor.sick import findings, only
from tests.snapshots import full


def fail(*_given: object, **_more: object) -> None:
    raise StoreUnavailableError("the connection was lost")


def test_an_interrupted_copy_is_told_and_not_its_sessions(
    database_url: str,
    another_database: Callable[[], AbstractContextManager[str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with (
        another_database() as to_url,
        LearningStore.open(database_url) as store,
        LearningStore.open(to_url) as target,
    ):
        of_its_own(target)
        store.save_session("s", full())
        monkeypatch.setattr("swarmstore.db.operations.copy_store._finish", fail)
        with pytest.raises(StoreUnavailableError):
            store.copy_to(target)
        monkeypatch.undo()
        assert "swarmstore copy" in only(findings(to_url, deep=True), "copy-unfinished").advice
        store.copy_to(target)
        assert findings(to_url, deep=True) == []
