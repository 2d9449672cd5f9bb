"""How swarmstore connects to PostgreSQL: its driver's parameters, deadlines, and what connecting meets."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from itertools import count
from time import monotonic
from typing import Any, LiteralString, TypeVar, cast

import psycopg
from psycopg import dbapi20, postgres
from psycopg.abc import PQGen
from psycopg.adapt import AdaptersMap, Dumper
from psycopg.pq import Conninfo, Format
from psycopg.rows import TupleRow
from psycopg.types.array import register_all_arrays
from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql import _psycopg_common
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.engine.interfaces import DBAPIConnection, ExceptionContext, ExecutionContext, IsolationLevel

from swarmstore.db.dialects.base import Parameters
from swarmstore.db.dialects.failures import refuse_what_the_driver_cannot
from swarmstore.db.dialects.packed_arrays import PACKED
from swarmstore.db.dialects.postgresql import session_settings
from swarmstore.db.dialects.postgresql.refusals import passing, refused
from swarmstore.db.dialects.urls import hidden_options, shown_url
from swarmstore.errors import InvalidUrlError
from swarmstore.forking import in_children
from swarmstore.settings import Settings

_DRIVER = "swarmstore"
_CANCEL_SECONDS = 1.0
_Result = TypeVar("_Result")


class WithoutQuestions(PGDialect_psycopg):
    """SQLAlchemy's dialect, which does not ask a new server what its driver has been told already.

    Each question is a round trip before an agent's first load, and they come before anything else. What
    these methods are for is in SQLAlchemy's `Dialect` and `DefaultDialect`.
    """

    supports_statement_cache = True
    spreads = False
    """Whether tables may be spread over servers; see `spread_or`."""

    def initialize(self, connection: Connection) -> None:
        """Note what the first connection has been told, or behind a pooler has to ask."""
        driver = _driver(connection)
        self.spreads = session_settings.look(driver) if driver.spreads is None else driver.spreads
        super().initialize(connection)  # type: ignore[no-untyped-call]

    def _get_server_version_info(self, connection: Connection) -> tuple[int, ...]:
        return divmod(_info(connection).server_version, 10_000)

    def _get_default_schema_name(self, _connection: Connection) -> str:
        return "pg_catalog"  # as `session_settings` has it; each statement names its schema

    def get_default_isolation_level(self, _dbapi_conn: DBAPIConnection) -> IsolationLevel:
        """The one that every engine is made with."""
        return "READ COMMITTED"

    def _set_backslash_escapes(self, connection: Connection) -> None:
        found = _info(connection).parameter_status("standard_conforming_strings")
        self._backslash_escapes = found == "off"


def _driver(connection: Connection) -> DeadlineConnection:
    return cast("DeadlineConnection", connection.connection.dbapi_connection)


def _info(connection: Connection) -> psycopg.ConnectionInfo:
    return _driver(connection).info


def _number_cursors_without_a_lock() -> None:
    # SQLAlchemy numbers those of a server under a lock of its own, which another thread may have held
    _psycopg_common._server_side_id = count(2**62).__next__


in_children(_number_cursors_without_a_lock)
registry.register(f"postgresql.{_DRIVER}", __name__, WithoutQuestions.__name__)


class DeadlineConnection(psycopg.Connection[TupleRow]):
    """Gives up waiting at its deadline: closes itself and raises psycopg.OperationalError.

    A frozen server still acknowledges packets, so that neither TCP nor libpq's keepalives notice, and
    `statement_timeout` is the server's own. The wait therefore ends here, in the client.
    """

    spreads: bool | None = None
    _deadline: float | None = None
    _seconds: float | None = None

    def answer_within(self, seconds: float | None) -> None:
        """Set the deadline for all answers together from now on; None waits for ever."""
        self._seconds = seconds
        self._deadline = None if seconds is None else monotonic() + seconds

    def set_read_only(self, value: bool | None) -> None:
        """Have transactions only read, or do what the session may.

        After one that only reads SQLAlchemy sets False, which psycopg would send as READ WRITE: more than a
        role whose `default_transaction_read_only` is on may do, and an error of its own on a standby.
        """
        super().set_read_only(value or None)

    def wait(self, gen: PQGen[_Result], *args: Any, **kwargs: Any) -> _Result:
        """Consume a generator of psycopg's as the base class does, but not beyond the deadline."""
        bounded = gen if self._deadline is None else self._bounded(gen, self._deadline)
        return super().wait(bounded, *args, **kwargs)

    def _bounded(self, gen: PQGen[_Result], deadline: float) -> PQGen[_Result]:
        try:
            wanted = next(gen)
            while True:
                ready = yield wanted  # nothing is ready a few times a second, too
                if not ready and monotonic() > deadline:
                    self._give_up()
                wanted = gen.send(ready)
        except StopIteration as end:
            result: _Result = end.value
            return result

    def _give_up(self) -> None:
        # a server that is merely slow should not go on for nobody
        with suppress(psycopg.Error):
            self.cancel_safe(timeout=_CANCEL_SECONDS)
        self.pgconn.finish()
        raise psycopg.OperationalError(f"the server did not answer within {self._seconds:g} s")


class _PackedDumper(Dumper):
    format = Format.BINARY

    def dump(self, obj: bytes) -> bytes:
        """The value, which is packed."""
        return obj


_DUMPERS = [
    (kind, type("_Dumper", (_PackedDumper,), {"oid": element.arrays})) for element, kind in PACKED.items()
]


@cache
def _adapters() -> AdaptersMap:
    """How values come and go by psycopg's own rules, whatever the program has registered for itself."""
    adapters = AdaptersMap()
    postgres.register_default_types(adapters.types)
    postgres.register_default_adapters(adapters)
    dbapi20.register_dbapi20_adapters(adapters)
    register_all_arrays(adapters)
    for kind, dumper in _DUMPERS:
        adapters.register_dumper(kind, dumper)
    return adapters


def postgresql_engine(
    url: URL, settings: Settings, _file: object, *, driver_options: Mapping[str, str], **_of_files: bool
) -> Engine:
    """See `DatabaseDialect`. Raises InvalidUrlError for an option that libpq lacks."""
    known = {option.keyword.decode() for option in Conninfo.get_defaults()}
    unknown = url.query.keys() - known
    if unknown:
        if known & hidden_options(url).keys():  # the name may be the end of a password with an '&'
            place = shown_url(url.difference_update_query(unknown))
            raise InvalidUrlError(f"{place} has another option, which PostgreSQL lacks; write a '&' as %26")
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
        url.set(drivername=f"postgresql+{_DRIVER}"),
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
        arguments["context"] = _adapters()
        failed: Exception | None = None  # raised outside of the block: psycopg's error has the password
        try:
            connection = DeadlineConnection.connect(**arguments)
        except psycopg.Error as error:
            failed = refused(error, url) or passing(error, url)
        except Exception as error:  # noqa: BLE001 - whatever it is, as of a host's name
            failed = refused(error, url) or error
        if failed is not None:
            raise failed
        try:
            connection.answer_within(settings.timeout_seconds)  # and for SQLAlchemy's first questions
            if not settings.pooler:
                connection.spreads = session_settings.pin(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    refuse_what_the_driver_cannot(engine)

    @event.listens_for(engine, "handle_error")
    def _close(context: ExceptionContext) -> None:
        if context.is_disconnect and context.execution_context is not None:
            # SQLAlchemy leaves it to be collected, which psycopg warns of
            context.execution_context.cursor.close()

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
