"""A digest of a session's content, the same from a snapshot and from its rows.

Equal content has an equal digest whatever the order of its maps. Digests are stored, so a version
never changes: its columns, their order and their encoding are written out here and do not depend on
the tables, which may get more columns. Other columns in a digest are another version, for content that
has something in them; all other content keeps its digest, so that digests of any versions can be compared.

Version 1: BLAKE2b-128 over the header and then each kind of facts, column by column. Everything is
length-prefixed; a missing count is -1, which no count is. Names stand behind their sequence ids.
"""

from __future__ import annotations

import struct
import sys
from array import array
from collections.abc import Mapping, Sequence
from hashlib import blake2b
from types import MappingProxyType

from swarmstore.db.dialects.base import Values
from swarmstore.db.mapping.rows import SnapshotRows
from swarmstore.db.schema.families import Kind
from swarmstore.errors import SchemaAheadError

DIGEST_VERSION = 1


def content_digest(rows: SnapshotRows, version: int = DIGEST_VERSION) -> bytes:
    """16 bytes that stand for a session's whole content. Raises SchemaAheadError."""
    if version > DIGEST_VERSION:
        raise SchemaAheadError(
            f"a session's content digest is of version {version}, ahead of this swarmstore, which knows "
            f"{DIGEST_VERSION}; install a newer swarmstore"
        )
    digest = blake2b(digest_size=16)
    for name in _HEADER_1:
        digest.update(_value(rows.header[name]))
    for kind, columns in _FACTS_1.items():
        facts = rows.columns(kind)
        digest.update(struct.pack("<q", len(facts[columns[0]])))
        for name in columns:
            digest.update(_column(name, facts[name]))
    return digest.digest()


def same_content(version: int, digest: bytes, rows: SnapshotRows) -> bool:
    """Whether a stored digest of this version is that of these rows. Raises SchemaAheadError."""
    return content_digest(rows, version) == digest


def _column(name: str, values: Values) -> bytes:
    if name in _TEXTS_1:
        return b"".join(map(_value, values))
    if name in _DOUBLES_1:
        return _packed(array("d", values))
    try:
        return _packed(array("q", values))
    except TypeError:  # looking for None first would take as long as all the rest
        return _packed(array("q", [-1 if value is None else value for value in values]))


def _packed(values: array[int] | array[float]) -> bytes:
    if sys.byteorder == "big":
        values.byteswap()
    return values.tobytes()


def _value(value: object) -> bytes:
    match value:
        case None:
            return b"n"
        case int():
            return struct.pack("<cq", b"i", value)
        case float():
            return struct.pack("<cd", b"d", value)
        case _:
            encoded = str(value).encode()
            return struct.pack("<cq", b"t", len(encoded)) + encoded


_HEADER_1 = (
    *("version", "scenario_name", "task_description", "created_at", "session_count", "total_episodes"),
    *("total_actions", "phase", "group_id", "success_episodes", "failure_episodes", "current_strategy"),
    *("strategy_start_visits", "strategy_start_success_rate"),
)
_DOUBLES_1 = {"kpi_total", "success_rate_at_switch", "from_strategy_success_rate"}
_TEXTS_1 = {"strategy", "from_strategy", "to_strategy"}
_ACTIONS_1 = (
    *("sequence_id", "visits", "successes", "failures", "discoveries", "total_duration_ms"),
    *("kpi_total", "kpi_count"),
)
_FACTS_1: Mapping[Kind, Sequence[str]] = MappingProxyType(
    {
        Kind.TRANSITIONS: ("sequence_id", "success_count", "failure_count"),
        Kind.NGRAMS: ("sequence_id", "success_count", "failure_count"),
        Kind.CONTEXTS: _ACTIONS_1,
        Kind.ACTIONS: _ACTIONS_1,
        Kind.STRATEGIES: (
            *("strategy", "visits", "successes", "failures", "usage_count"),
            *("episodes_success", "episodes_failure"),
        ),
        Kind.SWITCHES: (
            *("ordinal", "from_strategy", "to_strategy", "visits_at_switch"),
            *("success_rate_at_switch", "from_strategy_success_rate"),
        ),
    }
)
