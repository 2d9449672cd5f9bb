"""What the roles of PostgreSQL may do with each table. Pure description: `grants` carries it out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import PrimaryKeyConstraint, Table, UniqueConstraint

from swarmstore.db.schema import offline_models
from swarmstore.db.schema.all_tables import Base
from swarmstore.db.schema.baselines import BASELINES, Baseline
from swarmstore.db.schema.families import ROLLUPS, SESSIONS, SUMMED, Family, Kind
from swarmstore.db.schema.imports import ImportedFile
from swarmstore.db.schema.publication import Publication
from swarmstore.db.schema.sessions import (
    ActionSequence,
    RemovedSession,
    Rollup,
    Scenario,
    SchemaCompatibility,
    SessionRow,
    TotalSource,
)


class RoleKind(StrEnum):
    """What a role is for: agents save and load, analysts only read."""

    AGENT = "agent"
    ANALYST = "analyst"


@dataclass(frozen=True, slots=True)
class Access:
    """What a role may do with a table besides reading it; `update` names the columns it may change."""

    insert: bool = False
    update: tuple[str, ...] = ()
    delete: bool = False


def _values(table: Table) -> tuple[str, ...]:
    """The columns that are part of no key: what a row says, not which row it is."""
    keys = [c for c in table.constraints if isinstance(c, PrimaryKeyConstraint | UniqueConstraint)]
    named = {column.name for key in keys for column in key.columns}
    return tuple(column.name for column in table.columns if column.name not in named)


_READ = Access()
_ADD = Access(insert=True)
_REPLACE = Access(insert=True, delete=True)


def _revise(table: Table, *, delete: bool = False) -> Access:
    return Access(insert=True, update=_values(table), delete=delete)


def _sums(family: Family, *, delete: bool) -> Iterable[tuple[Table, Access]]:
    """Facts that are added to; `delete`: and made anew. Switches of strategy are only copied and dropped."""
    yield from ((family.facts[kind], _revise(family.facts[kind], delete=delete)) for kind in SUMMED)
    yield family.facts[Kind.SWITCHES], _REPLACE


# Facts, paths and actions go with the row that they belong to: a cascade runs as the tables' owner,
# and so do the checks of foreign keys. Identity columns need no right on their sequence.
_AGENT: Mapping[Table, Access] = {
    Scenario.table: _ADD,
    ActionSequence.table: _ADD,
    SessionRow.table: Access(insert=True, update=("position", "position_stamp"), delete=True),
    **dict.fromkeys(SESSIONS.facts.values(), _ADD),
    RemovedSession.table: _revise(RemovedSession.table, delete=True),
    Baseline.table: _revise(Baseline.table, delete=True),
    **dict(_sums(BASELINES, delete=False)),
    Rollup.table: _revise(Rollup.table),
    **dict(_sums(ROLLUPS, delete=True)),
    Publication.table: Access(update=("last_position",)),
    TotalSource.table: _revise(TotalSource.table, delete=True),
    offline_models.OfflineModelRow.table: _revise(offline_models.OfflineModelRow.table),
    offline_models.OfflinePath.table: _REPLACE,
    offline_models.OfflinePathAction.table: _ADD,
    offline_models.OfflineActionOrder.table: _REPLACE,
    offline_models.OfflineOrderAction.table: _ADD,
    ImportedFile.table: Access(
        insert=True,
        update=(
            *("content_digest", "counted", "session_row_id", "imported_at_ms"),
            *("snapshot_digest", "digest_version", "repeated"),
        ),
    ),
    SchemaCompatibility.table: _READ,
}

ACCESS: Mapping[RoleKind, Mapping[Table, Access]] = {
    RoleKind.AGENT: _AGENT,
    RoleKind.ANALYST: dict.fromkeys(Base.metadata.sorted_tables, _READ),
}
