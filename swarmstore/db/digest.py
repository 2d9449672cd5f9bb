"""A digest of a session's content, the same from a snapshot and from its rows.

Equal content has an equal digest whatever the order of its maps. Version 1: BLAKE2b-128 over the
header and then each kind of facts, column by column. Everything is length-prefixed; a missing
count is -1, which no count is. Names stand behind their sequence ids.
"""

from __future__ import annotations

import struct
import sys
from array import array
from collections.abc import Callable, Iterable
from functools import cache, partial
from hashlib import blake2b
from itertools import chain, groupby
from typing import Any

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
        columns = rows.columns(kind)
        for encode, names in _runs(kind):
            digest.update(encode(chain.from_iterable([columns[name] for name in names])))
    return digest.digest()


@cache
def _runs(kind: Kind) -> list[tuple[Callable[[Iterable[Any]], bytes], list[str]]]:
    """The columns of a kind in runs of one type, with what makes bytes of a run's values."""
    return [(encode, list(names)) for encode, names in groupby(COLUMNS[kind], partial(_encoder, kind))]


def _encoder(kind: Kind, name: str) -> Callable[[Iterable[Any]], bytes]:
    type_ = SESSIONS.facts[kind].c[name].type
    if type_ is Name:
        return _texts
    return _doubles if isinstance(type_, ExactDouble) else _integers


def _texts(values: Iterable[str]) -> bytes:
    return b"".join(map(_value, values))


def _doubles(values: Iterable[float]) -> bytes:
    return _packed(array("d", values))


def _integers(values: Iterable[int | None]) -> bytes:
    listed = list(values)
    return _packed(array("q", [-1 if v is None else v for v in listed] if None in listed else listed))


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
