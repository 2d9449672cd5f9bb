"""Statements on PostgreSQL's catalog: roles, privileges, the state of tables. Nothing here runs one."""

from __future__ import annotations

from sqlalchemy import text

_RELATIONS = "pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
_COLUMNS = f"{_RELATIONS} JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped"
_THINGS = (
    "(SELECT nspname AS thing, nspowner AS owner FROM pg_namespace WHERE nspname = :schema"  # noqa: S608
    f" UNION ALL SELECT c.relname, c.relowner FROM {_RELATIONS}"
    " WHERE n.nspname = :schema AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')) AS things"
)

# which of parameter `names` are roles
KNOWN_ROLES = text("SELECT rolname FROM pg_roles WHERE rolname = ANY (:names)")

# the views in parameter `schema`
VIEWS = text(
    f"SELECT c.relname FROM {_RELATIONS}"  # noqa: S608 - a constant
    " WHERE n.nspname = :schema AND c.relkind IN ('v', 'm') ORDER BY c.relname"
)

# (caller, thing, owner): the schema and what is in it, where the caller is not its owner
OF_OTHER_OWNERS = text(
    f"SELECT current_user AS caller, thing, pg_get_userbyid(owner) AS owner FROM {_THINGS}"  # noqa: S608
    " WHERE NOT pg_has_role(owner, 'USAGE') ORDER BY thing"
)

# (role, thing): what roles of parameter `names` own, themselves or as somebody who can become the owner
OWNED = text(
    f"SELECT rolname AS role, thing FROM pg_roles, {_THINGS}"  # noqa: S608 - a constant
    " WHERE rolname = ANY (:names) AND pg_has_role(pg_roles.oid, owner, 'MEMBER') ORDER BY rolname, thing"
)

# (thing, column, verb): what parameter `role` may change in parameter `schema`, from wherever it has that
WRITES = text(
    f"SELECT c.relname AS thing, a.attname AS column, verb FROM {_COLUMNS},"  # noqa: S608 - a constant
    " unnest(ARRAY['INSERT', 'UPDATE', 'REFERENCES']) AS verb"
    " WHERE n.nspname = :schema AND c.relkind IN ('r', 'p', 'v', 'f')"
    " AND has_column_privilege(:role, c.oid, a.attnum, verb)"
    f" UNION ALL SELECT c.relname, NULL, verb FROM {_RELATIONS},"
    " unnest(ARRAY['DELETE', 'TRUNCATE', 'TRIGGER']) AS verb"
    " WHERE n.nspname = :schema AND c.relkind IN ('r', 'p', 'v', 'f')"
    " AND has_table_privilege(:role, c.oid, verb)"
    " UNION ALL SELECT nspname, NULL, 'CREATE' FROM pg_namespace"
    " WHERE nspname = :schema AND has_schema_privilege(:role, oid, 'CREATE')"
)

CURRENT_ROLE = text("SELECT current_user")

# (thing, column, verb): what the caller may not do with parameter `tables` in parameter `schema`
LACKED = text(
    f"SELECT c.relname AS thing, a.attname AS column, verb FROM {_COLUMNS},"  # noqa: S608 - a constant
    " unnest(ARRAY['SELECT', 'INSERT', 'UPDATE']) AS verb"
    " WHERE n.nspname = :schema AND c.relname = ANY (:tables)"
    " AND NOT has_column_privilege(c.oid, a.attnum, verb)"
    f" UNION ALL SELECT c.relname, NULL, 'DELETE' FROM {_RELATIONS}"
    " WHERE n.nspname = :schema AND c.relname = ANY (:tables) AND NOT has_table_privilege(c.oid, 'DELETE')"
    " UNION ALL SELECT nspname, NULL, 'USAGE' FROM pg_namespace"
    " WHERE nspname = :schema AND NOT has_schema_privilege(oid, 'USAGE')"
)

_OURS = "n.nspname = :schema AND c.relname = ANY (:tables)"

# (table, index) of parameter `tables` in parameter `schema`, as in all that follow
INVALID_INDEXES = text(
    f"SELECT c.relname, i.relname FROM {_RELATIONS}"  # noqa: S608 - a constant
    " JOIN pg_index x ON x.indrelid = c.oid JOIN pg_class i ON i.oid = x.indexrelid"
    f" WHERE {_OURS} AND NOT (x.indisvalid AND x.indisready) ORDER BY i.relname"
)

# (table, constraint)
UNVALIDATED = text(
    f"SELECT c.relname, k.conname FROM {_RELATIONS} JOIN pg_constraint k ON k.conrelid = c.oid"  # noqa: S608
    f" WHERE {_OURS} AND NOT k.convalidated ORDER BY k.conname"
)

# tables that a crash empties
UNLOGGED = text(
    f"SELECT c.relname FROM {_RELATIONS} WHERE {_OURS} AND c.relpersistence <> 'p' ORDER BY c.relname"  # noqa: S608
)

# tables whose foreign keys, which are triggers within, are not looked at
UNCHECKED_REFERENCES = text(
    f"SELECT DISTINCT c.relname FROM {_RELATIONS} JOIN pg_trigger t ON t.tgrelid = c.oid"  # noqa: S608
    f" WHERE {_OURS} AND t.tgisinternal AND t.tgenabled = 'D' ORDER BY c.relname"
)

# (table, column, collation, views that use it): columns of text in another order than that of bytes
OTHER_COLLATIONS = text(
    "SELECT c.relname, a.attname, l.collname, ARRAY("  # noqa: S608 - a constant
    "SELECT DISTINCT v.relname::text FROM pg_depend d JOIN pg_rewrite r ON r.oid = d.objid"
    " JOIN pg_class v ON v.oid = r.ev_class WHERE d.classid = 'pg_rewrite'::regclass"
    " AND d.refobjid = c.oid AND d.refobjsubid = a.attnum AND v.relkind = 'v' ORDER BY 1)"
    f" FROM {_COLUMNS} JOIN pg_collation l ON l.oid = a.attcollation"
    f" WHERE {_OURS} AND l.collname NOT IN ('C', 'POSIX') ORDER BY c.relname, a.attnum"
)

# (database, version when it was made, version now), where they differ; since PostgreSQL 15
COLLATION_VERSIONS = text(
    "SELECT datname, datcollversion, coalesce(pg_database_collation_actual_version(oid), 'none')"
    " FROM pg_database WHERE datname = current_database() AND datcollversion IS NOT NULL"
    " AND datcollversion IS DISTINCT FROM pg_database_collation_actual_version(oid)"
)

ENCODING = text("SELECT current_setting('server_encoding')")

# (connections for all but superusers, connections there are); one kind of reserve exists since 16
CONNECTIONS = text(
    "SELECT current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int"
    " - coalesce(current_setting('reserved_connections', true), '0')::int,"
    " (SELECT count(*)::int FROM pg_stat_activity WHERE backend_type = 'client backend')"
)
