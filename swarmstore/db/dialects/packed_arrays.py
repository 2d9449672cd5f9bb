"""Columns as arrays in binary, those of numbers packed by one call each, for statements on PostgreSQL.

psycopg packs an array value by value, which would be the greater part of a save's own time, and those of
text as text, which `array_nulls` and `standard_conforming_strings` change the meaning of.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from typing import Any, NamedTuple, TypeAlias

import sqlalchemy as sa
from sqlalchemy.types import TypeEngine, UserDefinedType

from swarmstore.db.dialects.base import Values

Type: TypeAlias = TypeEngine[Any]
_NULL = struct.pack(">i", -1)


def _with_size(value: bytes) -> bytes:
    return struct.pack(">i", len(value)) + value


class _Element(NamedTuple):
    """What an array is made of: its type in SQL and in PostgreSQL's catalogue, and that of its arrays."""

    name: str
    oid: int
    arrays: int
    field: Callable[[Any], bytes]  # a value with its size before it
    code: str | None = None  # struct's, of numbers of eight bytes


_ELEMENTS: Mapping[type[Type], _Element] = {
    sa.BigInteger: _Element("BIGINT", 20, 1016, partial(struct.Struct(">iq").pack, 8), "q"),
    sa.Double: _Element("DOUBLE PRECISION", 701, 1022, partial(struct.Struct(">id").pack, 8), "d"),
    sa.SmallInteger: _Element("SMALLINT", 21, 1005, partial(struct.Struct(">ih").pack, 2)),
    sa.Boolean: _Element("BOOLEAN", 16, 1000, partial(struct.Struct(">i?").pack, 1)),
    sa.LargeBinary: _Element("BYTEA", 17, 1001, _with_size),
    sa.Text: _Element("TEXT", 25, 1009, lambda value: _with_size(value.encode())),
}


class PackedValues(bytes):
    """An array in PostgreSQL's binary format, which no setting of the session has a say in."""


PACKED: Mapping[_Element, type[PackedValues]] = {
    element: type(f"_{element.name.title()}Array".replace(" ", ""), (PackedValues,), {})
    for element in _ELEMENTS.values()
}
"""The class of the parameters that are arrays of an element: the driver is told its type by it."""


class PackedArray(UserDefinedType[Values]):
    """A parameter of many values of a type on PostgreSQL, None among them or not."""

    cache_ok = True
    render_bind_cast = True

    def __init__(self, of: Type) -> None:
        self.of = of
        self.element = next(element for kind, element in _ELEMENTS.items() if isinstance(of, kind))

    def get_col_spec(self, **_kw: object) -> str:
        """The type's name in SQL."""
        return f"{self.element.name}[]"

    def bind_processor(self, _dialect: sa.Dialect) -> Callable[[Values | None], bytes]:
        """What packs a value."""
        packed = PACKED[self.element]
        return lambda values: packed(_array(self.element, values or ()))


def given_rows(alias: str, types: Mapping[str, Type], prefix: str = "") -> sa.FromClause:
    """Rows whose columns are arrays in parameters, named as the columns behind a prefix."""
    arrays = [sa.bindparam(prefix + name, type_=PackedArray(type_)) for name, type_ in types.items()]
    rows = sa.func.unnest(*arrays).table_valued(*[sa.column(name, type_) for name, type_ in types.items()])
    return rows.render_derived(name=alias)


def _array(element: _Element, values: Values) -> bytes:
    if not values:
        return struct.pack(">3i", 0, 0, element.oid)
    # of one dimension, in which NULL may be, and whose first index is 1
    head = struct.pack(">5i", 1, 1, element.oid, len(values), 1)
    if element.code:
        with_sizes: list[object] = [8] * (2 * len(values))
        with_sizes[1::2] = values
        row = f"i{element.code}"
        with suppress(struct.error):  # of None: looking for it first would take as long as all the rest
            # struct.pack would keep the format, which is as long as the rows
            return head + struct.Struct(">" + row * len(values)).pack(*with_sizes)
    return head + b"".join([_NULL if value is None else element.field(value) for value in values])
