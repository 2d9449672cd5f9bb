"""A digest of a session's content, the same from a snapshot and from its rows.

Equal content has an equal digest whatever the order of its maps. Version 1: BLAKE2b-128 over the
header and then each kind of facts, column by column. Everything is length-prefixed; a missing
count is -1, which no count is. Names stand behind their sequence ids.
"""

from __future__ import annotations

import struct
import sys
from array import array
from collections.abc import Callable, Sequence
from functools import cache
from hashlib import blake2b
from typing import Any, cast

from sqlalchemy.types import TypeEngine

from swarmstore.db.headers import HEADER_COLUMNS
from swarmstore.db.rows import COLUMNS, SnapshotRows
from swarmstore.db.tables.families import SESSIONS, Kind
from swarmstore.db.types import ExactDouble, Name

DIGEST_VERSION = 1


def content_digest(rows: SnapshotRows) -> bytes:
    """16 bytes that stand for a session's whole content."""
    digest = blake2b(digest_size=16)
    for name in HEADER_COLUMNS:
        digest.update(_value(rows.header[name]))
    for kind in Kind:
        digest.update(struct.pack("<q", len(rows.facts[kind][0])))
        for encode, values in zip(_encoders(kind), rows.facts[kind], strict=True):
            digest.update(encode(values))
    return digest.digest()


@cache
def _encoders(kind: Kind) -> list[Callable[[Sequence[Any]], bytes]]:
    """What makes bytes of each column of a kind."""
    return [_encoder(SESSIONS.facts[kind].c[name].type) for name in COLUMNS[kind]]


def _encoder(type_: TypeEngine[Any]) -> Callable[[Sequence[Any]], bytes]:
    if type_ is Name:
        return _texts
    return _doubles if isinstance(type_, ExactDouble) else _integers


def _texts(values: Sequence[str]) -> bytes:
    return b"".join(map(_value, values))


def _doubles(values: Sequence[float]) -> bytes:
    return _packed(array("d", values))


def _integers(values: Sequence[int | None]) -> bytes:
    try:
        return _packed(array("q", cast(Sequence[int], values)))
    except TypeError:  # looking for None first would take as long as all the rest
        return _packed(array("q", [-1 if value is None else value for value in values]))


def _packed(values: array[Any]) -> bytes:
    if sys.byteorder == "big":
        values.byteswap()
    return values.tobytes()


def _value(value: Any) -> bytes:
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
