"""How a store uses its database, and what `LearningStore.open` takes besides a URL."""

from __future__ import annotations

import math
import os
from dataclasses import dataclass, fields
from typing import TypedDict

from swarmstore.disk import is_text
from swarmstore.errors import ConfigurationError

POOLER_VARIABLE = "SWARMSTORE_POOLER"
_LONGEST_WAIT = 1e9  # seconds
_MOST_WAITING = 1_000_000_000
_STANDS_FOR_SCHEMA = "__[SCHEMA_"  # in SQLAlchemy's statements
_LONGEST_NAME = 63  # bytes, of PostgreSQL's
_ARTICLES: dict[type, str] = {int: "an int", float: "a number", bool: "True or False", str: "a str"}
_SYNCHRONOUS = ("off", "normal", "full", "extra")


class SettingsArguments(TypedDict, total=False):
    """The keywords of all that takes a URL, as `LearningStore.open`: the fields of `Settings`."""

    schema: str
    pool_size: int
    timeout_seconds: float
    maintenance_seconds: float
    fold_at: int
    fold_in_background: bool
    pooler: bool
    synchronous: str
    create: bool


@dataclass(frozen=True, slots=True)
class Settings:
    """How a store uses its database.

    schema: the PostgreSQL schema that holds all tables. SQLite does not use it.
    pool_size: the number of connections kept open. Under load up to twice as many are opened.
    timeout_seconds: how long a call waits for a connection, for locks and, on PostgreSQL, for all
        answers of one transaction. On SQLite, how long it waits for another writer.
    maintenance_seconds: the same limit for calls that read much of the store: merges, offline
        learning, folds, pruning, verification and imports.
    fold_at: the number of sessions pending for a scenario's total at which a save adds them to the
        cached total. For the global total it is four times that number.
    fold_in_background: on PostgreSQL, pending sessions are added by a thread of the store, so that no
        save waits for it. The thread opens one more connection if all are in use. With False the
        save does it itself.
    pooler: set this to True behind a connection pooler such as PgBouncer. No statements are prepared
        then, and the session's settings are checked when the store is opened instead of being set.
        Where the keyword is left out, `SWARMSTORE_POOLER=1` has the same effect.
    synchronous: SQLite's PRAGMA of this name: `off`, `normal`, `full` or `extra`. `full` survives a
        power cut; `normal` may lose the last saves.
    create: with False, a SQLite file that does not exist is an error instead of being made.
        PostgreSQL does not use it.
    """

    schema: str = "swarmstore"
    pool_size: int = 5
    timeout_seconds: float = 30.0
    maintenance_seconds: float = 3600.0
    fold_at: int = 16
    fold_in_background: bool = True
    pooler: bool = False
    synchronous: str = "full"
    create: bool = True

    def __post_init__(self) -> None:
        for field in fields(self):
            value, wanted = getattr(self, field.name), type(field.default)
            if type(value) not in ((int, float) if wanted is float else (wanted,)):
                told = f"give {_ARTICLES[wanted]}, not a {type(value).__name__}"
                raise ConfigurationError(f"{field.name} is {value!r}; {told}")
        if not self.schema or "\0" in self.schema or not is_text(self.schema):
            raise ConfigurationError("schema is empty or no text; name the PostgreSQL schema for the tables")
        if len(self.schema.encode()) > _LONGEST_NAME:
            raise ConfigurationError(
                f"schema has {len(self.schema.encode())} bytes; PostgreSQL cuts names after {_LONGEST_NAME}"
            )
        if self.schema == "$user" or _STANDS_FOR_SCHEMA in self.schema:
            raise ConfigurationError(f"schema {self.schema!r} means something else in SQL; use another name")
        if self.pool_size < 1:
            raise ConfigurationError(f"pool_size is {self.pool_size}; a store needs 1 or more connections")
        for name in ("timeout_seconds", "maintenance_seconds"):
            if not 0 < getattr(self, name) <= _LONGEST_WAIT and getattr(self, name) != math.inf:
                raise ConfigurationError(f"{name} is {getattr(self, name)}; use a time above 0")
        if not 1 <= self.fold_at <= _MOST_WAITING:
            raise ConfigurationError(f"fold_at is {self.fold_at}; use 1 to {_MOST_WAITING:,} sessions")
        if self.synchronous not in _SYNCHRONOUS:
            known = ", ".join(_SYNCHRONOUS)
            raise ConfigurationError(f"synchronous is {self.synchronous!r}; use one of {known}")


def settings_from(arguments: SettingsArguments) -> Settings:
    """Make settings of keywords. Raises ConfigurationError, also for one that is no setting."""
    unknown = arguments.keys() - Settings.__dataclass_fields__.keys()
    if unknown:
        known = ", ".join(Settings.__dataclass_fields__)
        raise ConfigurationError(f"{min(unknown)} is not a setting; there are {known}")
    if os.environ.get(POOLER_VARIABLE) == "1":
        arguments = {"pooler": True, **arguments}
    return Settings(**arguments)
