"""Scenarios by name, and the row of the cached total that comes with each."""

from __future__ import annotations

from hashlib import blake2b

from sqlalchemy import select
from sqlalchemy.orm import Session

from swarmstore.db.cache import BoundedCache
from swarmstore.db.dialects import dialect_of, insert
from swarmstore.db.headers import NOTHING
from swarmstore.db.tables import Folded, Scenario, table_of
from swarmstore.db.transactions import Database
from swarmstore.errors import CorruptStoreError

GLOBAL = 0


def text_hash(text: str) -> bytes:
    """BLAKE2b-128: what long texts are unique by."""
    return blake2b(text.encode(), digest_size=16).digest()


class Scenarios:
    """Ids of scenarios, remembered once they are known to be committed."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._ids: BoundedCache[str, int] = BoundedCache()

    def find(self, session: Session, name: str) -> int | None:
        """The scenario's id, None when nothing was ever saved for it. Raises CorruptStoreError."""
        known = self._ids.get(name)
        if known is None:
            known = _select(session, name)
            if known is not None:
                self._ids.update({name: known})
        return known

    def known(self, name: str) -> int | None:
        """The scenario's id, None when this process has not met it."""
        return self._ids.get(name)

    def ensure(self, name: str) -> int:
        """The scenario's id; a new scenario is written in a transaction of its own."""
        known = self._ids.get(name) or self._database.read(lambda session: _select(session, name))
        if known is None:
            known = self._database.write(lambda session: _create(session, name))
        self._ids.update({name: known})
        return known

    def names(self, session: Session) -> list[str]:
        """All names in byte order."""
        return list(session.scalars(select(Scenario.name).order_by(Scenario.name)))


def _select(session: Session, name: str) -> int | None:
    statement = select(Scenario.id, Scenario.name).where(Scenario.name_hash == text_hash(name))
    found = session.execute(statement).one_or_none()
    if found is not None and found.name != name:
        raise CorruptStoreError(
            f"scenario {name!r} has the same 128-bit hash as {found.name!r}; rename one of them"
        )
    return None if found is None else found.id


def _create(session: Session, name: str) -> int:
    dialect = dialect_of(session)
    row = {"name": name, "name_hash": text_hash(name)}
    session.execute(insert(dialect, table_of(Scenario)).values(row).on_conflict_do_nothing())
    created = _select(session, name)
    if created is None:
        raise CorruptStoreError(f"scenario {name!r} vanished while it was written; try again")
    total = {"scenario_id": created, **NOTHING.columns()}
    session.execute(insert(dialect, table_of(Folded)).values(total).on_conflict_do_nothing())
    return created
