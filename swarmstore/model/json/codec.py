"""Snapshots and offline models as upstream's JSON, to the byte-exact double.

Upstream joins tuple keys with ':' and splits them at the first colons, so a name with a ':' is
safe only in the last place. Writing another one is refused: it would come back as another name.
Escaped, in files that only we read, names may be any: ':' is %3A there and % is %25.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, Protocol, TypeVar

import msgspec
from msgspec import structs

from swarmstore.disk import read_bytes
from swarmstore.errors import InvalidTextError, InvalidValueError, SnapshotFormatError
from swarmstore.model.json import wire
from swarmstore.model.json.format_errors import located
from swarmstore.model.json.joined_keys import SplitKeys, join_keys, split_keys
from swarmstore.model.json.text_form import other_form, without_bom
from swarmstore.model.limits import check_double
from swarmstore.model.metadata import SnapshotMetadata
from swarmstore.model.offline_model import (
    LearnedActionOrder,
    LoraConfig,
    OfflineModel,
    OptimalParameters,
    RecommendedPath,
    StrategyConfig,
)
from swarmstore.model.offline_validation import check_model
from swarmstore.model.selection import SelectionPerformance, StrategyStats, StrategySwitchEvent
from swarmstore.model.stats import ActionStats, EpisodeTransitions, NgramStats, Pair
from swarmstore.model.versions import MODEL_VERSION, SNAPSHOT_VERSION, check_version

_Wire = TypeVar("_Wire")
_Versioned = TypeVar("_Versioned", bound=wire.Versioned)
_Value = TypeVar("_Value")
_Snapshot = TypeVar("_Snapshot")
_snapshots = msgspec.json.Decoder(wire.Snapshot)
_models = msgspec.json.Decoder(wire.Model)
_versions = msgspec.json.Decoder(wire.Versioned)


class SnapshotData(Protocol):
    """The fields of a snapshot; the class that has them reads and writes itself by what is here."""

    version: int
    metadata: SnapshotMetadata
    episode_transitions: EpisodeTransitions
    ngram_stats: NgramStats
    selection_performance: SelectionPerformance
    contextual_stats: dict[Pair, ActionStats]
    action_stats: dict[str, ActionStats]


def decode_snapshot(
    make: Callable[..., _Snapshot], text: str | bytes, keys: SplitKeys | None = None, *, known: bool = False
) -> _Snapshot:
    """Read a `stats.json`, of a newer version too as far as it has the same fields, as upstream does.

    make: what becomes of its fields. known: refuse a newer version, which may hold what would be dropped.

    Raises SnapshotFormatError with the path of the bad field.
    """
    return snapshot_from_wire(make, _decode_version(_snapshots, text, SNAPSHOT_VERSION, known), keys=keys)


def snapshot_from_wire(
    make: Callable[..., _Snapshot],
    read: wire.Snapshot,
    *,
    escaped: bool = False,
    keys: SplitKeys | None = None,
) -> _Snapshot:
    """The snapshot that was read.

    Raises SnapshotFormatError for a key of too few names.
    """

    def split(joined: Mapping[str, _Value], names: int, field: str) -> dict[Any, _Value]:
        return split_keys(joined, names, field, escaped, keys)

    metadata, transitions, performance = (
        read.metadata,
        read.episode_transitions,
        read.selection_performance,
    )
    return make(
        version=read.version,
        metadata=SnapshotMetadata(**structs.asdict(metadata)),
        episode_transitions=EpisodeTransitions(
            split(transitions.success_transitions, 2, "episode_transitions.success_transitions"),
            split(transitions.failure_transitions, 2, "episode_transitions.failure_transitions"),
            transitions.success_episodes,
            transitions.failure_episodes,
        ),
        ngram_stats=NgramStats(
            split(read.ngram_stats.trigrams, 3, "ngram_stats.trigrams"),
            split(read.ngram_stats.quadgrams, 4, "ngram_stats.quadgrams"),
        ),
        selection_performance=SelectionPerformance(
            {name: StrategyStats(*structs.astuple(s)) for name, s in performance.strategy_stats.items()},
            [StrategySwitchEvent(*structs.astuple(switch)) for switch in performance.switch_history],
            performance.current_strategy,
            performance.strategy_start_visits,
            performance.strategy_start_success_rate,
        ),
        contextual_stats=split(_actions(read.contextual_stats), 2, "contextual_stats"),
        action_stats=_actions(read.action_stats),
    )


def encode_snapshot(snapshot: SnapshotData) -> str:
    """Write a `stats.json`, indented, maps in byte order. Raises as snapshot_as_data.

    Raises InvalidTextError for a lone surrogate.
    """
    return encode_data(snapshot_as_data(snapshot))


def snapshot_as_data(snapshot: SnapshotData, *, escaped: bool = False) -> dict[str, Any]:
    """The snapshot as plain data in the shape of `stats.json`.

    Raises AmbiguousNameError unless escaped, and NonFiniteNumberError for what JSON has no number for.
    """
    transitions, performance = snapshot.episode_transitions, snapshot.selection_performance
    return {
        "version": snapshot.version,
        "metadata": metadata_as_data(snapshot.metadata),
        "episode_transitions": {
            "success_transitions": join_keys(
                transitions.success_transitions, "episode_transitions.success_transitions", escaped
            ),
            "failure_transitions": join_keys(
                transitions.failure_transitions, "episode_transitions.failure_transitions", escaped
            ),
            "success_episodes": transitions.success_episodes,
            "failure_episodes": transitions.failure_episodes,
        },
        "ngram_stats": {
            field: {
                key: list(counts)
                for key, counts in join_keys(ngrams, f"ngram_stats.{field}", escaped).items()
            }
            for field, ngrams in (
                ("trigrams", snapshot.ngram_stats.trigrams),
                ("quadgrams", snapshot.ngram_stats.quadgrams),
            )
        },
        "selection_performance": {
            "strategy_stats": {
                name: asdict(stats) for name, stats in sorted(performance.strategy_stats.items())
            },
            "switch_history": [
                _switch_as_data(f"selection_performance.switch_history[{number}]", switch)
                for number, switch in enumerate(performance.switch_history)
            ],
            "current_strategy": performance.current_strategy,
            "strategy_start_visits": performance.strategy_start_visits,
            "strategy_start_success_rate": check_double(
                "selection_performance.strategy_start_success_rate", performance.strategy_start_success_rate
            ),
        },
        "contextual_stats": {
            key: _action_as_data("contextual_stats", key, stats)
            for key, stats in join_keys(snapshot.contextual_stats, "contextual_stats", escaped).items()
        },
        "action_stats": {
            action: _action_as_data("action_stats", action, stats)
            for action, stats in sorted(snapshot.action_stats.items())
        },
    }


def metadata_as_data(metadata: SnapshotMetadata) -> dict[str, Any]:
    """The metadata in the shape of `meta.json`."""
    data = {
        "scenario_name": metadata.scenario_name,
        "task_description": metadata.task_description,
        "created_at": metadata.created_at,
        "session_count": metadata.session_count,
        "total_episodes": metadata.total_episodes,
        "total_actions": metadata.total_actions,
    }
    optional = {"phase": metadata.phase, "group_id": metadata.group_id}
    return data | {name: value for name, value in optional.items() if value is not None}


def encode_metadata(metadata: SnapshotMetadata) -> str:
    """Write a `meta.json`."""
    return encode_data(metadata_as_data(metadata))


def decode_model(text: str | bytes, *, known: bool = False) -> OfflineModel:
    """Read an `offline_model.json`; `known` is that of `decode_snapshot`.

    Raises SnapshotFormatError with the path of the bad field.
    """
    return model_from_wire(_decode_version(_models, text, MODEL_VERSION, known))


def model_from_wire(read: wire.Model) -> OfflineModel:
    """The model that was read."""
    order = read.action_order
    return OfflineModel(
        version=read.version,
        parameters=OptimalParameters(**structs.asdict(read.parameters)),
        recommended_paths=[RecommendedPath(**structs.asdict(path)) for path in read.recommended_paths],
        strategy_config=StrategyConfig(**structs.asdict(read.strategy_config)),
        analyzed_sessions=read.analyzed_sessions,
        updated_at=read.updated_at,
        action_order=None
        if order is None
        else LearnedActionOrder(
            order.discover,
            order.not_discover,
            order.action_set_hash,
            order.source,
            None if order.lora is None else LoraConfig(**structs.asdict(order.lora)),
            order.validated_accuracy,
        ),
    )


def encode_model(model: OfflineModel) -> str:
    """Write an `offline_model.json`, indented. Raises InvalidValueError kinds."""
    return encode_data(model_as_data(model))


def model_as_data(model: OfflineModel) -> dict[str, Any]:
    """The model as plain data in the shape of `offline_model.json`. Raises InvalidValueError kinds."""
    check_model(model)
    data: dict[str, Any] = msgspec.to_builtins(model)
    order = data["action_order"]
    if order is not None and order["lora"] is not None and order["lora"]["name"] is None:
        del order["lora"]["name"]
    return data


def read_snapshot(
    make: Callable[..., _Snapshot], path: Path, *, within: Path | None = None, follow: bool = False
) -> _Snapshot:
    """Read a file; `within` and `follow` are those of `disk.opened`. In a store its version must be known.

    Raises SnapshotFormatError naming it, and OSError.
    """
    with _naming(path):
        return decode_snapshot(make, read_bytes(path, within=within, follow=follow), known=within is not None)


def read_model(path: Path, *, within: Path | None = None) -> OfflineModel:
    """Read a file; `within` is that of `disk.opened`. Raises SnapshotFormatError naming it, and OSError."""
    with _naming(path):
        return decode_model(read_bytes(path, within=within), known=within is not None)


@contextlib.contextmanager
def _naming(path: Path) -> Iterator[None]:
    try:
        yield
    except SnapshotFormatError as error:
        raise SnapshotFormatError(f"{path}: {error}") from None


def decode_as(decoder: msgspec.json.Decoder[_Wire], text: str | bytes) -> _Wire:
    """Read JSON of a known shape, in UTF-8 with or without a byte order mark.

    Raises SnapshotFormatError with the path of the bad field, or with what the bytes are instead.
    """
    if isinstance(text, str):
        text = text.removeprefix("\ufeff")
    elif (other := other_form(text)) is not None:
        raise SnapshotFormatError(other)
    else:
        text = without_bom(text)
    try:
        return decoder.decode(text)
    except msgspec.ValidationError as error:
        raise SnapshotFormatError(located(error, text, decoder.type)) from None
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise SnapshotFormatError(f"this is not (all of) a JSON document: {error}") from None


def _decode_version(
    decoder: msgspec.json.Decoder[_Versioned], text: str | bytes, newest: int, known: bool
) -> _Versioned:
    """As `decode_as`; a newer version that has another shape is named as such, or any newer one."""
    try:
        read = decode_as(decoder, text)
    except SnapshotFormatError as error:
        try:
            version = decode_as(_versions, text).version
        except SnapshotFormatError:
            raise error from None
        _check_version(version, newest)
        raise
    if known:
        _check_version(read.version, newest)
    return read


def _check_version(found: int, newest: int) -> None:
    try:
        check_version(found, newest)
    except InvalidValueError as error:
        raise SnapshotFormatError(f"$.{error}") from None


def encode_data(data: dict[str, Any]) -> str:
    """Write plain data as indented JSON. Raises InvalidTextError for a lone surrogate."""
    try:
        return msgspec.json.format(msgspec.json.encode(data), indent=2).decode()
    except UnicodeEncodeError as error:
        problem = f"{error.object[:40]!a} contains a lone surrogate, which JSON in UTF-8 cannot hold"
        raise InvalidTextError("text", problem) from None


def _actions(read: Mapping[str, wire.Action]) -> dict[str, ActionStats]:
    return {name: ActionStats(*structs.astuple(stats)) for name, stats in read.items()}


def _action_as_data(owner: str, key: str, stats: ActionStats) -> dict[str, int | float]:
    return {
        "visits": stats.visits,
        "successes": stats.successes,
        "failures": stats.failures,
        "discoveries": stats.discoveries,
        "total_duration": stats.total_duration_ms,
        "kpi_total": check_double(f"{owner}[{key!r}].kpi_total", stats.kpi_total),
        "kpi_count": stats.kpi_count,
    }


def _switch_as_data(field: str, switch: StrategySwitchEvent) -> dict[str, Any]:
    at_switch, from_strategy = switch.success_rate_at_switch, switch.from_strategy_success_rate
    return {
        "from": switch.from_,
        "to": switch.to,
        "visits_at_switch": switch.visits_at_switch,
        "success_rate_at_switch": check_double(f"{field}.success_rate_at_switch", at_switch),
        "from_strategy_success_rate": check_double(f"{field}.from_strategy_success_rate", from_strategy),
    }
