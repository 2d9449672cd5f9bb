"""Column types that hold the same values on both databases.

SQLite's tables are STRICT, so that a sum past 64 bits is an error there too instead of a double.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import BigInteger, Boolean, Dialect, Double, Integer, LargeBinary, SmallInteger, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.types import TypeDecorator, TypeEngine

Count = BigInteger().with_variant(Integer(), "sqlite")
Small = SmallInteger().with_variant(Integer(), "sqlite")
Name = Text().with_variant(Text(collation="C"), "postgresql")  # byte order, as SQLite's BINARY
Bytes = LargeBinary()


class ExactDouble(Double[float]):
    """A double kept bit for bit: SQLite's REAL columns turn -0.0 into 0.0, its ANY columns do not."""


class Flag(Boolean):
    """True or false, an integer on SQLite, whose STRICT tables know no other name for it."""


@compiles(ExactDouble, "sqlite")
def _exact_double_on_sqlite(_type: ExactDouble, _compiler: Any, **_kw: Any) -> str:
    return "ANY"


@compiles(Flag, "sqlite")
def _flag_on_sqlite(_type: Flag, _compiler: Any, **_kw: Any) -> str:
    return "INTEGER"


class IdList(TypeDecorator[Sequence[int]]):
    """Many ids as one parameter: an array on PostgreSQL, a JSON list on SQLite."""

    impl = ARRAY(BigInteger)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """The parameter's type on this database."""
        return Text() if dialect.name == "sqlite" else ARRAY(BigInteger)

    def process_bind_param(self, value: Sequence[int] | None, dialect: Dialect) -> Any:
        """The list in the form that this database takes."""
        if dialect.name == "sqlite" and value is not None:
            return json.dumps(list(value))
        return value
