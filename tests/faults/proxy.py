"""A TCP proxy in front of PostgreSQL that loses a connection, or an answer, at a chosen statement."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from sqlalchemy import make_url

_STARTUP_BYTES = 4  # the first message has a length, but no type
_ENDS_STATEMENT = b"QS"  # a simple query, and the Sync behind an extended one
_WITHIN_STATEMENT = b"PBDECH"  # Parse, Bind, Describe, Execute, Close, Flush
_READY = b"Z"


class Fault(Enum):
    """What becomes of a statement."""

    NOT_SENT = "the connection is cut before the statement gets to the server"
    ANSWER_LOST = "the server has done it, and the connection is cut before the answer"
    ANSWER_NEVER = "the server has done it, and the answer never comes"


@dataclass
class _Plan:
    fault: Fault
    statement: int  # from 1, counted over all connections since the plan was made
    repeatedly: bool  # that statement and all behind it
    seen: int = 0
    happened: int = 0


class Proxy:
    """Passes connections on to a server. Without a plan it changes nothing."""

    def __init__(self, url: str) -> None:
        """url: the server's, as SQLAlchemy writes it."""
        self._target = make_url(url)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._lock = threading.Lock()
        self._plan: _Plan | None = None
        self._open: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def lead_to(self, url: str) -> None:
        """Pass connections that are made from now on to another server."""
        self._target = make_url(url)

    @property
    def url(self) -> str:
        """The server's URL, through the proxy."""
        # in the clear, so that messages can be told apart
        plain = self._target.update_query_dict({"sslmode": "disable", "gssencmode": "disable"})
        through = plain.set(host="127.0.0.1", port=self._listener.getsockname()[1])
        return through.render_as_string(hide_password=False)

    @contextlib.contextmanager
    def failing(self, fault: Fault, statement: int, *, repeatedly: bool = False) -> Iterator[_Plan]:
        """Let the n-th statement within the block fail.

        `seen` tells how many statements there were, `happened` how many of them failed.
        """
        self._plan = _Plan(fault, statement, repeatedly)
        try:
            yield self._plan
        finally:
            self._plan = None

    def close(self) -> None:
        """Cut all connections and take no more."""
        for connection in (self._listener, *self._open):
            _cut(connection)

    def _accept(self) -> None:
        with contextlib.suppress(OSError):  # the listener was closed
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection((self._target.host, self._target.port or 5432))
                for connection in (client, server):
                    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                    self._open.append(connection)
                pair = _Pair(self, client, server)
                threading.Thread(target=pair.requests, daemon=True).start()
                threading.Thread(target=pair.answers, daemon=True).start()

    def next_fault(self) -> Fault | None:
        """What becomes of the statement that is on its way, None when it goes well."""
        plan = self._plan
        if plan is None:
            return None
        with self._lock:
            plan.seen += 1
            if plan.seen < plan.statement or (plan.happened and not plan.repeatedly):
                return None
            plan.happened += 1
            return plan.fault


class _Pair:
    """One client's connection and its continuation to the server."""

    def __init__(self, proxy: Proxy, client: socket.socket, server: socket.socket) -> None:
        self._proxy, self._client, self._server = proxy, client, server
        self._fault: Fault | None = None

    def requests(self) -> None:
        """Pass on what the client says, a statement at a time."""
        with self._until_the_end():
            self._server.sendall(_message(self._client, typed=False))
            statement = b""
            while True:
                message = _message(self._client)
                statement += message
                if message[:1] in _ENDS_STATEMENT:
                    self._fault = self._proxy.next_fault()
                    if self._fault is Fault.NOT_SENT:
                        return
                elif message[:1] in _WITHIN_STATEMENT:
                    continue
                self._server.sendall(statement)
                statement = b""

    def answers(self) -> None:
        """Pass on what the server says, unless the answer is to be lost."""
        with self._until_the_end():
            while True:
                answer = _message(self._server)
                if self._fault is None:
                    self._client.sendall(answer)
                elif self._fault is Fault.ANSWER_LOST and answer[:1] == _READY:
                    return

    @contextlib.contextmanager
    def _until_the_end(self) -> Iterator[None]:
        try:
            with contextlib.suppress(OSError, EOFError):
                yield
        finally:
            _cut(self._client)
            _cut(self._server)


def _message(source: socket.socket, *, typed: bool = True) -> bytes:
    """A whole message: its type, its length (which counts itself, not the type), its contents."""
    head = _exactly(source, _STARTUP_BYTES + typed)
    length = int.from_bytes(head[-_STARTUP_BYTES:], "big")
    return head + _exactly(source, length - _STARTUP_BYTES)


def _exactly(source: socket.socket, size: int) -> bytes:
    parts = bytearray()
    while len(parts) < size:
        part = source.recv(size - len(parts))
        if not part:
            raise EOFError
        parts += part
    return bytes(parts)


def _cut(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
    connection.close()
