"""A PostgreSQL connection that does not wait for ever for a server that has stopped answering.

A frozen server still acknowledges packets, so that neither TCP nor libpq's keepalives notice, and
`statement_timeout` is the server's own. The wait therefore ends here, in the client.
"""

from __future__ import annotations

from contextlib import suppress
from time import monotonic
from typing import Any, TypeVar

import psycopg
from psycopg.abc import PQGen
from psycopg.rows import TupleRow

_Result = TypeVar("_Result")
_CANCEL_SECONDS = 1.0


class DeadlineConnection(psycopg.Connection[TupleRow]):
    """Gives up waiting at its deadline: closes itself and raises psycopg.OperationalError."""

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
