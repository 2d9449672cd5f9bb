"""Snapshots and offline models as upstream's JSON, with doubles that keep every bit.

Upstream joins the names of a key with ':' and splits them at the first colons. So only the last name of a
key may contain a ':'; other keys with one are refused, because they would be read back as other names. In
sidecars, which only swarmstore reads, ':' is written as %3A and % as %25, and names may be any.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Protocol, TypeVar

import msgspec
from msgspec import structs

from swarmstore.disk import read_bytes
from swarmstore.errors import InvalidTextError, InvalidValueError, SnapshotFormatError
from swarmstore.model.json import wire
from swarmstore.model.json.format_errors import located
from swarmstore.model.json.joined_keys import SplitKeys, join_keys, split_keys
from swarmstore.model.json.text_form import other_form, without_bom
from swarmstore.model.limits import MODEL_VERSION, SNAPSHOT_VERSION, check_double, check_version
from swarmstore.model.metadata import SnapshotMetadata
from swarmstore.model.offline_model import OfflineModel, check_model
from swarmstore.model.selection import SelectionPerformance
from swarmstore.model.stats import ActionStats, EpisodeTransitions, NgramStats, Pair

_Wire = TypeVar("_Wire")
_Versioned = TypeVar("_Versioned", bound=wire.Versioned)
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
    """Read a `stats.json`. Like upstream, it reads newer versions as far as they have the same fields.

    make: called with the fields. known: refuse a newer version, whose new fields would be lost.

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
    """The snapshot that was read. Raises SnapshotFormatError for a key of too few names."""
    split = partial(split_keys, escaped=escaped, keys=keys)
    transitions = read.episode_transitions
    return make(
        version=read.version,
        metadata=msgspec.convert(read.metadata, SnapshotMetadata, from_attributes=True),
        episode_transitions=EpisodeTransitions(
            split(transitions.success_transitions, 2, "episode_transitions.success_transitions"),
            split(transitions.failure_transitions, 2, "episode_transitions.failure_transitions"),
            transitions.success_episodes,
            transitions.failure_episodes,
        ),
        ngram_stats=NgramStats.of_lengths(
            split(getattr(read.ngram_stats, name), length, f"ngram_stats.{name}")
            for name, length in NgramStats.LENGTHS.items()
        ),
        selection_performance=msgspec.convert(
            read.selection_performance, SelectionPerformance, from_attributes=True
        ),
        contextual_stats=split(_actions(read.contextual_stats), 2, "contextual_stats"),
        action_stats=_actions(read.action_stats),
    )


def _actions(read: Mapping[str, wire.Action]) -> dict[str, ActionStats]:
    return {name: ActionStats(*structs.astuple(stats)) for name, stats in read.items()}


def snapshot_to_wire(snapshot: SnapshotData, *, escaped: bool = False) -> wire.Snapshot:
    """The snapshot in the shape of `stats.json`.

    Raises AmbiguousNameError unless escaped, and NonFiniteNumberError for what JSON has no number for.
    """
    join = partial(join_keys, escaped=escaped)
    transitions = snapshot.episode_transitions
    return wire.Snapshot(
        snapshot.version,
        metadata_to_wire(snapshot.metadata),
        wire.Transitions(
            join(transitions.success_transitions, "episode_transitions.success_transitions"),
            join(transitions.failure_transitions, "episode_transitions.failure_transitions"),
            transitions.success_episodes,
            transitions.failure_episodes,
        ),
        wire.Ngrams(
            **{
                name: join(counts, f"ngram_stats.{name}")
                for name, counts in snapshot.ngram_stats.by_name().items()
            }
        ),
        _performance_to_wire(snapshot.selection_performance),
        _actions_to_wire("contextual_stats", join(snapshot.contextual_stats, "contextual_stats")),
        _actions_to_wire("action_stats", snapshot.action_stats),
    )


def metadata_to_wire(metadata: SnapshotMetadata) -> wire.Metadata:
    """The metadata in the shape of `meta.json`."""
    return wire.Metadata(**asdict(metadata))


def _performance_to_wire(performance: SelectionPerformance) -> wire.Performance:
    owner = "selection_performance"
    for number, switch in enumerate(performance.switch_history):
        for rate in ("success_rate_at_switch", "from_strategy_success_rate"):
            check_double(f"{owner}.switch_history[{number}].{rate}", getattr(switch, rate))
    start_rate = performance.strategy_start_success_rate
    return wire.Performance(
        strategy_stats={
            name: wire.Strategy(**asdict(stats)) for name, stats in performance.strategy_stats.items()
        },
        switch_history=[wire.Switch(**asdict(switch)) for switch in performance.switch_history],
        current_strategy=performance.current_strategy,
        strategy_start_visits=performance.strategy_start_visits,
        strategy_start_success_rate=check_double(f"{owner}.strategy_start_success_rate", start_rate),
    )


def _actions_to_wire(owner: str, stats: Mapping[str, ActionStats]) -> dict[str, wire.Action]:
    return {
        key: wire.Action(
            action.visits,
            action.successes,
            action.failures,
            action.discoveries,
            action.total_duration_ms,
            check_double(f"{owner}[{key!r}].kpi_total", action.kpi_total),
            action.kpi_count,
        )
        for key, action in stats.items()
    }


def decode_model(text: str | bytes, *, known: bool = False) -> OfflineModel:
    """Read an `offline_model.json`; `known` is that of `decode_snapshot`.

    Raises SnapshotFormatError with the path of the bad field.
    """
    return model_from_wire(_decode_version(_models, text, MODEL_VERSION, known))


def model_from_wire(read: wire.Model) -> OfflineModel:
    """The model that was read."""
    return msgspec.convert(read, OfflineModel, from_attributes=True)


def encode_model(model: OfflineModel) -> str:
    """Write an `offline_model.json`, indented. Raises InvalidValueError kinds."""
    return encode(model_to_wire(model))


def model_to_wire(model: OfflineModel) -> wire.Model:
    """The model in the shape of `offline_model.json`. Raises InvalidValueError kinds."""
    check_model(model)
    return msgspec.convert(model, wire.Model, from_attributes=True)


def read_snapshot(
    make: Callable[..., _Snapshot], path: Path, *, within: Path | None = None, follow: bool = False
) -> _Snapshot:
    """Read a file; `within` and `follow` are those of `disk.opened`. In a store its version must be known.

    Raises SnapshotFormatError naming it, and OSError.
    """
    with naming(path):
        return decode_snapshot(make, read_bytes(path, within=within, follow=follow), known=within is not None)


def read_model(path: Path, *, within: Path | None = None) -> OfflineModel:
    """Read a file; `within` is that of `disk.opened`. Raises SnapshotFormatError naming it, and OSError."""
    with naming(path):
        return decode_model(read_bytes(path, within=within), known=within is not None)


@contextlib.contextmanager
def naming(what: Path | str) -> Iterator[None]:
    """Have what is wrong with text say whose it is."""
    try:
        yield
    except SnapshotFormatError as error:
        raise SnapshotFormatError(f"{what}: {error}") from None


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
        raise SnapshotFormatError(f"this is not a complete JSON document: {error}") from None


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


def encode(data: msgspec.Struct) -> str:
    """Write as indented JSON, maps in byte order. Raises InvalidTextError for a lone surrogate."""
    try:
        return msgspec.json.format(msgspec.json.encode(data, order="deterministic"), indent=2).decode()
    except UnicodeEncodeError as error:
        problem = f"{error.object[:40]!a} contains a lone surrogate, which JSON in UTF-8 cannot hold"
        raise InvalidTextError("text", problem) from None
