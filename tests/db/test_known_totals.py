"""What a process knows of a total is used only while the database says that nothing has changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from swarmstore import (
    GlobalKey,
    LearningSnapshot,
    LearningStore,
    ScenarioKey,
    SessionId,
    SessionKey,
    SqlStorage,
)
from swarmstore.db.repositories.totals import TotalRepository
from tests.helpers.internals import database_of
from tests.helpers.one_session import import_one_session
from tests.snapshots import full, simple


@pytest.fixture
def stores(database_url: str) -> Iterator[tuple[SqlStorage, SqlStorage]]:
    """Two processes' views of one database."""
    with SqlStorage(database_url) as one, SqlStorage(database_url) as other:
        for number in range(4):
            one.save_session("s", simple(number + 1), SessionId(str(number)))
        one.fold()
        one.save_session("s", full(), SessionId("waits"))
        yield one, other


CHANGES: dict[str, Callable[[SqlStorage], object]] = {
    "save": lambda s: s.save_session("s", simple(100)),
    "save elsewhere": lambda s: s.save_session("t", simple(100)),
    "fold": lambda s: s.fold(),
    "delete folded": lambda s: s.delete(SessionKey("s", SessionId("0"))),
    "delete waiting": lambda s: s.delete(SessionKey("s", SessionId("waits"))),
    "replace": lambda s: s.save(SessionKey("s", SessionId("1")), full()),
    "save total": lambda s: s.save(ScenarioKey("s"), full()),
    "save global": lambda s: s.save(GlobalKey(), simple(7)),
    "delete total": lambda s: s.delete(ScenarioKey("s")),
    "rebuild": lambda s: s.rebuild_totals(),
    "import": lambda s: import_one_session(LearningStore(s)),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_another_process_changes_is_seen(stores: tuple[SqlStorage, SqlStorage], change: str) -> None:
    one, other = stores
    keys = (ScenarioKey("s"), GlobalKey())
    before = [one.load(key) for key in keys]
    assert before == [other.load(key) for key in keys]
    CHANGES[change](other)
    with SqlStorage(database_of(other).url.render_as_string(hide_password=False)) as fresh:
        assert [one.load(key) for key in keys] == [fresh.load(key) for key in keys]
    assert [one.load(key) for key in keys] == [other.load(key) for key in keys]


def test_what_is_known_is_not_loaded_again(
    stores: tuple[SqlStorage, SqlStorage], monkeypatch: pytest.MonkeyPatch
) -> None:
    one, _ = stores
    before = one.load(ScenarioKey("s"))
    monkeypatch.setattr(TotalRepository, "load", None)
    assert one.load(ScenarioKey("s")) == before


@pytest.mark.parametrize("change", CHANGES)
def test_what_changes_between_two_statements_of_a_load_is_seen_whole(
    stores: tuple[SqlStorage, SqlStorage], monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    one, other = stores
    if database_of(one).dialect.has_one_writer:
        return  # which loads in a transaction
    load, changed = TotalRepository.load, list[bool]()

    def after_a_change(self: TotalRepository, *arguments: Any) -> LearningSnapshot | None:
        if not changed:
            changed.append(True)
            CHANGES[change](other)
        return load(self, *arguments)

    monkeypatch.setattr(TotalRepository, "load", after_a_change)
    loaded = one.load(ScenarioKey("s"))
    assert changed
    assert loaded == other.load(ScenarioKey("s"))


def test_callers_cannot_change_what_is_known(stores: tuple[SqlStorage, SqlStorage]) -> None:
    one, other = stores
    for _ in range(2):
        loaded = one.load(ScenarioKey("s"))
        assert loaded == other.load(ScenarioKey("s"))
        assert loaded is not None
        loaded.metadata.total_actions += 1
        loaded.episode_transitions.success_transitions["A", "B"] = 0
        loaded.ngram_stats.trigrams.clear()
        loaded.action_stats["A"].visits = 0
        loaded.contextual_stats.clear()
        loaded.selection_performance.switch_history.clear()
