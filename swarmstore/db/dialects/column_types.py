"""Column types that hold the same values on both databases.

SQLite's tables are STRICT, so that a sum past 64 bits is an error there too instead of a double.
"""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Boolean, Double, Integer, LargeBinary, SmallInteger, Text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler

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


def list_of(type_: Type) -> Type:
    """Many values as one parameter: an array on PostgreSQL, a JSON list on SQLite."""
    return PackedArray(type_).with_variant(JSON(), "sqlite")
