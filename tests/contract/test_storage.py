"""Snapshots under keys."""

from __future__ import annotations

from copy import deepcopy

import pytest

from swarmstore import (
    ActionStats,
    GlobalKey,
    LearningBackend,
    ScenarioKey,
    SessionId,
    SessionKey,
    SnapshotKey,
)
from tests.contract.capabilities import Capabilities
from tests.snapshots import any_named, full, simple

KEYS: list[SnapshotKey] = [GlobalKey(), ScenarioKey("s"), SessionKey("s", SessionId("1700000000"))]
keys = pytest.mark.parametrize("key", KEYS, ids=str)


@keys
def test_what_was_never_saved_is_none(backend: LearningBackend, key: SnapshotKey) -> None:
    """Loading it gives None, it does not exist, and deleting it says so."""
    assert backend.load(key) is None
    assert not backend.exists(key)
    assert backend.delete(key) is False


@keys
def test_a_snapshot_loads_as_it_was_saved(backend: LearningBackend, key: SnapshotKey) -> None:
    """Every field comes back, doubles bit for bit."""
    backend.save(key, full())
    assert backend.load(key) == full()
    assert backend.exists(key)


def test_an_integer_is_as_good_as_the_double_it_is(backend: LearningBackend) -> None:
    """Also beside real doubles of the same kind."""
    snapshot = full()
    snapshot.action_stats |= {"i": ActionStats(kpi_total=3), "j": ActionStats(kpi_total=-(2**53) + 1)}
    snapshot.selection_performance.strategy_start_success_rate = 1
    backend.save(ScenarioKey("s"), snapshot)
    assert backend.load(ScenarioKey("s")) == snapshot


def test_minus_zero_stays_minus_zero(backend: LearningBackend) -> None:
    """Doubles keep even the sign of zero."""
    backend.save(ScenarioKey("s"), full())
    loaded = backend.load(ScenarioKey("s"))
    assert loaded is not None
    assert str(loaded.contextual_stats["A", "B"].kpi_total) == "-0.0"
    assert str(loaded.selection_performance.switch_history[1].from_strategy_success_rate) == "-0.0"


@keys
def test_any_name_of_any_length_is_held(
    backend: LearningBackend, capabilities: Capabilities, key: SnapshotKey
) -> None:
    """Action names may have ':' anywhere and thousands of characters."""
    if not capabilities.any_name:
        with pytest.raises(ValueError, match="':' before its last name"):
            backend.save(key, any_named())
        assert backend.load(key) is None
        return
    backend.save(key, any_named())
    assert backend.load(key) == any_named()


@keys
def test_saving_again_replaces(backend: LearningBackend, key: SnapshotKey) -> None:
    """The second snapshot takes the place of the first, with nothing left of it."""
    backend.save(key, full())
    backend.save(key, simple())
    assert backend.load(key) == simple()


@keys
def test_deleting_removes(backend: LearningBackend, key: SnapshotKey) -> None:
    """What was deleted is as if never saved, and deleting says that it was there."""
    backend.save(key, full())
    assert backend.delete(key) is True
    assert backend.load(key) is None
    assert not backend.exists(key)
    assert backend.delete(key) is False
    backend.save(key, simple())
    assert backend.load(key) == simple()


@keys
def test_what_is_loaded_or_saved_belongs_to_the_caller(backend: LearningBackend, key: SnapshotKey) -> None:
    """Changing a snapshot after saving or loading it changes nothing that is stored."""
    mine = simple()
    backend.save(key, mine)
    mine.episode_transitions.success_transitions["A", "B"] = 99
    loaded = backend.load(key)
    assert loaded == simple()
    before = deepcopy(loaded)
    loaded.action_stats["A"].visits = 99
    assert backend.load(key) == before


def test_keys_do_not_touch_each_other(backend: LearningBackend) -> None:
    """A total and a session of the same scenario are different things, as are scenarios."""
    every: list[SnapshotKey] = [*KEYS, ScenarioKey("S"), SessionKey("S", SessionId("1700000000"))]
    for number, key in enumerate(every):
        backend.save(key, simple(number))
    for number, key in enumerate(every):
        assert backend.load(key) == simple(number)


SCENARIOS = [
    "../../x",
    "/abs",
    "a/b",
    "a/sessions",
    "",
    ".",
    "..",
    "日本語 シナリオ",
    "a%2Fb",
    "%00",
    "con\n",
    "a:b",
]


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_any_text_is_a_scenario(backend: LearningBackend, scenario: str) -> None:
    """Names that would leave a folder, or mean something to a file system, are names like others."""
    backend.save(ScenarioKey("other"), simple(2))
    backend.save(ScenarioKey(scenario), simple())
    session_id = backend.save_session(scenario, simple(3))
    assert backend.load(SessionKey(scenario, session_id)) == simple(3)
    assert backend.list_sessions(scenario) == [session_id]
    assert backend.scenarios() == sorted(["other", scenario])
    assert backend.load(ScenarioKey("other")) == simple(2)


def test_a_scenario_name_may_be_long(backend: LearningBackend, capabilities: Capabilities) -> None:
    """Databases hold any length; files refuse what is too long for them."""
    if not capabilities.long_names:
        with pytest.raises(ValueError, match="too long for a file name"):
            backend.save(ScenarioKey("語" * 3000), simple())
        assert backend.scenarios() == []
        return
    backend.save(ScenarioKey("語" * 3000), simple())
    backend.save(ScenarioKey("語" * 2999 + "x"), simple(2))
    assert backend.load(ScenarioKey("語" * 3000)) == simple()
