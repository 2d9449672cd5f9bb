"""What a check gets to look at."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import inspect
from sqlalchemy.orm import Session

from swarmstore.db.dialects.base import DatabaseDialect, dialect_of
from swarmstore.db.doctor.findings import Diagnosis
from swarmstore.db.repositories.all import Repositories
from swarmstore.db.schema.all_tables import TABLES
from swarmstore.db.schema.sessions import Scenario
from swarmstore.settings import Settings


@dataclass(frozen=True, slots=True)
class Case:
    """One database in one transaction; `file` where it is one. The diagnosis is what is known so far."""

    session: Session
    settings: Settings
    repositories: Repositories
    file: Path | None
    diagnosis: Diagnosis

    @property
    def dialect(self) -> DatabaseDialect:
        """The database's kind."""
        return dialect_of(self.session)

    def tables(self) -> set[str]:
        """The names of all tables where swarmstore's are."""
        schema = self.settings.schema if self.dialect.has_schemas else None
        return set(inspect(self.session.connection()).get_table_names(schema=schema))

    def of_tables(self) -> dict[str, object]:
        """The parameters of statements on PostgreSQL's catalog: whose objects are looked at."""
        return {"schema": self.settings.schema, "tables": sorted(TABLES)}

    def qualified(self, name: str) -> str:
        """A table or index as a person writes it in SQL."""
        name = self.quoted(name)
        return f"{self.quoted(self.settings.schema)}.{name}" if self.dialect.has_schemas else name

    def scenario_name(self, scenario_id: int) -> str | None:
        """A scenario's name, None where its row is missing."""
        found = self.session.get(Scenario, scenario_id)
        return None if found is None else found.name

    def quoted(self, name: str) -> str:
        """A name as a person writes it in SQL."""
        return self.dialect.for_people().identifier_preparer.quote(name)
