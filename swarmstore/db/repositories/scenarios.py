"""Scenarios by name, and the row of the cached total that comes with each.

No id is remembered between transactions: after a restored backup it may be another scenario's.
"""

from __future__ import annotations

from hashlib import blake2b

from sqlalchemy import select
from sqlalchemy.orm import Session

from swarmstore.db.connection.transactions import Database
from swarmstore.db.dialects.functions import insert
from swarmstore.db.dialects.registry import dialect_of
from swarmstore.db.mapping.total_headers import NOTHING
from swarmstore.db.schema import GLOBAL, Folded, Scenario, table_of
from swarmstore.db.statements.scenarios import scenario_by_hash
from swarmstore.errors import CorruptStoreError
from swarmstore.model.keys import GlobalKey, TotalKey


def text_hash(text: str) -> bytes:
    """BLAKE2b-128: what long texts are unique by."""
    return blake2b(text.encode(), digest_size=16).digest()


def find_scenario(session: Session, name: str) -> int | None:
    """The scenario's id, None when nothing was ever saved for it. Raises CorruptStoreError."""
    found = session.execute(scenario_by_hash(), {"name_hash": text_hash(name)}).one_or_none()
    if found is not None and found.name != name:
        raise CorruptStoreError(
            f"scenario {name!r} has the same 128-bit hash as {found.name!r}; rename one of them"
        )
    return None if found is None else found.id


def ensure_scenario(database: Database, name: str) -> None:
    """Write a scenario that is new, in a transaction of its own: nobody else has to wait for more."""
    if database.read(lambda session: find_scenario(session, name)) is None:
        database.write(lambda session: _create(session, name))


def find_total(session: Session, key: TotalKey) -> int | None:
    """The id of a total, None when nothing was ever saved for its scenario."""
    return GLOBAL if isinstance(key, GlobalKey) else find_scenario(session, key.scenario)


def total_to_write(session: Session, key: TotalKey) -> int:
    """The id of a total; a new scenario is written by this transaction."""
    return GLOBAL if isinstance(key, GlobalKey) else scenario_to_write(session, key.scenario)


def scenario_to_write(session: Session, name: str) -> int:
    """The scenario's id; a new scenario is written by this transaction."""
    found = find_scenario(session, name)
    return _create(session, name) if found is None else found


def scenario_names(session: Session) -> list[str]:
    """All names in byte order."""
    return list(session.scalars(select(Scenario.name).order_by(Scenario.name)))


def _create(session: Session, name: str) -> int:
    dialect = dialect_of(session).name
    row = {"name": name, "name_hash": text_hash(name)}
    session.execute(insert(dialect, table_of(Scenario)).values(row).on_conflict_do_nothing())
    created = find_scenario(session, name)
    if created is None:
        raise CorruptStoreError(f"scenario {name!r} vanished while it was written; try again")
    total = {"scenario_id": created, **NOTHING.columns()}
    session.execute(insert(dialect, table_of(Folded)).values(total).on_conflict_do_nothing())
    return created
