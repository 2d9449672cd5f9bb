"""Runs the migrations on the connection that `swarmstore.db.migrations.runner` has locked and prepared."""

from __future__ import annotations

import os

from alembic import context
from alembic.operations import Operations
from sqlalchemy import Connection

from swarmstore.db.dialects.row_keys import is_of
from swarmstore.db.migrations.runner import VERSION_TABLE, is_other_type, migrating
from swarmstore.db.schema.all_tables import Base


def run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,  # for `alembic check`; no migration imports it
        version_table=VERSION_TABLE,
        include_object=lambda item, *_: is_of(item, connection.dialect.name),
        render_as_batch=not connection.dialect.supports_alter,
        compare_type=is_other_type,
        compare_server_default=connection.dialect.supports_identity_columns,
    )
    with context.begin_transaction():
        context.run_migrations(op=Operations(context.get_context()))


def run_from_command_line() -> None:
    url = os.environ.get("SWARMSTORE_URL")
    if not url:
        raise SystemExit("set SWARMSTORE_URL to the database to migrate")
    with migrating(url) as connection:
        run(connection)


if context.is_offline_mode():
    raise SystemExit("the lock and the checks need a connection: there is no offline mode")
prepared = context.config.attributes.get("connection")
if prepared is None:
    run_from_command_line()
else:
    run(prepared)
