"""Statements on PostgreSQL's catalog: roles, owners, privileges. Nothing here runs one."""

from __future__ import annotations

from sqlalchemy import text

_RELATIONS = "pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
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
    f"SELECT c.relname AS thing, a.attname AS column, verb FROM {_RELATIONS}"  # noqa: S608 - a constant
    " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped,"
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
