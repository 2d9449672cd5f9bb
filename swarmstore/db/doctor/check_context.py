"""What a check gets to look at."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Dialect, inspect
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from swarmstore.db.dialects.functions import SQLITE, dialect_of
from swarmstore.db.doctor.findings import Diagnosis
from swarmstore.db.schema import TABLES
from swarmstore.settings import Settings


@dataclass(frozen=True, slots=True)
class Case:
    """One database in one transaction; `file` is SQLite's. The diagnosis is what is known so far."""

    session: Session
    settings: Settings
    file: Path | None
    diagnosis: Diagnosis

    @property
    def dialect(self) -> str:
        """The name of the database's kind."""
        return dialect_of(self.session)

    def tables(self) -> set[str]:
        """The names of all tables where swarmstore's are."""
        schema = None if self.dialect == SQLITE else self.settings.schema
        return set(inspect(self.session.connection()).get_table_names(schema=schema))

    @property
    def shown_in(self) -> Dialect:
        """The dialect of statements that a person runs: the driver's own doubles every '%'."""
        if self.dialect == SQLITE:
            return sqlite.dialect()
        return postgresql.dialect(paramstyle="named")  # type: ignore[no-untyped-call]

    def of_tables(self) -> dict[str, object]:
        """The parameters of statements on PostgreSQL's catalog: whose objects are looked at."""
        return {"schema": self.settings.schema, "tables": sorted(TABLES)}

    def apart(self) -> AbstractContextManager[object]:
        """Within it an error leaves the transaction to what follows."""
        # PostgreSQL needs a savepoint for that; SQLite goes on by itself
        return nullcontext() if self.dialect == SQLITE else self.session.begin_nested()

    def qualified(self, name: str) -> str:
        """A table or index as a person writes it in SQL."""
        name = self.quoted(name)
        return name if self.dialect == SQLITE else f"{self.quoted(self.settings.schema)}.{name}"

    def quoted(self, name: str) -> str:
        """A name as a person writes it in SQL."""
        return self.shown_in.identifier_preparer.quote(name)
