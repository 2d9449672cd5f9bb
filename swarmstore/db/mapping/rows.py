"""Snapshots as rows and back: a header, and columns of facts sorted by their key."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from hashlib import blake2b
from itertools import chain
from operator import attrgetter, itemgetter
from typing import Any, TypeVar, assert_never

from swarmstore.db.dialects.base import Values
from swarmstore.db.mapping.total_headers import Header
from swarmstore.db.schema.families import KEYS, SESSIONS, Kind
from swarmstore.model.memo import Memo
from swarmstore.model.metadata import LearningPhase, SnapshotMetadata
from swarmstore.model.selection import SelectionPerformance, StrategyStats, StrategySwitchEvent
from swarmstore.model.snapshot import LearningSnapshot
from swarmstore.model.stats import ActionStats, EpisodeTransitions, NgramStats, Runs

COLUMNS = {kind: (KEYS[kind], *SESSIONS.values(kind)) for kind in Kind}
_OF_METADATA = tuple(each.name for each in fields(SnapshotMetadata))  # columns of a header have its names
_strategy_values = attrgetter(*SESSIONS.values(Kind.STRATEGIES))
_key = itemgetter(0)
_Key = TypeVar("_Key")
Names = tuple[str, ...]
"""The actions of a sequence."""
NamesOf = Callable[[int], Names]
_Pair = tuple[int, int]
Columns = Sequence[Values]
"""The facts of a kind, column by column in the order of COLUMNS: the key first, rows sorted by it."""


@dataclass(frozen=True, slots=True)
class SnapshotRows:
    """A snapshot in the form of tables: header columns, and its facts."""

    header: Header
    facts: Mapping[Kind, Columns]

    def columns(self, kind: Kind) -> dict[str, Values]:
        """The facts of a kind by column."""
        return dict(zip(COLUMNS[kind], self.facts[kind], strict=True))


def columns_of(kind: Kind, rows: Iterable[Values]) -> Columns:
    """Rows of a kind, `(key, values …)`, as columns."""
    return tuple(zip(*rows, strict=True)) or NO_FACTS[kind]


# one object for equal pairs: most are small, and a hundred sessions have thousands; some 2 MB
_pairs: Memo[_Pair, _Pair] = Memo(lambda pair: pair, 10_000)
NO_FACTS: Mapping[Kind, Columns] = {kind: ((),) * len(COLUMNS[kind]) for kind in Kind}


def sequence_id(names: Names) -> int:
    """BLAKE2b-64 over each name's length in UTF-8 (4 bytes, big-endian) and bytes, signed.

    Made from the names themselves: readers need no join, and rows of different databases fit together.
    """
    digest = blake2b(digest_size=8)
    for name in names:
        encoded = name.encode()
        digest.update(len(encoded).to_bytes(4, "big"))
        digest.update(encoded)
    return int.from_bytes(digest.digest(), "big", signed=True)


def sequences_in(snapshot: LearningSnapshot) -> set[Names]:
    """Every action sequence that the snapshot's facts are keyed by."""
    transitions = snapshot.episode_transitions
    return {
        *transitions.success_transitions,
        *transitions.failure_transitions,
        *chain.from_iterable(snapshot.ngram_stats.by_length()),
        *snapshot.contextual_stats,
        *((action,) for action in snapshot.action_stats),
    }


def to_rows(snapshot: LearningSnapshot, ids: Mapping[Names, int]) -> SnapshotRows:
    """Take a snapshot apart; `ids` holds all of `sequences_in`."""
    id_of = ids.__getitem__
    transitions, ngrams = snapshot.episode_transitions, snapshot.ngram_stats.by_length()
    successes, failures = transitions.success_transitions, transitions.failure_transitions
    pairs = list(successes.keys() | failures.keys())
    runs = chain.from_iterable(ngrams)
    counts = list(chain.from_iterable(pair for counted in ngrams for pair in counted.values()))
    performance = snapshot.selection_performance
    facts: dict[Kind, Iterable[Values]] = {
        Kind.TRANSITIONS: zip(
            map(id_of, pairs), map(successes.get, pairs), map(failures.get, pairs), strict=True
        ),
        Kind.NGRAMS: zip(map(id_of, runs), counts[::2], counts[1::2], strict=True),
        Kind.CONTEXTS: (_action_row(ids[pair], s) for pair, s in snapshot.contextual_stats.items()),
        Kind.ACTIONS: (_action_row(ids[action,], s) for action, s in snapshot.action_stats.items()),
        Kind.STRATEGIES: ((name, *_strategy_values(s)) for name, s in performance.strategy_stats.items()),
        Kind.SWITCHES: (
            (
                ordinal,
                switch.from_,
                switch.to,
                switch.visits_at_switch,
                float(switch.success_rate_at_switch),
                float(switch.from_strategy_success_rate),
            )
            for ordinal, switch in enumerate(performance.switch_history)
        ),
    }
    return SnapshotRows(
        _header(snapshot), {kind: columns_of(kind, sorted(rows, key=_key)) for kind, rows in facts.items()}
    )


def _action_row(sequence_id: int, stats: ActionStats) -> Values:
    # float: an integer is as good, but one parameter of many must not be of another type
    return (
        sequence_id,
        stats.visits,
        stats.successes,
        stats.failures,
        stats.discoveries,
        stats.total_duration_ms,
        float(stats.kpi_total),
        stats.kpi_count,
    )


def _header(snapshot: LearningSnapshot) -> Header:
    metadata, performance = snapshot.metadata, snapshot.selection_performance
    return {
        "version": snapshot.version,
        **{name: getattr(metadata, name) for name in _OF_METADATA},
        "phase": None if metadata.phase is None else str(metadata.phase),
        "success_episodes": snapshot.episode_transitions.success_episodes,
        "failure_episodes": snapshot.episode_transitions.failure_episodes,
        "current_strategy": performance.current_strategy,
        "strategy_start_visits": performance.strategy_start_visits,
        "strategy_start_success_rate": float(performance.strategy_start_success_rate),
    }


def from_rows(rows: SnapshotRows, names_of: NamesOf) -> LearningSnapshot:
    """Put a snapshot together; `names_of` gives the actions of a sequence id."""
    return from_parts(rows.header, {kind: part_of(kind, rows.facts[kind], names_of) for kind in Kind})


def part_of(kind: Kind, columns: Columns, names_of: NamesOf) -> Any:
    """The part of a snapshot that the facts of a kind are, made anew."""
    keys, *values = columns
    match kind:
        case Kind.TRANSITIONS:
            pairs, (successes, failures) = list(map(names_of, keys)), values
            return _present(pairs, successes), _present(pairs, failures)
        case Kind.NGRAMS:
            by_length: dict[int, Runs] = {length: {} for length in NgramStats.LENGTHS.values()}
            counts = map(_pairs.__getitem__, zip(*values, strict=True))
            for names, pair in zip(map(names_of, keys), counts, strict=True):
                by_length[len(names)][names] = pair
            return NgramStats.of_lengths(by_length.values())
        case Kind.CONTEXTS:
            return dict(zip(map(names_of, keys), map(ActionStats, *values), strict=True))
        case Kind.ACTIONS:
            actions = (action for (action,) in map(names_of, keys))
            return dict(zip(actions, map(ActionStats, *values), strict=True))
        case Kind.STRATEGIES:
            return dict(zip(keys, map(StrategyStats, *values), strict=True))
        case Kind.SWITCHES:
            return list(map(StrategySwitchEvent, *values))
        case _:
            assert_never(kind)


def from_parts(header: Header, parts: Mapping[Kind, Any]) -> LearningSnapshot:
    """Put a snapshot together from its parts, which become its own."""
    successes, failures = parts[Kind.TRANSITIONS]
    metadata = SnapshotMetadata(**{name: header[name] for name in _OF_METADATA})
    if metadata.phase is not None:
        metadata.phase = LearningPhase(metadata.phase)
    return LearningSnapshot(
        version=header["version"],
        metadata=metadata,
        episode_transitions=EpisodeTransitions(
            successes, failures, header["success_episodes"], header["failure_episodes"]
        ),
        ngram_stats=parts[Kind.NGRAMS],
        selection_performance=SelectionPerformance(
            strategy_stats=parts[Kind.STRATEGIES],
            switch_history=parts[Kind.SWITCHES],
            current_strategy=header["current_strategy"],
            strategy_start_visits=header["strategy_start_visits"],
            strategy_start_success_rate=header["strategy_start_success_rate"],
        ),
        contextual_stats=parts[Kind.CONTEXTS],
        action_stats=parts[Kind.ACTIONS],
    )


def _present(keys: Iterable[_Key], counts: Values) -> dict[_Key, int]:
    entries = zip(keys, counts, strict=True)
    return dict(entries) if None not in counts else {key: n for key, n in entries if n is not None}
