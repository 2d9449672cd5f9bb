"""Column types that hold the same values on both databases.

SQLite's tables are STRICT, so that a sum past 64 bits is an error there too instead of a double.
"""

from __future__ import annotations

import json

from sqlalchemy import BigInteger, Boolean, Dialect, Double, Integer, LargeBinary, SmallInteger, Text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeDecorator

from swarmstore.db.dialects.base import Values
from swarmstore.db.dialects.packed_arrays import PackedArray, Type

Count = BigInteger().with_variant(Integer(), "sqlite")
Small = SmallInteger().with_variant(Integer(), "sqlite")
Name = Text().with_variant(Text(collation="C"), "postgresql")  # byte order, as SQLite's BINARY
Bytes = LargeBinary()


class ExactDouble(Double[float]):
    """A double kept bit for bit: SQLite's REAL columns turn -0.0 into 0.0, its ANY columns do not."""


class Flag(Boolean):
    """True or false, an integer on SQLite, whose STRICT tables know no other name for it."""


@compiles(ExactDouble, "sqlite")
def _exact_double_on_sqlite(_type: ExactDouble, _compiler: SQLCompiler, **_kw: object) -> str:
    return "ANY"


@compiles(Flag, "sqlite")
def _flag_on_sqlite(_type: Flag, _compiler: SQLCompiler, **_kw: object) -> str:
    return "INTEGER"


class ListOf(TypeDecorator[Values]):
    """Many values as one parameter: an array on PostgreSQL, a JSON list on SQLite."""

    impl = Text
    cache_ok = True

    def __init__(self, of: Type) -> None:
        super().__init__()
        self.of = of

    def load_dialect_impl(self, dialect: Dialect) -> Type:
        """The parameter's type on this database."""
        return Text() if dialect.name == "sqlite" else PackedArray(self.of)

    def process_bind_param(self, value: Values | None, dialect: Dialect) -> Values | None:
        """The list in the form that this database takes."""
        return json.dumps(list(value)) if dialect.name == "sqlite" and value is not None else value
