"""What no backend may hold is refused before anything is touched."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from enum import StrEnum

import pytest

from swarmstore import (
    ActionStats,
    CountOutOfRangeError,
    GlobalKey,
    InvalidTextError,
    InvalidValueError,
    LearningBackend,
    LearningSnapshot,
    LearningStore,
    NonFiniteNumberError,
    ScenarioKey,
    SessionId,
    SessionKey,
    SnapshotKey,
    StrategySwitchEvent,
    TextTooLongError,
    UnknownPhaseError,
)
from tests.snapshots import full, model, simple


class Action(StrEnum):
    LOOK = "look"


def changed(change: Callable[[LearningSnapshot], object]) -> LearningSnapshot:
    snapshot = full()
    change(snapshot)
    return snapshot


def put(owner: str, key: object, value: object) -> Callable[[LearningSnapshot], None]:
    def change(snapshot: LearningSnapshot) -> None:
        target: object = snapshot
        *path, last = owner.split(".")
        for step in path:
            target = getattr(target, step)
        if key is None:
            setattr(target, last, value)
        else:
            getattr(target, last)[key] = value

    return change


SNAPSHOTS: list[tuple[str, Callable[[LearningSnapshot], object], type[InvalidValueError], str]] = [
    ("nul", put("action_stats", "a\0b", ActionStats()), InvalidTextError, "action_stats"),
    (
        "surrogate",
        put("episode_transitions.success_transitions", ("a", "\ud800"), 1),
        InvalidTextError,
        "episode_transitions.success_transitions",
    ),
    ("task", put("metadata.task_description", None, "\0"), InvalidTextError, "metadata.task_description"),
    (
        "nan",
        put("action_stats", "a", ActionStats(kpi_total=float("nan"))),
        NonFiniteNumberError,
        "action_stats['a'].kpi_total",
    ),
    (
        "infinity",
        put("contextual_stats", ("a", "b"), ActionStats(kpi_total=float("-inf"))),
        NonFiniteNumberError,
        "contextual_stats[('a', 'b')].kpi_total",
    ),
    (
        "kpi too large",
        put("action_stats", "a", ActionStats(kpi_total=1.1e290)),
        NonFiniteNumberError,
        "action_stats['a'].kpi_total",
    ),
    (
        "infinite rate",
        put("selection_performance.switch_history", 0, StrategySwitchEvent("a", "b", 1, float("inf"), 0.0)),
        NonFiniteNumberError,
        "selection_performance.switch_history[0].success_rate_at_switch",
    ),
    (
        "negative",
        put("ngram_stats.trigrams", ("a", "b", "c"), (0, -1)),
        CountOutOfRangeError,
        "ngram_stats.trigrams[('a', 'b', 'c')]",
    ),
    (
        "enum name",
        put("action_stats", Action.LOOK, ActionStats()),
        InvalidValueError,
        "action_stats",
    ),
    (
        "text kpi",
        put("action_stats", "a", ActionStats(kpi_total="1")),  # type: ignore[arg-type]
        InvalidValueError,
        "action_stats['a'].kpi_total",
    ),
    ("bool", put("metadata.session_count", None, True), CountOutOfRangeError, "metadata.session_count"),
    ("float count", put("metadata.total_actions", None, 1.0), CountOutOfRangeError, "metadata.total_actions"),
    ("time", put("metadata.created_at", None, 2**53), CountOutOfRangeError, "metadata.created_at"),
    ("group", put("metadata.group_id", None, "g" * 513), TextTooLongError, "metadata.group_id"),
    (
        "strategy",
        put("selection_performance.current_strategy", None, "語" * 171),
        TextTooLongError,
        "selection_performance.current_strategy",
    ),
    ("phase", put("metadata.phase", None, "warmup"), UnknownPhaseError, "metadata.phase"),
    (
        "key length",
        put("ngram_stats.quadgrams", ("a", "b", "c"), (0, 1)),
        InvalidValueError,
        "ngram_stats.quadgrams",
    ),
    (
        "key type",
        put("contextual_stats", "ab", ActionStats()),
        InvalidValueError,
        "contextual_stats",
    ),
]
KEYS: list[SnapshotKey] = [GlobalKey(), ScenarioKey("s"), SessionKey("s", SessionId("1"))]


@pytest.mark.parametrize(("name", "change", "error", "field"), SNAPSHOTS, ids=[case[0] for case in SNAPSHOTS])
def test_a_bad_snapshot_is_refused(
    backend: LearningBackend,
    name: str,
    change: Callable[[LearningSnapshot], object],
    error: type[InvalidValueError],
    field: str,
) -> None:
    """The error names the field, and what was there before stays: totals and sessions."""
    bad = changed(change)
    for key in KEYS:
        backend.save(key, simple())
        with pytest.raises(error) as refused:
            backend.save(key, bad)
        assert type(refused.value) is error
        assert refused.value.field == field
    with pytest.raises(error):
        backend.save_session("s", bad)
    assert [backend.load(key) for key in KEYS] == [simple()] * len(KEYS)
    assert backend.list_sessions("s") == [SessionId("1")]


def test_a_count_may_be_larger_in_a_total_than_in_a_session(backend: LearningBackend) -> None:
    """2^53 is too much for a session, 2^63 for a total."""
    with pytest.raises(CountOutOfRangeError, match="success_transitions"):
        backend.save_session("s", simple(2**53))
    with pytest.raises(CountOutOfRangeError, match="success_transitions"):
        backend.save(ScenarioKey("s"), simple(2**63))
    assert backend.scenarios() == []
    backend.save(ScenarioKey("s"), simple(2**53))


@pytest.mark.parametrize(
    ("scenario", "session_id", "error"),
    [
        ("a\0", "1", InvalidTextError),
        ("\udfff", "1", InvalidTextError),
        ("s", "1\0", InvalidTextError),
        ("s", "x" * 600, TextTooLongError),
        ("s", "語" * 171, TextTooLongError),
        ("s", "", InvalidValueError),
    ],
)
def test_a_bad_name_is_refused(
    backend: LearningBackend, scenario: str, session_id: str, error: type[InvalidValueError]
) -> None:
    """In whatever call it appears."""
    key = SessionKey(scenario, SessionId(session_id))
    calls: list[Callable[[], object]] = [
        lambda: backend.save(key, simple()),
        lambda: backend.load(key),
        lambda: backend.delete(key),
        lambda: backend.exists(key),
        lambda: backend.save_session(scenario, simple(), SessionId(session_id)),
    ]
    for call in calls:
        with pytest.raises(error):
            call()
    assert backend.scenarios() == []


def test_a_bad_scenario_is_refused_in_queries(backend: LearningBackend) -> None:
    """As in the calls that save."""
    calls: list[Callable[[], object]] = [
        lambda: backend.list_sessions("\0"),
        lambda: backend.query_range("\0", 0, 1),
        lambda: LearningStore(backend).iter_range("\0", 0, 1),
        lambda: LearningStore(backend).session_summaries("\0"),
        lambda: backend.query_latest("\0", 1),
        lambda: backend.load_offline_model("\0"),
        lambda: backend.save_offline_model("\0", model()),
    ]
    for call in calls:
        with pytest.raises(InvalidTextError):
            call()


@pytest.mark.parametrize("bad", [-1, 2**64, 1.5, "5", True])
def test_a_bad_bound_or_limit_is_refused(backend: LearningBackend, bad: int) -> None:
    """Bounds are any u64, a limit is a number of sessions."""
    calls: list[Callable[[], object]] = [
        lambda: backend.query_range("s", bad, 5),
        lambda: backend.query_range("s", 5, bad),
        lambda: LearningStore(backend).iter_range("s", bad, 5),
        lambda: LearningStore(backend).session_summaries("s", since=bad),
        lambda: LearningStore(backend).session_summaries("s", latest=bad),
        lambda: backend.query_since("s", bad),
        lambda: backend.query_latest("s", bad),
    ]
    for call in calls:
        with pytest.raises(CountOutOfRangeError):
            call()


def test_a_bad_model_is_refused(backend: LearningBackend) -> None:
    """The model before stays."""
    backend.save_offline_model("s", model())
    order = model().action_order
    assert order is not None
    for bad, error in (
        (replace(model(), updated_at=-1), CountOutOfRangeError),
        (replace(model(), action_order=replace(order, action_set_hash=2**64)), CountOutOfRangeError),
        (replace(model(), action_order=replace(order, discover=["\0"])), InvalidTextError),
        (
            replace(model(), action_order=replace(order, validated_accuracy=float("nan"))),
            NonFiniteNumberError,
        ),
    ):
        with pytest.raises(error):
            backend.save_offline_model("s", bad)
    assert backend.load_offline_model("s") == model()
