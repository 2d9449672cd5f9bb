"""Checks that only PostgreSQL has: what its catalog says of swarmstore's tables and of the role."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import itemgetter

from swarmstore.db.access.grants import writes
from swarmstore.db.access.privileges import ACCESS, RoleKind
from swarmstore.db.doctor.check_context import Case
from swarmstore.db.doctor.findings import Connections, Finding, finding
from swarmstore.db.doctor.schema_drift import missing
from swarmstore.db.migrations.runner import VERSION_TABLE
from swarmstore.db.schema.all_tables import TABLES
from swarmstore.db.statements import catalog
from swarmstore.errors import first_of

OF = "postgresql"


def settings(case: Case) -> Iterable[Finding]:
    """Tell how many connections the server has; what is too few says `scarce_connections`."""
    case.diagnosis.connections = Connections(*case.session.execute(catalog.CONNECTIONS).one())
    return ()


def invalid_indexes(case: Case) -> Iterator[Finding]:
    """Indexes that a failed CREATE or REINDEX … CONCURRENTLY has left."""
    for table, index in case.session.execute(catalog.INVALID_INDEXES, case.of_tables()):
        named = case.qualified(index)
        problem = f"index {index} of {table} is invalid: queries do not use it, and values may repeat"
        advice = f"`REINDEX INDEX CONCURRENTLY {named}`, or `DROP INDEX {named}` if it is not swarmstore's"
        yield finding("index-invalid", index, problem, advice)


def unvalidated_constraints(case: Case) -> Iterator[Finding]:
    """Constraints that were added without checking the existing rows."""
    for table, constraint in case.session.execute(catalog.UNVALIDATED, case.of_tables()):
        problem = (
            f"constraint {constraint} of {table} was never checked against the rows that existed before it"
        )
        advice = f"`ALTER TABLE {case.qualified(table)} VALIDATE CONSTRAINT {case.quoted(constraint)}`"
        yield finding("constraint-not-validated", constraint, problem, advice)


def switched_off(case: Case) -> Iterator[Finding]:
    """What no comparison of tables shows: tables that are not logged, foreign keys that are not enforced."""
    for table in case.session.scalars(catalog.UNLOGGED, case.of_tables()):
        problem = f"table {table} is unlogged: a crash of the server empties it"
        yield missing(table, problem, f"`ALTER TABLE {case.qualified(table)} SET LOGGED`")
    for table in case.session.scalars(catalog.UNCHECKED_REFERENCES, case.of_tables()):
        problem = f"the foreign keys of {table} are switched off: its rows can lose their parents"
        advice = f"`ALTER TABLE {case.qualified(table)} ENABLE TRIGGER ALL`, as a superuser"
        yield missing(table, problem, advice)


def collations(case: Case) -> Iterator[Finding]:
    """Texts in another order than that of their bytes, and a system whose order has changed."""
    for table, column, found, views in case.session.execute(catalog.OTHER_COLLATIONS, case.of_tables()):
        alter = (
            f'`ALTER TABLE {case.qualified(table)} ALTER COLUMN {case.quoted(column)} TYPE text COLLATE "C"`'
        )
        drop = f"`DROP VIEW {', '.join(map(case.qualified, views))}`"
        anew = "`swarmstore upgrade` makes the views anew, and `swarmstore grant` lets analysts read them"
        yield finding(
            "collation",
            f"{table}.{column}",
            f'column {column} of {table} has collation {found} instead of "C", so it sorts in another order',
            f"{drop}, {alter}; then {anew}" if views else alter,
        )
    major, *_ = case.session.get_bind().dialect.server_version_info or (0,)
    if int(major) >= 15:
        for name, made, now in case.session.execute(catalog.COLLATION_VERSIONS):
            quoted = case.quoted(name)
            yield finding(
                "collation-version",
                name,
                f"the system's collations have version {now}, but had {made} when database {name} was made: "
                'swarmstore\'s columns use "C" and are safe, indexes of other tables may be out of order',
                f"`REINDEX DATABASE {quoted}`, then `ALTER DATABASE {quoted} REFRESH COLLATION VERSION`",
            )


def missing_privileges(case: Case) -> Iterator[Finding]:
    """Rights that are missing on tables that are there; a role that may change none only reads."""
    parameters = {"schema": case.settings.schema, "tables": [*TABLES, VERSION_TABLE]}
    lacked = {tuple(right) for right in case.session.execute(catalog.LACKED, parameters)}
    role = case.session.scalar(catalog.CURRENT_ROLE)
    changes = {right for table, may in ACCESS[RoleKind.AGENT].items() for right in writes(table, may)}
    reads_only = changes <= lacked
    if reads_only:
        yield finding(
            "role-reads-only",
            role,
            f"role {role!r} may read the tables but not change them",
            f"nothing for an analyst; for an agent `swarmstore grant --agent {role}` as the tables' owner",
        )
    lacking = {
        (verb, thing)
        for thing, column, verb in lacked
        if verb in {"USAGE", "SELECT"} or (not reads_only and (thing, column, verb) in changes)
    }
    for verb, things in groupby(sorted(lacking), key=itemgetter(0)):
        names = [thing for _, thing in things]
        what = "schema " if verb == "USAGE" else ""
        yield finding(
            "privilege-missing",
            role,
            f"role {role!r} may not {verb} on {what}{first_of(names)}",
            f"`swarmstore grant --agent {role}` as the tables' owner, or --analyst for one that only reads",
        )


def encoding(case: Case) -> Iterator[Finding]:
    """Names are any Unicode text."""
    found = case.session.scalar(catalog.ENCODING)
    if found != "UTF8":
        problem = f"the database's encoding is {found}, not UTF8: names with other characters cannot be saved"
        advice = "restore a dump into one made by `CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0`"
        yield finding("encoding", None, problem, advice)


def scarce_connections(case: Case) -> Iterator[Finding]:
    """Whether the server has room for one more store like this one."""
    if case.diagnosis.connections is not None:
        yield from connection_findings(2 * case.settings.pool_size, case.diagnosis.connections)


def connection_findings(wanted: int, there: Connections) -> Iterator[Finding]:
    """wanted: connections that one store may open."""
    left = there.limit - there.in_use
    if wanted > left:
        yield finding(
            "connections-scarce",
            None,
            f"a store may open {wanted:,} connections, {max(left, 0)} of the server's {there.limit} are left",
            "lower the stores' pool_size, raise max_connections, or put a pooler in between (pooler=True)",
        )
