"""Granting on PostgreSQL: each named role is left with the privileges of its kind and no others."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field

from sqlalchemy import Connection, Table

from swarmstore.db.access.privileges import ACCESS, Access, RoleKind
from swarmstore.db.connection.transactions import Database
from swarmstore.db.dialects.urls import shown_url
from swarmstore.db.migrations.runner import VERSION_TABLE, check_newest
from swarmstore.db.schema.sessions import SessionRow
from swarmstore.db.statements import catalog
from swarmstore.errors import ConfigurationError, DatabaseRefusedError, RoleMissingError
from swarmstore.model.limits import check_text
from swarmstore.settings import Settings


@dataclass(slots=True)
class Granted:
    """What a role may do now: tables and views by verb, and for `update` the columns of each table."""

    role: str
    kind: RoleKind
    select: list[str] = field(default_factory=list)
    insert: list[str] = field(default_factory=list)
    update: dict[str, list[str]] = field(default_factory=dict)
    delete: list[str] = field(default_factory=list)


def grant(
    url: str, *, agents: Sequence[str] = (), analysts: Sequence[str] = (), settings: Settings | None = None
) -> list[Granted]:
    """Leave each role with exactly the privileges of its kind, and PUBLIC with none; what each may do.

    One transaction: all of it or nothing. What a role had before on the schema's tables is taken
    away first, also from those that it passed it on to; doing it again changes nothing.

    agents: roles that run everything a store does, but for changing tables.
    analysts: roles that read all tables and views.

    Raises ConfigurationError on SQLite, without a role, and for a role that could write more all
    the same; RoleMissingError, InvalidTextError, SchemaError kinds, DatabaseRefusedError for a
    caller who does not own the tables, StoreUnavailableError.
    """
    kinds = _kinds(agents, analysts)
    with closing(Database(url, settings or Settings())) as database:
        if not database.dialect.has_schemas:
            raise ConfigurationError(
                f"{shown_url(database.url)} has no roles: whoever may read the file may read all of it; "
                "grant works on postgresql:// URLs"
            )
        return database.write(lambda session: _grant(database, session.connection(), kinds))


def _kinds(agents: Sequence[str], analysts: Sequence[str]) -> dict[str, RoleKind]:
    kinds = dict.fromkeys(agents, RoleKind.AGENT) | dict.fromkeys(analysts, RoleKind.ANALYST)
    if not all(check_text("role", role) for role in kinds) or not kinds:
        raise ConfigurationError("no role is named; name one with --agent or --analyst")
    if both := set(agents) & set(analysts):
        raise ConfigurationError(f"role {min(both)!r} is named as agent and as analyst; agents read as well")
    return kinds


def _grant(database: Database, connection: Connection, kinds: Mapping[str, RoleKind]) -> list[Granted]:
    schema = database.settings.schema
    # two who grant at once, or grant while tables change, take turns
    database.dialect.hold_lock(connection, database.settings)
    check_newest(database, "grant")  # of a compatible one new tables would be taken from roles that need them
    _check_roles(connection, kinds)
    _check_owners(connection, schema, kinds)
    # beside the tables of the models
    readable = [VERSION_TABLE, *connection.scalars(catalog.VIEWS, {"schema": schema})]
    # saves take their row ids themselves there
    numbered = [SessionRow.table.name] if database.dialect.spreads(connection) else []
    for statement in _statements(connection, schema, kinds, readable, numbered):
        connection.exec_driver_sql(statement)
    for role, kind in kinds.items():
        _check_no_more(connection, schema, role, kind)
    return [
        Granted(
            role,
            kind,
            select=[*[table.name for table in ACCESS[kind]], *readable],
            insert=[table.name for table, may in ACCESS[kind].items() if may.insert],
            update={table.name: list(may.update) for table, may in ACCESS[kind].items() if may.update},
            delete=[table.name for table, may in ACCESS[kind].items() if may.delete],
        )
        for role, kind in kinds.items()
    ]


def _check_roles(connection: Connection, kinds: Mapping[str, RoleKind]) -> None:
    known = connection.scalars(catalog.KNOWN_ROLES, {"names": list(kinds)})
    if missing := sorted(kinds.keys() - set(known)):
        quote = connection.dialect.identifier_preparer.quote_identifier
        # the preparer doubles '%' for the driver, which a person must not
        statements = " ".join(f"CREATE ROLE {quote(role)} LOGIN;" for role in missing).replace("%%", "%")
        raise RoleMissingError(
            f"the server has no role {', '.join(map(repr, missing))}, so nothing was granted; "
            f"first run {statements}"
        )


def _check_owners(connection: Connection, schema: str, kinds: Mapping[str, RoleKind]) -> None:
    # from others than owners GRANT and REVOKE take at most a warning, and nothing happens
    foreign = connection.execute(catalog.OF_OTHER_OWNERS, {"schema": schema}).first()
    if foreign is not None:
        raise DatabaseRefusedError(
            f"role {foreign.caller!r} may not grant on {foreign.thing!r}, which belongs to "
            f"{foreign.owner!r}; connect as that role"
        )
    # cascades and checks of foreign keys run as the owner: taking its rights away would break them
    owned = connection.execute(catalog.OWNED, {"schema": schema, "names": list(kinds)}).first()
    if owned is not None:
        raise ConfigurationError(
            f"role {owned.role!r} owns {owned.thing!r}, can become its owner or is a superuser, so nothing "
            f"was granted; use a separate role for the {kinds[owned.role]}"
        )


def _statements(
    connection: Connection,
    schema: str,
    kinds: Mapping[str, RoleKind],
    readable: Sequence[str],
    numbered: Sequence[str],
) -> Iterator[str]:
    quote = connection.dialect.identifier_preparer.quote_identifier
    inside, everyone = quote(schema), ", ".join(map(quote, kinds))
    for what in ("ALL TABLES IN SCHEMA", "ALL SEQUENCES IN SCHEMA", "SCHEMA"):
        yield f"REVOKE ALL ON {what} {inside} FROM PUBLIC, {everyone} CASCADE"
    yield f"GRANT USAGE ON SCHEMA {inside} TO {everyone}"
    for kind, access in ACCESS.items():
        roles = ", ".join(quote(role) for role, of in kinds.items() if of is kind)
        if not roles:
            continue
        for table, may in access.items():
            yield f"GRANT {', '.join(_verbs(may, quote))} ON {inside}.{quote(table.name)} TO {roles}"
        for name in numbered if kind is RoleKind.AGENT else ():
            yield f"GRANT USAGE ON SEQUENCE {inside}.{quote(f'{name}_id_seq')} TO {roles}"
        for name in readable:
            yield f"GRANT SELECT ON {inside}.{quote(name)} TO {roles}"


def _verbs(may: Access, quote: Callable[[str], str]) -> Iterator[str]:
    yield "SELECT"
    if may.insert:
        yield "INSERT"
    if may.update:
        yield f"UPDATE ({', '.join(map(quote, may.update))})"
    if may.delete:
        yield "DELETE"


def _check_no_more(connection: Connection, schema: str, role: str, kind: RoleKind) -> None:
    """What a role has as a member of another one, or from others than the owner, was not revoked."""
    allowed = {right for table, may in ACCESS[kind].items() for right in writes(table, may)}
    for right in connection.execute(catalog.WRITES, {"schema": schema, "role": role}):
        if tuple(right) not in allowed:
            raise ConfigurationError(
                f"role {role!r} would still have {right.verb} on {right.thing!r} through a role that it "
                f"belongs to, so nothing was granted; use a separate role for the {kind}"
            )


def writes(table: Table, may: Access) -> Iterator[tuple[str, str | None, str]]:
    """The rights to change a table: `(table, column, verb)`, without a column for whole rows."""
    if may.insert:
        yield from ((table.name, column.name, "INSERT") for column in table.columns)
    yield from ((table.name, column, "UPDATE") for column in may.update)
    if may.delete:
        yield table.name, None, "DELETE"
