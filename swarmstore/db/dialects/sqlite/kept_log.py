"""Closing a file whose log others may have gone on with, unseen by this process."""

from __future__ import annotations

import os
import sqlite3
import struct
from contextlib import suppress
from pathlib import Path

_SHARED_LOCKS = (0x40000002, 510)  # where in a file, and for how many bytes: SQLite's "SHARED" lock
_kept: list[int] = []  # to close one would take back all locks that SQLite has on its file in this process


def close_keeping_log(connection: sqlite3.Connection, file: Path) -> None:
    """Close a connection, leaving the write-ahead log to whoever opens the file next.

    The last one to close moves the log into the file and removes it, as far as its index knows the log.
    SQLite does not do so while somebody else has the file open, as a lock makes it believe. Only Linux has
    locks that one part of a process can hold against another: elsewhere it closes as usual.
    """
    with suppress(ImportError, AttributeError, OSError):
        import fcntl

        descriptor = os.open(file, os.O_RDONLY)
        _kept.append(descriptor)
        for kind in (fcntl.F_RDLCK, fcntl.F_UNLCK):
            lock = struct.pack("hh4xqqi4x", kind, os.SEEK_SET, *_SHARED_LOCKS, 0)
            fcntl.fcntl(descriptor, fcntl.F_OFD_SETLK, lock)
            connection.close()
    connection.close()
