"""Scenarios by name, and the row of the cached total that comes with each.

No id is remembered between transactions: after a restored backup it may be another scenario's.
"""

from __future__ import annotations

from hashlib import blake2b

from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from swarmstore.db.connection.transactions import Database
from swarmstore.db.dialects.functions import insert
from swarmstore.db.mapping.total_headers import NOTHING
from swarmstore.db.schema.sessions import GLOBAL, Rollup, Scenario
from swarmstore.db.statements.sessions import scenario_by_hash
from swarmstore.errors import CorruptStoreError
from swarmstore.model.keys import GlobalKey, TotalKey


def text_hash(text: str) -> bytes:
    """BLAKE2b-128: what long texts are unique by."""
    return blake2b(text.encode(), digest_size=16).digest()


class ScenarioRepository:
    """Scenarios, each with the row of its total."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, bind: Session | Connection, name: str) -> int | None:
        """Give the scenario's id, None when nothing was ever saved for it. Raises CorruptStoreError."""
        found = bind.execute(scenario_by_hash(), {"name_hash": text_hash(name)}).one_or_none()
        if found is not None and found.name != name:
            raise CorruptStoreError(
                f"scenario {name!r} has the same 128-bit hash as {found.name!r}; rename one of them"
            )
        return None if found is None else found.id

    def named(self, connection: Connection, name: str) -> dict[str, object]:
        """Give the parameters of statements on a scenario by its name; see `id_by_hash`."""
        by_hash: dict[str, object] = {"name_hash": text_hash(name)}
        if not self._database.dialect.spreads(connection):
            return by_hash
        return {**by_hash, "scenario_id": self.find(connection, name)}

    def find_total(self, session: Session, key: TotalKey) -> int | None:
        """Give the id of a total, None when nothing was ever saved for its scenario."""
        return GLOBAL if isinstance(key, GlobalKey) else self.find(session, key.scenario)

    def list_names(self, session: Session) -> list[str]:
        """List all names in byte order."""
        return list(session.scalars(select(Scenario.name).order_by(Scenario.name)))

    def add(self, session: Session, name: str) -> int:
        """Add a scenario unless it is there; its id."""
        found = self.find(session, name)
        return self._add(session, name) if found is None else found

    def add_total(self, session: Session, key: TotalKey) -> int:
        """Add a total's scenario unless it is there; the id of the total."""
        return GLOBAL if isinstance(key, GlobalKey) else self.add(session, key.scenario)

    def ensure(self, name: str) -> None:
        """Add a scenario that is new in a transaction of its own: nobody else has to wait for more."""
        if self._database.read(lambda session: self.find(session, name)) is None:
            self._database.write(lambda session: self._add(session, name))

    def _add(self, session: Session, name: str) -> int:
        dialect = self._database.dialect.name
        new = insert(dialect, Scenario.table).values(name=name, name_hash=text_hash(name))
        if not self._database.dialect.spreads(session.connection()):
            session.execute(new.on_conflict_do_nothing())
        elif self.find(session, name) is None:  # there an agent may not say ON CONFLICT, and tries again
            session.execute(new)
        added = self.find(session, name)
        if added is None:
            raise CorruptStoreError(f"scenario {name!r} vanished while it was written; try again")
        total = {"scenario_id": added, **NOTHING.columns()}
        session.execute(insert(dialect, Rollup.table).values(total).on_conflict_do_nothing())
        return added
