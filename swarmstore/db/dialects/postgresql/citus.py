"""Spreading a store's tables over servers by Citus: which are spread already, and the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import sqlalchemy as sa

from swarmstore.errors import ConfigurationError

_LEAST = (13, 2)
_LEAST_SERVER = 150_000
_BY = "scenario_id"
_VERSIONS = sa.text(
    "SELECT (SELECT extversion FROM pg_extension WHERE extname = 'citus'),"
    " current_setting('server_version_num')::int, current_setting('server_version')"
)
_PLACED = sa.text(
    "SELECT c.relname, p.partmethod::text, p.repmodel::text, p.colocationid,"
    " CASE WHEN p.partkey IS NOT NULL THEN column_to_column_name(p.logicalrelid, p.partkey) END"
    " FROM pg_dist_partition p JOIN pg_class c ON c.oid = p.logicalrelid"
    " JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = :schema"
)
_WHOLE = sa.text("SELECT create_reference_table(CAST(:place AS regclass))")
_SPREAD = sa.text(
    f"SELECT create_distributed_table(CAST(:place AS regclass), '{_BY}', colocate_with => :beside)"
)
_EMPTIED = sa.text("SELECT truncate_local_data_after_distributing_table(CAST(:place AS regclass))")


class _Placed(NamedTuple):
    name: str
    method: str
    model: str
    group: int
    column: str | None

    @property
    def is_whole(self) -> bool:
        return (self.method, self.model) == ("n", "t")

    def is_beside(self, other: _Placed) -> bool:
        return (self.method, self.column, self.group) == ("h", _BY, other.group)

    @property
    def is_local(self) -> bool:
        return (self.method, self.model, self.group) == ("n", "s", 0)


def distribute(
    connection: sa.Connection, schema: str, whole: Sequence[str], spread: Sequence[str], *, dry_run: bool
) -> list[str]:
    """See `DatabaseDialect.distribute`."""
    _check_versions(connection)
    found = [_Placed(*row) for row in connection.execute(_PLACED, {"schema": schema})]
    placed = {table.name: table for table in found if not table.is_local}
    _check_placed(placed, whole, spread)
    missing = [name for name in (*whole, *spread) if name not in placed]
    if not dry_run:
        places = {name: f"{_quoted(schema)}.{_quoted(name)}" for name in (*whole, *spread)}
        for name in missing:
            if name in whole:
                connection.execute(_WHOLE, {"place": places[name]})
            else:
                beside = "none" if name == spread[0] else places[spread[0]]
                connection.execute(_SPREAD, {"place": places[name], "beside": beside})
        # what was copied to the servers is still here, out of sight; those that refer to others go first
        for name in reversed(missing):
            connection.execute(_EMPTIED, {"place": places[name]})
    return missing


def _quoted(name: str) -> str:
    # as a value: the dialect's own quoting is for the text of a statement, where % is doubled
    return '"' + name.replace('"', '""') + '"'


def _check_versions(connection: sa.Connection) -> None:
    citus, number, server = connection.execute(_VERSIONS).one()
    if citus is None:
        raise ConfigurationError(
            "this database cannot spread its tables: it lacks the extension Citus; run `CREATE EXTENSION "
            "citus` in it, on the coordinator and on every worker"
        )
    if number < _LEAST_SERVER or tuple(map(int, citus.split("-")[0].split("."))) < _LEAST:
        raise ConfigurationError(
            "tables are spread by Citus 13.2 or newer on PostgreSQL 15 or newer, and this is "
            f"Citus {citus} on PostgreSQL {server}; upgrade them first"
        )


def _check_placed(placed: Mapping[str, _Placed], whole: Sequence[str], spread: Sequence[str]) -> None:
    first = placed.get(spread[0])
    wrong = [name for name in whole if name in placed and not placed[name].is_whole]
    wrong += [
        name for name in spread if name in placed and (first is None or not placed[name].is_beside(first))
    ]
    if wrong:
        raise ConfigurationError(
            f"table {min(wrong)!r} is distributed in another way than by {_BY}, beside the others; first run "
            f"`SELECT undistribute_table('{min(wrong)}', cascade_via_foreign_keys => true)`"
        )
