"""Columns of numbers as arrays in binary, packed by one call each, for statements on PostgreSQL.

psycopg packs an array value by value, which would be the greater part of a save's own time.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import psycopg
from psycopg.adapt import Dumper
from psycopg.pq import Format
from sqlalchemy import (
    BigInteger,
    Dialect,
    Double,
    FromClause,
    bindparam,
    column,
    func,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import TypeEngine, UserDefinedType

_INT8, _FLOAT8 = 20, 701  # the elements' type in PostgreSQL's catalogue
_NULL = struct.pack(">i", -1)
_BLOCK = 256  # rows packed by one call: struct keeps formats, which are as long as their rows


class _Int8Array(bytes):
    """An array of bigint in PostgreSQL's binary format."""


class _Float8Array(bytes):
    """An array of double precision in PostgreSQL's binary format."""


class _Int8ArrayDumper(Dumper):
    format = Format.BINARY
    oid = 1016

    def dump(self, obj: bytes) -> bytes:
        return obj


class _Float8ArrayDumper(_Int8ArrayDumper):
    oid = 1022


psycopg.adapters.register_dumper(_Int8Array, _Int8ArrayDumper)
psycopg.adapters.register_dumper(_Float8Array, _Float8ArrayDumper)


class NumberArray(UserDefinedType[Sequence[Any]]):
    """A parameter of many bigints or doubles, None among them or not."""

    cache_ok = True
    render_bind_cast = True

    def __init__(self, doubles: bool = False) -> None:
        self.doubles = doubles

    def get_col_spec(self, **_kw: Any) -> str:
        """The type's name in SQL."""
        return "DOUBLE PRECISION[]" if self.doubles else "BIGINT[]"

    def bind_processor(self, dialect: Dialect) -> Callable[[Sequence[Any] | None], bytes]:
        """What packs a value."""
        del dialect  # there is one that has arrays
        if self.doubles:
            return lambda values: _Float8Array(_packed(_FLOAT8, "d", values or ()))
        return lambda values: _Int8Array(_packed(_INT8, "q", values or ()))


def given_rows(alias: str, types: Mapping[str, TypeEngine[Any]], prefix: str = "") -> FromClause:
    """Rows whose columns are arrays in parameters, named as the columns behind a prefix."""
    arrays = [bindparam(prefix + name, type_=_array_of(type_)) for name, type_ in types.items()]
    rows = func.unnest(*arrays).table_valued(*[column(name, type_) for name, type_ in types.items()])
    return rows.render_derived(name=alias)


def _array_of(type_: TypeEngine[Any]) -> TypeEngine[Sequence[Any]]:
    if isinstance(type_, Double | BigInteger):
        return NumberArray(doubles=isinstance(type_, Double))
    return ARRAY(type_)


def _packed(element: int, code: str, values: Sequence[Any]) -> bytes:
    count = len(values)
    head = struct.pack(">5i", 1 if count else 0, 0, element, count, 1)  # of one dimension, from 1
    if not count:
        return head[:12]
    with_sizes: list[Any] = [8] * (2 * count)
    with_sizes[1::2] = values
    try:
        return head + packed_rows(f"i{code}", with_sizes)
    except struct.error:  # looking for None first would take as long as all the rest
        some_missing = struct.pack(">5i", 1, 1, element, count, 1)
        return some_missing + b"".join(map(field_packer(code), values))


def packed_rows(row: str, values: Sequence[Any]) -> bytes:
    """The values of rows, whose format is `row`, one behind the other. Raises struct.error for None."""
    block = _BLOCK * len(row)
    return b"".join(
        [
            struct.pack(">" + row * (len(part) // len(row)), *part)
            for part in (values[start : start + block] for start in range(0, len(values), block))
        ]
    )


def field_packer(code: str) -> Callable[[Any], bytes]:
    """What makes a field of a value or of None, with its size before it."""
    pack = struct.Struct(f">i{code}").pack
    return lambda value: _NULL if value is None else pack(8, value)
