"""How swarmstore connects to PostgreSQL: its driver's parameters, deadlines, and what connecting meets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, LiteralString

import psycopg
from psycopg.adapt import Dumper
from psycopg.pq import Conninfo, Format
from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.engine.interfaces import ExecutionContext

from swarmstore.db.dialects.base import Parameters
from swarmstore.db.dialects.database_file import OpenedFile
from swarmstore.db.dialects.failures import refuse_what_the_driver_cannot
from swarmstore.db.dialects.packed_arrays import PACKED
from swarmstore.db.dialects.postgresql import session_settings
from swarmstore.db.dialects.postgresql.deadlines import DeadlineConnection
from swarmstore.db.dialects.postgresql.refusals import passing, refused
from swarmstore.db.dialects.postgresql.without_questions import without_questions
from swarmstore.db.dialects.urls import shown_url
from swarmstore.errors import InvalidUrlError
from swarmstore.settings import Settings


class _PackedDumper(Dumper):
    format = Format.BINARY

    def dump(self, obj: bytes) -> bytes:
        """The value, which is packed."""
        return obj


_DUMPERS = [
    (kind, type("_Dumper", (_PackedDumper,), {"oid": element.arrays})) for element, kind in PACKED.items()
]


def postgresql_engine(
    url: URL,
    settings: Settings,
    file: OpenedFile | None,
    *,
    driver_options: Mapping[str, str],
    as_found: bool,
    pooled: bool,
) -> Engine:
    """See `DatabaseDialect`: there is no file, and nothing to leave as it is found.

    Raises InvalidUrlError for an option that libpq lacks.
    """
    del file, as_found, pooled
    unknown = url.query.keys() - {option.keyword.decode() for option in Conninfo.get_defaults()}
    if unknown:
        raise InvalidUrlError(
            f"{shown_url(url)} has the option {min(unknown)}, which PostgreSQL does not know"
        )
    if url.query.get("replication", "off") not in {"off", "false", "no", "0"}:
        raise InvalidUrlError(
            f"{shown_url(url)} cannot be opened: replication has no tables; leave out replication"
        )
    seconds = max(2, round(settings.timeout_seconds))
    arguments: dict[str, object] = {"connect_timeout": seconds, "tcp_user_timeout": seconds * 1000}
    for name in arguments.keys() & url.query.keys():
        del arguments[name]
    arguments["client_encoding"] = "utf8"  # names are any text, whatever the environment says
    # None never prepares: behind a transaction pooler the next statement may meet another server
    arguments["prepare_threshold"] = None if settings.pooler else 5
    engine = create_engine(
        without_questions(url),
        pool_size=settings.pool_size,
        max_overflow=settings.pool_size,
        pool_timeout=settings.timeout_seconds,
        connect_args={**driver_options, **arguments},
        isolation_level="READ COMMITTED",
        execution_options={"schema_translate_map": {None: settings.schema}},
        hide_parameters=True,
        use_native_hstore=False,  # no column is one, and it would ask for it
    )

    @event.listens_for(engine, "do_connect")
    def _connect(
        _dialect: object, _record: object, _args: object, arguments: dict[str, Any]
    ) -> DeadlineConnection:
        try:
            connection = DeadlineConnection.connect(**arguments)
        except psycopg.Error as failed:
            raise refused(failed, url) or passing(failed, url) from None
        except Exception as error:  # noqa: BLE001 - whatever it is, as of a host's name
            raise refused(error, url) or error from None
        try:
            for kind, dumper in _DUMPERS:
                connection.adapters.register_dumper(kind, dumper)
            connection.answer_within(settings.timeout_seconds)  # and for SQLAlchemy's first questions
            if not settings.pooler:
                session_settings.pin(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    refuse_what_the_driver_cannot(engine)

    @event.listens_for(engine, "do_execute")
    def _execute(
        cursor: psycopg.Cursor, statement: LiteralString, parameters: Parameters, context: ExecutionContext
    ) -> bool:
        in_binary = bool(context.execution_options.get("binary_results"))
        if in_binary:
            cursor.execute(statement, parameters, binary=True)
        return in_binary

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.connection.answer_within(connection.get_execution_options().get("answer_within"))

    return engine
