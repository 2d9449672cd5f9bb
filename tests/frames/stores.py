"""Stores with everything in them that a file may lose, and their views as the database itself has them."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import psycopg
from psycopg.rows import tuple_row
from sqlalchemy import make_url

from swarmstore import LearningStore
from swarmstore.model.limits import MAX_TOTAL
from tests.snapshots import any_named, full, model, simple

Rows = list[tuple[Any, ...]]


def fill(url: str) -> None:
    """NULL beside "", an unsigned hash, times out of range, names of 3,000 letters, a pending session."""
    with LearningStore.open(url) as store:
        store.save_session("日本語", full(), "1700000000")
        store.save_session("", full(), "not a time")
        store.save_session("", any_named(), str(MAX_TOTAL))
        store.fold()
        store.save_session("plain", simple(task='two\nlines, "quoted"'), "1700000001")
        store.save_session("plain", simple(3), "1700000002")
        store.save_offline_model("日本語", model())
        store.save_offline_model("plain", model())


def rows_in(url: str, view: str, order: Sequence[str]) -> Rows:
    """A view's rows in its order as the driver alone reads them, values that differ made the same."""
    ordered = ", ".join(f"{column} NULLS FIRST" for column in order)
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(make_url(url).database or "")) as connection:
            return connection.execute(f"SELECT * FROM {view} ORDER BY {ordered}").fetchall()
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, row_factory=tuple_row) as connection:
        found = connection.execute(f"SELECT * FROM swarmstore.{view} ORDER BY {ordered}")
        return found.fetchall()


def alike(rows: Rows, types: Sequence[str]) -> Rows:
    """The rows with times, days and unsigned numbers as one text each, whoever has read them."""
    return [tuple(_text(value, type_) for value, type_ in zip(row, types, strict=True)) for row in rows]


def _text(value: Any, type_: str) -> Any:
    if value is None or type_ not in ("time", "day", "unsigned"):
        return value
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    if isinstance(value, date | int | Decimal):
        return str(value)
    assert isinstance(value, str)
    return value.replace("Z", ".000Z") if type_ == "time" and "." not in value else value
