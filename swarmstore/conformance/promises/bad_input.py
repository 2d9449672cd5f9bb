"""What no backend may hold is refused by an error that names it, before anything is touched."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from enum import StrEnum
from typing import Any

import pytest

from swarmstore.conformance.capability import Capability
from swarmstore.conformance.promise import Promise, needs
from swarmstore.conformance.samples import full, model, simple
from swarmstore.conformance.shorthand import KEYS, S, session
from swarmstore.contracts.storage import LearningBackend
from swarmstore.errors import (
    CountOutOfRangeError,
    InvalidTextError,
    InvalidValueError,
    NonFiniteNumberError,
    TextTooLongError,
    UnknownPhaseError,
)
from swarmstore.model.selection import StrategySwitchEvent
from swarmstore.model.session_ids import SessionId
from swarmstore.model.snapshot import LearningSnapshot
from swarmstore.model.stats import ActionStats


class Action(StrEnum):
    """Names that are text, and something else."""

    LOOK = "look"


MISSING = object()
SNAPSHOTS: dict[str, tuple[str, object, object, type[InvalidValueError], str]] = {
    "nul": ("action_stats", "a\0b", ActionStats(), InvalidTextError, "action_stats"),
    "surrogate": (
        *("episode_transitions.success_transitions", ("a", "\ud800"), 1),
        *(InvalidTextError, "episode_transitions.success_transitions"),
    ),
    "task": ("metadata.task_description", MISSING, "\0", InvalidTextError, "metadata.task_description"),
    "nan": (
        *("action_stats", "a", ActionStats(kpi_total=float("nan"))),
        *(NonFiniteNumberError, "action_stats['a'].kpi_total"),
    ),
    "infinity": (
        *("contextual_stats", ("a", "b"), ActionStats(kpi_total=float("-inf"))),
        *(NonFiniteNumberError, "contextual_stats[('a', 'b')].kpi_total"),
    ),
    "kpi too large": (
        *("action_stats", "a", ActionStats(kpi_total=1.1e290)),
        *(NonFiniteNumberError, "action_stats['a'].kpi_total"),
    ),
    "infinite rate": (
        "selection_performance.switch_history",
        0,
        StrategySwitchEvent("a", "b", 1, float("inf"), 0.0),
        NonFiniteNumberError,
        "selection_performance.switch_history[0].success_rate_at_switch",
    ),
    "negative": (
        *("ngram_stats.trigrams", ("a", "b", "c"), (0, -1)),
        *(CountOutOfRangeError, "ngram_stats.trigrams[('a', 'b', 'c')]"),
    ),
    "enum name": ("action_stats", Action.LOOK, ActionStats(), InvalidValueError, "action_stats"),
    "text kpi": (
        *("action_stats", "a", ActionStats(kpi_total="1")),  # type: ignore[arg-type]
        *(InvalidValueError, "action_stats['a'].kpi_total"),
    ),
    "bool": ("metadata.session_count", MISSING, True, CountOutOfRangeError, "metadata.session_count"),
    "float count": ("metadata.total_actions", MISSING, 1.0, CountOutOfRangeError, "metadata.total_actions"),
    "time": ("metadata.created_at", MISSING, 2**53, CountOutOfRangeError, "metadata.created_at"),
    "group": ("metadata.group_id", MISSING, "g" * 513, TextTooLongError, "metadata.group_id"),
    "strategy": (
        *("selection_performance.current_strategy", MISSING, "語" * 171),
        *(TextTooLongError, "selection_performance.current_strategy"),
    ),
    "phase": ("metadata.phase", MISSING, "warmup", UnknownPhaseError, "metadata.phase"),
    "key length": (
        *("ngram_stats.quadgrams", ("a", "b", "c"), (0, 1)),
        *(InvalidValueError, "ngram_stats.quadgrams"),
    ),
    "key type": ("contextual_stats", "ab", ActionStats(), InvalidValueError, "contextual_stats"),
}


def bad(owner: str, key: object, value: object) -> LearningSnapshot:
    """A snapshot that is good but for one value in it."""
    snapshot = full()
    target: Any = snapshot
    *path, last = owner.split(".")
    for step in path:
        target = getattr(target, step)
    if key is MISSING:
        setattr(target, last, value)
    else:
        getattr(target, last)[key] = value
    return snapshot


class BadInput(Promise):
    """Values out of range, of the wrong type, or without a meaning."""

    @pytest.mark.parametrize("name", SNAPSHOTS)
    def test_a_bad_snapshot_is_refused(self, backend: LearningBackend, name: str) -> None:
        """The error names the field, and what was there before stays: totals and sessions."""
        owner, key_in_it, value, error, field = SNAPSHOTS[name]
        for key in KEYS:
            backend.save(key, simple())
            with pytest.raises(error) as refused:
                backend.save(key, bad(owner, key_in_it, value))
            assert type(refused.value) is error
            assert refused.value.field == field
        assert [backend.load(key) for key in KEYS] == [simple()] * len(KEYS)

    @needs(Capability.EXACTLY_ONCE)
    @pytest.mark.parametrize("name", SNAPSHOTS)
    def test_a_bad_session_is_refused(self, backend: LearningBackend, name: str) -> None:
        """A session that cannot be held is neither saved nor counted."""
        owner, key_in_it, value, error, _ = SNAPSHOTS[name]
        backend.save(S, simple())
        with pytest.raises(error):
            backend.save_session("s", bad(owner, key_in_it, value), SessionId("1"))
        assert backend.list_sessions("s") == []
        assert backend.load(S) == simple()

    def test_a_count_may_be_larger_in_a_total_than_in_a_session(self, backend: LearningBackend) -> None:
        """2^53 is too much for a session, 2^63 for a total."""
        with pytest.raises(CountOutOfRangeError, match="success_transitions"):
            backend.save(session("1"), simple(2**53))
        with pytest.raises(CountOutOfRangeError, match="success_transitions"):
            backend.save(S, simple(2**63))
        assert backend.scenarios() == []
        backend.save(S, simple(2**53))

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
        self, backend: LearningBackend, scenario: str, session_id: str, error: type[InvalidValueError]
    ) -> None:
        """A name that cannot be held is refused in whatever call it appears."""
        key = session(session_id, scenario)
        calls: list[Callable[[], object]] = [
            lambda: backend.save(key, simple()),
            lambda: backend.load(key),
            lambda: backend.delete(key),
            lambda: backend.exists(key),
        ]
        if Capability.EXACTLY_ONCE in self.capabilities:
            calls.append(lambda: backend.save_session(scenario, simple(), SessionId(session_id)))
        for call in calls:
            with pytest.raises(error):
                call()
        assert backend.scenarios() == []

    def test_a_bad_scenario_is_refused_in_queries(self, backend: LearningBackend) -> None:
        """Queries refuse the names that saves refuse."""
        calls: list[Callable[[], object]] = [
            lambda: backend.list_sessions("\0"),
            lambda: backend.query_range("\0", 0, 1),
            lambda: backend.query_since("\0", 0),
            lambda: backend.query_latest("\0", 1),
        ]
        if Capability.OFFLINE_MODELS in self.capabilities:
            calls.append(lambda: backend.load_offline_model("\0"))
            calls.append(lambda: backend.save_offline_model("\0", model()))
        for call in calls:
            with pytest.raises(InvalidTextError):
                call()

    @pytest.mark.parametrize("bound", [-1, 2**64, 1.5, "5", True, None])
    def test_a_bad_bound_or_limit_is_refused(self, backend: LearningBackend, bound: Any) -> None:
        """Bounds are any u64, a limit is a number of sessions, and nothing else is either."""
        calls: list[Callable[[], object]] = [
            lambda: backend.query_range("s", bound, 5),
            lambda: backend.query_range("s", 5, bound),
            lambda: backend.query_since("s", bound),
            lambda: backend.query_latest("s", bound),
        ]
        for call in calls:
            with pytest.raises(CountOutOfRangeError):
                call()

    @needs(Capability.OFFLINE_MODELS)
    def test_a_bad_model_is_refused(self, backend: LearningBackend) -> None:
        """An offline model that cannot be held leaves the one before."""
        backend.save_offline_model("s", model())
        order = model().action_order
        assert order is not None
        for wrong, error in (
            (replace(model(), updated_at=-1), CountOutOfRangeError),
            (replace(model(), action_order=replace(order, action_set_hash=2**64)), CountOutOfRangeError),
            (replace(model(), action_order=replace(order, discover=["\0"])), InvalidTextError),
            (
                replace(model(), action_order=replace(order, validated_accuracy=float("nan"))),
                NonFiniteNumberError,
            ),
        ):
            for save in (backend.save_offline_model, backend.save_analysis):
                with pytest.raises(error):
                    save("s", wrong)
        assert backend.load_offline_model("s") == model()
