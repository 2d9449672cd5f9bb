"""What was never closed or saved says so when it goes, and nothing that was."""

from __future__ import annotations

import gc
import warnings
from collections.abc import Callable

import pytest

from swarmstore import InvalidUrlError, LearningStore, MemoryStorage, SqlStorage


def warned(work: Callable[[], object]) -> list[str]:
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        work()
        gc.collect()
    found = [str(each.message) for each in told if each.category is ResourceWarning]
    return [each for each in found if "was never closed; use" in each or "never saved; use" in each]


def test_a_store_that_was_never_closed(database_url: str) -> None:
    (told,) = warned(lambda: LearningStore.open(database_url))
    assert "SqlStorage" in told
    assert warned(lambda: LearningStore.open(database_url).close()) == []


def test_a_store_that_could_not_be_opened_was_never_open() -> None:
    def work() -> None:
        with pytest.raises(InvalidUrlError):
            SqlStorage("nonsense")

    assert warned(work) == []


@pytest.mark.parametrize("end", [None, "save", "finish", "block", "unused"])
def test_a_recorder_that_was_never_saved(end: str | None) -> None:
    def work() -> None:
        run = LearningStore(MemoryStorage()).record("s", session_id="mine")
        if end != "unused":
            run.action("A", True)
        if end == "block":
            with run:
                pass
        elif end in {"save", "finish"}:
            getattr(run, end)()

    told = warned(work)
    if end is None:
        assert told == ["session mine was recorded and never saved; use a `with` block, or call save()"]
    else:
        assert told == []
