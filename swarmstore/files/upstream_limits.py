"""What upstream can read of a snapshot or a model. The rest is left out or reduced.

Counts are reduced to 2^32 - 1, and a LoRA's scale to the greatest 32-bit float. Statistics by context, which
upstream can neither write nor read, and keys with a ':' in any name but the last, which it would read as
other names, are left out.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum
from typing import TypeVar

import msgspec

from swarmstore.model.json.joined_keys import joinable
from swarmstore.model.limits import MODEL_VERSION, SNAPSHOT_VERSION
from swarmstore.model.offline_model import OfflineModel
from swarmstore.model.snapshot import LearningSnapshot
from swarmstore.model.stats import NgramStats

_Key = TypeVar("_Key", bound=tuple[str, ...])
_Value = TypeVar("_Value")
_Wire = TypeVar("_Wire", bound=msgspec.Struct)

MOST = 2**32 - 1
GREATEST_SCALE = float.fromhex("0x1.fffffep+127")
_OF_64_BITS = {"created_at", "total_duration", "updated_at", "analyzed_sessions", "action_set_hash"}


class Limit(StrEnum):
    """Why a file holds less than the store."""

    CONTEXTS = "statistics by context"
    NAMES = "names with ':'"
    COUNTS = "counts above 4294967295"
    SCALE = "a LoRA's scale above 3.4e38"
    VERSION = "versions above 1"


class Readable:
    """Makes readable copies; `limits` says what stood in the way."""

    def __init__(self) -> None:
        self.limits: set[Limit] = set()

    def snapshot(self, whole: LearningSnapshot) -> LearningSnapshot:
        """The snapshot without what upstream has no place for."""
        episodes = whole.episode_transitions
        if whole.contextual_stats:
            self.limits.add(Limit.CONTEXTS)
        return replace(
            whole,
            version=self._version(whole.version, SNAPSHOT_VERSION),
            episode_transitions=replace(
                episodes,
                success_transitions=self._joinable(episodes.success_transitions),
                failure_transitions=self._joinable(episodes.failure_transitions),
            ),
            ngram_stats=NgramStats.of_lengths(map(self._joinable, whole.ngram_stats.by_length())),
            contextual_stats={},
        )

    def model(self, whole: OfflineModel) -> OfflineModel:
        """The model with a scale that upstream can read."""
        readable = replace(whole, version=self._version(whole.version, MODEL_VERSION))
        order = whole.action_order
        if order is not None and order.lora is not None and abs(order.lora.scale) > GREATEST_SCALE:
            self.limits.add(Limit.SCALE)
            scale = math.copysign(GREATEST_SCALE, order.lora.scale)
            readable.action_order = order.with_lora(replace(order.lora, scale=scale))
        return readable

    def counts(self, whole: _Wire) -> _Wire:
        """The same with counts that upstream can read."""
        read = self._brought_down(msgspec.to_builtins(whole))
        return msgspec.convert(read, type(whole)) if Limit.COUNTS in self.limits else whole

    def _version(self, version: int, newest: int) -> int:
        # what is written is all of that version; a newer one is refused where a store's files are read
        if version > newest:
            self.limits.add(Limit.VERSION)
        return min(version, newest)

    def _joinable(self, counted: Mapping[_Key, _Value]) -> dict[_Key, _Value]:
        kept = {key: value for key, value in counted.items() if joinable(key)}
        if len(kept) < len(counted):
            self.limits.add(Limit.NAMES)
        return kept

    def _brought_down(self, data: object, name: str = "") -> object:
        if isinstance(data, int):
            if data <= MOST or name in _OF_64_BITS:
                return data
            self.limits.add(Limit.COUNTS)
            return MOST
        if isinstance(data, dict):
            return {key: self._brought_down(value, key) for key, value in data.items()}
        return [*map(self._brought_down, data)] if isinstance(data, list | tuple) else data


def with_unreadable(read: LearningSnapshot, whole: LearningSnapshot) -> LearningSnapshot:
    """Combine what upstream has made of a file with what it could not read, and so did not change."""
    runs, all_runs = read.episode_transitions, whole.episode_transitions
    return replace(
        read,
        episode_transitions=replace(
            runs,
            success_transitions=_joined(runs.success_transitions, all_runs.success_transitions),
            failure_transitions=_joined(runs.failure_transitions, all_runs.failure_transitions),
        ),
        ngram_stats=NgramStats.of_lengths(
            map(_joined, read.ngram_stats.by_length(), whole.ngram_stats.by_length())
        ),
        contextual_stats=whole.contextual_stats | read.contextual_stats,
    )


def _joined(read: dict[_Key, _Value], whole: Mapping[_Key, _Value]) -> dict[_Key, _Value]:
    return read | {key: value for key, value in whole.items() if not joinable(key)}
