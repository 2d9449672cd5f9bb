"""The declarative base, and how a column of each kind is declared."""

from __future__ import annotations

from typing import Any, ClassVar, TypeAlias, cast

from sqlalchemy import Identity, MetaData, Table
from sqlalchemy.orm import DeclarativeBase, MappedColumn, mapped_column

from swarmstore.db.dialects.column_types import Bytes, Count, ExactDouble, Flag, Name, Small
from swarmstore.db.dialects.packed_arrays import Type

_NAMES = {
    "pk": "pk_%(table_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
}

STRICT: dict[str, Any] = {"sqlite_strict": True}
STRICT_BY_KEY = STRICT | {"sqlite_with_rowid": False}  # half the size, when the key is the row

_Declared: TypeAlias = MappedColumn[Any]  # of the type that `Mapped` says


class Base(DeclarativeBase):
    """All tables, without a schema: it is set when a statement runs."""

    metadata = MetaData(naming_convention=_NAMES)
    table: ClassVar[Table]
    """That of a model, for statements that make no objects."""

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        cls.table = cast(Table, cls.__table__)
        cls.registry.configure()  # at first use it would take a lock that a child forked then finds taken


def count(comment: str, **options: Any) -> _Declared:
    """An integer of 64 bits. Here as in the following, `Mapped` says whether it may be NULL."""
    return mapped_column(Count, comment=comment, **options)


def small(comment: str) -> _Declared:
    """An integer of 16 bits."""
    return mapped_column(Small, comment=comment)


def double(comment: str) -> _Declared:
    """A finite double."""
    return mapped_column(ExactDouble, comment=comment)


def text(comment: str, **options: Any) -> _Declared:
    """Text in byte order."""
    return mapped_column(Name, comment=comment, **options)


def data(comment: str) -> _Declared:
    """Some bytes."""
    return mapped_column(Bytes, comment=comment)


def flag(comment: str, **options: Any) -> _Declared:
    """True or false."""
    return mapped_column(Flag, comment=comment, **options)


def row_id(comment: str = "Given out once, never again") -> _Declared:
    """A number that the database gives out."""
    return mapped_column(Count, Identity(), primary_key=True, comment=comment)


def key(comment: str, type_: Type = Count) -> _Declared:
    """A part of the primary key that somebody else gives out."""
    return mapped_column(type_, primary_key=True, autoincrement=False, comment=comment, sort_order=-9)
