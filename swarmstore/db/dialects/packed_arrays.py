"""Columns as arrays in binary, those of numbers packed by one call each, for statements on PostgreSQL.

psycopg packs an array value by value, which would be the greater part of a save's own time, and those of
text as text, which `array_nulls` and `standard_conforming_strings` change the meaning of.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    Boolean,
    Dialect,
    Double,
    FromClause,
    LargeBinary,
    SmallInteger,
    Text,
    bindparam,
    column,
    func,
)
from sqlalchemy.types import TypeEngine, UserDefinedType

_NULL = struct.pack(">i", -1)
_BLOCK = 256  # rows packed by one call: struct keeps formats, which are as long as their rows


class _Element(NamedTuple):
    """What an array is made of: its type in SQL and in PostgreSQL's catalogue, and that of its arrays."""

    name: str
    oid: int
    arrays: int
    code: str | None = None  # struct's, of numbers of eight bytes; others are packed one by one
    bytes_of: Callable[[Any], bytes] = bytes


_INT8 = _Element("BIGINT", 20, 1016, "q")
_FLOAT8 = _Element("DOUBLE PRECISION", 701, 1022, "d")
_ELEMENTS: Sequence[tuple[type[TypeEngine[Any]], _Element]] = (
    (BigInteger, _INT8),
    (Double, _FLOAT8),
    (SmallInteger, _Element("SMALLINT", 21, 1005, bytes_of=struct.Struct(">h").pack)),
    (Boolean, _Element("BOOLEAN", 16, 1000, bytes_of=struct.Struct(">?").pack)),
    (LargeBinary, _Element("BYTEA", 17, 1001)),
    (Text, _Element("TEXT", 25, 1009, bytes_of=str.encode)),
)


class PackedValues(bytes):
    """An array in PostgreSQL's binary format, which no setting of the session has a say in."""


PACKED: Mapping[_Element, type[PackedValues]] = {
    element: type(f"_{element.name.title()}Array".replace(" ", ""), (PackedValues,), {})
    for _, element in _ELEMENTS
}
"""The class of the parameters that are arrays of an element: the driver is told its type by it."""


class PackedArray(UserDefinedType[Sequence[Any]]):
    """A parameter of many values of a type on PostgreSQL, None among them or not."""

    cache_ok = True
    render_bind_cast = True

    def __init__(self, of: TypeEngine[Any]) -> None:
        self.of = of
        self.element = next(element for kind, element in _ELEMENTS if isinstance(of, kind))

    def get_col_spec(self, **_kw: Any) -> str:
        """The type's name in SQL."""
        return f"{self.element.name}[]"

    def bind_processor(self, dialect: Dialect) -> Callable[[Sequence[Any] | None], bytes]:
        """What packs a value."""
        del dialect  # there is one that has arrays
        element = self.element
        packed, pack = PACKED[element], _of_numbers if element.code else _of_any
        return lambda values: packed(pack(element, values or ()))


def given_rows(alias: str, types: Mapping[str, TypeEngine[Any]], prefix: str = "") -> FromClause:
    """Rows whose columns are arrays in parameters, named as the columns behind a prefix."""
    arrays = [bindparam(prefix + name, type_=PackedArray(type_)) for name, type_ in types.items()]
    rows = func.unnest(*arrays).table_valued(*[column(name, type_) for name, type_ in types.items()])
    return rows.render_derived(name=alias)


def _head(element: _Element, values: Sequence[Any], *, some_missing: bool) -> bytes:
    if not values:
        return struct.pack(">3i", 0, 0, element.oid)
    return struct.pack(">5i", 1, some_missing, element.oid, len(values), 1)  # of one dimension, from 1


def _of_numbers(element: _Element, values: Sequence[Any]) -> bytes:
    with_sizes: list[Any] = [8] * (2 * len(values))
    with_sizes[1::2] = values
    try:
        return _head(element, values, some_missing=False) + packed_rows(f"i{element.code}", with_sizes)
    except struct.error:  # looking for None first would take as long as all the rest
        fields = map(field_packer(element.code or ""), values)
        return _head(element, values, some_missing=True) + b"".join(fields)


def _of_any(element: _Element, values: Sequence[Any]) -> bytes:
    parts = [_head(element, values, some_missing=None in values)]
    for value in values:
        if value is None:
            parts.append(_NULL)
        else:
            packed = element.bytes_of(value)
            parts += (struct.pack(">i", len(packed)), packed)
    return b"".join(parts)


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
