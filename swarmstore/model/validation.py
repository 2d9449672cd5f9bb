"""What a value must be before any backend sees it. Every error names the field."""

from __future__ import annotations

import math
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, replace
from itertools import chain
from operator import attrgetter
from typing import TypeVar

from swarmstore.errors import InvalidValueError, UnknownPhaseError
from swarmstore.model.keys import GlobalKey, SessionKey, SnapshotKey
from swarmstore.model.limits import (
    MAX_COUNT,
    MAX_HASH,
    MAX_KPI,
    MAX_KPI_SUM,
    MAX_TOTAL,
    check_count,
    check_double,
    check_kind,
    check_parts,
    check_short_text,
    check_text,
)
from swarmstore.model.metadata import LearningPhase, SnapshotMetadata
from swarmstore.model.selection import SelectionPerformance, StrategyStats, StrategySwitchEvent
from swarmstore.model.session_ids import SessionId
from swarmstore.model.session_slice import SessionSlice, within_timestamps
from swarmstore.model.snapshot import LearningSnapshot
from swarmstore.model.stats import ActionStats, EpisodeTransitions, NgramStats

_Key = TypeVar("_Key", bound=Hashable)
_Names = TypeVar("_Names", bound=tuple[str, ...])


def check_session_id(session_id: object) -> str:
    """Refuse anything but text of 1 to 512 UTF-8 bytes. Raises as check_short_text."""
    plain = str(session_id) if isinstance(session_id, SessionId) else session_id
    checked = check_short_text("session_id", plain)
    if not checked:
        raise InvalidValueError("session_id", "is empty; leave it out to have one made")
    return checked


def check_key(key: SnapshotKey) -> None:
    """Refuse what is not a key, and scenario names and session ids that no backend can hold."""
    check_kind("key", key, SnapshotKey)
    if not isinstance(key, GlobalKey):
        check_text("scenario", key.scenario)
    if isinstance(key, SessionKey):
        check_session_id(key.session_id)


def check_limit(limit: object) -> int:
    """Refuse anything but a number of sessions, from 0 on. Raises CountOutOfRangeError."""
    return check_count("limit", limit, MAX_TOTAL)


def check_bound(field: str, value: object) -> int:
    """Refuse anything but a u64 as the bound of a range, though no timestamp is above 2^63 - 1.

    Raises CountOutOfRangeError.
    """
    return check_count(field, value, MAX_HASH)


def check_range(from_: object, to: object) -> tuple[int, int]:
    """Check the bounds of a time range, and limit them to possible timestamps.

    Raises CountOutOfRangeError.
    """
    return within_timestamps(check_bound("from_", from_), check_bound("to", to))


def check_slice(wanted: SessionSlice) -> SessionSlice:
    """Check a slice, and limit its bounds to possible timestamps.

    Raises InvalidTextError, CountOutOfRangeError, UnknownPhaseError.
    """
    if wanted.scenario is not None:
        check_text("scenario", wanted.scenario)
    if wanted.latest is not None:
        check_count("latest", wanted.latest, MAX_TOTAL)
    if wanted.group_id is not None:
        check_short_text("group_id", wanted.group_id)
    _check_phase("phase", wanted.phase)
    since = None if wanted.since is None else check_bound("since", wanted.since)
    until = None if wanted.until is None else check_bound("until", wanted.until)
    first, last = within_timestamps(since or 0, MAX_TOTAL if until is None else until)
    bounded = until is not None or first > last
    return replace(wanted, since=None if since is None else first, until=last if bounded else None)


def _check_phase(field: str, phase: object) -> None:
    if phase is not None and phase not in tuple(LearningPhase):
        problem = f"{phase!r} is not a phase; use one of {', '.join(LearningPhase)}"
        raise UnknownPhaseError(field, problem)


def check_session(snapshot: LearningSnapshot) -> None:
    """Refuse a snapshot that may not be saved as a session. Raises InvalidValueError kinds."""
    _Snapshot(MAX_COUNT).check(snapshot)


def check_total(snapshot: LearningSnapshot) -> None:
    """Refuse a snapshot that may not be saved as a total. Raises InvalidValueError kinds."""
    _Snapshot(MAX_TOTAL).check(snapshot)


def check_sum(snapshot: LearningSnapshot) -> None:
    """Refuse a total that no sessions can add up to. Raises InvalidValueError kinds."""
    _Snapshot(MAX_TOTAL, MAX_KPI_SUM).check(snapshot)


_ACTION_COUNTS = ("visits", "successes", "failures", "discoveries", "total_duration_ms", "kpi_count")
_STRATEGY_COUNTS = tuple(column.name for column in fields(StrategyStats))


class _Snapshot:
    # Many values are looked at together, as this runs for every row of every save; one by one when
    # something is wrong, to say which it is.

    def __init__(self, limit: int, kpi_limit: float = MAX_KPI) -> None:
        self._limit = limit
        self._kpi_limit = kpi_limit
        self._known: set[str] = set()

    def check(self, snapshot: LearningSnapshot) -> None:
        advice = "; `LearningSnapshot.from_json` reads one from JSON"
        check_kind("snapshot", snapshot, LearningSnapshot, advice)
        check_parts(
            "",
            snapshot,
            metadata=SnapshotMetadata,
            episode_transitions=EpisodeTransitions,
            ngram_stats=NgramStats,
            selection_performance=SelectionPerformance,
            contextual_stats=Mapping,
            action_stats=Mapping,
        )
        check_count("version", snapshot.version)
        self._metadata(snapshot.metadata)
        episodes, ngrams = snapshot.episode_transitions, snapshot.ngram_stats
        check_parts("episode_transitions", episodes, success_transitions=Mapping, failure_transitions=Mapping)
        check_parts("ngram_stats", ngrams, **dict.fromkeys(NgramStats.LENGTHS, Mapping))
        check_count("episode_transitions.success_episodes", episodes.success_episodes, self._limit)
        check_count("episode_transitions.failure_episodes", episodes.failure_episodes, self._limit)
        self._transitions("episode_transitions.success_transitions", episodes.success_transitions)
        self._transitions("episode_transitions.failure_transitions", episodes.failure_transitions)
        for name, counts in ngrams.by_name().items():
            self._ngrams(f"ngram_stats.{name}", counts, NgramStats.LENGTHS[name])
        self._performance(snapshot.selection_performance)
        self._keys("contextual_stats", snapshot.contextual_stats, 2)
        self._actions("contextual_stats", snapshot.contextual_stats)
        self._names("action_stats", snapshot.action_stats)
        self._actions("action_stats", snapshot.action_stats)

    def _metadata(self, metadata: SnapshotMetadata) -> None:
        for name in ("scenario_name", "task_description"):
            if (text := getattr(metadata, name)) is not None:
                check_text(f"metadata.{name}", text)
        check_count("metadata.created_at", metadata.created_at)
        for name in ("session_count", "total_episodes", "total_actions"):
            check_count(f"metadata.{name}", getattr(metadata, name), self._limit)
        _check_phase("metadata.phase", metadata.phase)
        if metadata.group_id is not None:
            check_short_text("metadata.group_id", metadata.group_id)

    def _performance(self, performance: SelectionPerformance) -> None:
        owner = "selection_performance"
        check_parts(owner, performance, strategy_stats=Mapping, switch_history=list)
        for name in performance.strategy_stats:
            check_short_text(f"{owner}.strategy_stats", name)
        self._stats(f"{owner}.strategy_stats", performance.strategy_stats, StrategyStats, _STRATEGY_COUNTS)
        for number, switch in enumerate(performance.switch_history):
            field = f"{owner}.switch_history[{number}]"
            check_kind(field, switch, StrategySwitchEvent)
            check_short_text(f"{field}.from", switch.from_)
            check_short_text(f"{field}.to", switch.to)
            check_count(f"{field}.visits_at_switch", switch.visits_at_switch, self._limit)
            check_double(f"{field}.success_rate_at_switch", switch.success_rate_at_switch)
            check_double(f"{field}.from_strategy_success_rate", switch.from_strategy_success_rate)
        if performance.current_strategy is not None:
            check_short_text(f"{owner}.current_strategy", performance.current_strategy)
        check_count(f"{owner}.strategy_start_visits", performance.strategy_start_visits, self._limit)
        check_double(f"{owner}.strategy_start_success_rate", performance.strategy_start_success_rate)

    def _transitions(self, field: str, counts: Mapping[tuple[str, str], int]) -> None:
        self._keys(field, counts, 2)
        self._counts(list(counts.values()), (f"{field}[{pair!r}]" for pair in counts))

    def _ngrams(self, field: str, counts: Mapping[_Names, tuple[int, int]], length: int) -> None:
        self._keys(field, counts, length)
        pairs = list(counts.values())
        if not _are_tuples(pairs, 2):
            key, pair = next(
                (key, pair) for key, pair in counts.items() if type(pair) is not tuple or len(pair) != 2
            )
            raise InvalidValueError(f"{field}[{key!r}]", f"must be (success, failure), not {pair!r}")
        names = (f"{field}[{key!r}]" for key in counts for _ in range(2))
        self._counts(list(chain.from_iterable(pairs)), names)

    def _actions(self, owner: str, stats: Mapping[_Key, ActionStats]) -> None:
        self._stats(owner, stats, ActionStats, _ACTION_COUNTS)
        kpis = [each.kpi_total for each in stats.values()]
        if not _are_within(kpis, float, -self._kpi_limit, self._kpi_limit):
            for key, kpi in zip(stats, kpis, strict=True):
                check_double(f"{owner}[{key!r}].kpi_total", kpi, self._kpi_limit)

    def _stats(self, owner: str, stats: Mapping[_Key, object], kind: type, names: Sequence[str]) -> None:
        if not _are_all(kind, stats.values()):
            for key, each in stats.items():
                check_kind(f"{owner}[{key!r}]", each, kind)
        values = chain.from_iterable(map(attrgetter(*names), stats.values()))
        self._counts(list(values), (f"{owner}[{key!r}].{name}" for key in stats for name in names))

    def _counts(self, values: list[int], field_names: Iterator[str]) -> None:
        if not _are_within(values, int, 0, self._limit):
            for field, value in zip(field_names, values, strict=True):
                check_count(field, value, self._limit)

    def _keys(self, field: str, keys: Collection[tuple[str, ...]], length: int) -> None:
        if not _are_tuples(keys, length):
            wrong = next(key for key in keys if type(key) is not tuple or len(key) != length)
            raise InvalidValueError(field, f"keys are tuples of {length} action names, not {wrong!r}")
        self._names(field, chain.from_iterable(keys))

    def _names(self, field: str, names: Iterable[str]) -> None:
        for name in set(names) - self._known:
            self._known.add(check_text(field, name))


def _are_all(type_: type, values: Collection[object]) -> bool:
    """Tell whether each is of exactly this type; True, for instance, is not an int here."""
    return list(map(type, values)).count(type_) == len(values)


def _are_tuples(values: Collection[tuple[object, ...]], length: int) -> bool:
    return _are_all(tuple, values) and list(map(len, values)).count(length) == len(values)


def _are_within(values: Sequence[float], type_: type, low: float, high: float) -> bool:
    if not _are_all(type_, values):
        return False
    # with a NaN among them the sum is one, whatever the least and the greatest are
    return not values or (low <= min(values) and max(values) <= high and not math.isnan(sum(values)))
