"""What libpq takes from the environment, a service or the current folder: once, when a store is opened.

libpq asks anew at every connection, so that a store would go elsewhere when a variable changes.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import make_conninfo
from psycopg.pq import ConninfoOption, PGconn
from sqlalchemy import URL
from sqlalchemy.exc import SQLAlchemyError

from swarmstore.db.dialects.database_file import from_root
from swarmstore.disk import is_text
from swarmstore.errors import InvalidUrlError

_FILES = {
    *("passfile", "sslcert", "sslkey", "sslrootcert", "sslcrl", "sslcrldir", "sslkeylogfile", "servicefile"),
}
_FOLDERS_OF_SERVICES = ("PGSERVICEFILE", "PGSYSCONFDIR")  # libpq has no option for them
_MAY_BE_EMPTY = {
    *("host", "hostaddr", "options", "requirepeer", "passfile", "ssl_max_protocol_version"),
    *("sslcert", "sslkey", "sslrootcert", "sslcrl", "sslcrldir"),
}
"""Options that libpq takes for absent where they are empty. Others are refused, or mean something else:
where a variable of theirs is set later, it counts. None of them says which database is meant.
"""


def driver_options(url: URL) -> dict[str, str]:
    """The options of libpq as they are now where the URL does not say them, and its files from the root.

    Secrets are not among them: libpq goes on to look for a password where it is kept. None at all for
    options that libpq refuses: connecting says so.

    Raises InvalidUrlError for a service whose file depends on the current folder, DatabaseMissingError where
    a file does and there is no such folder.
    """
    try:
        _, given = url.get_dialect()().create_connect_args(url)
        found, for_one_more = (_found(given, stopped_by) for stopped_by in ("gssencmode", "channel_binding"))
    except (psycopg.Error, SQLAlchemyError, TypeError, ValueError):
        return {}
    if not found or not for_one_more:
        return {}
    found["gssencmode"] = for_one_more["gssencmode"]
    for variable in _FOLDERS_OF_SERVICES:
        value = os.environ.get(variable)
        if found["service"].val and value and not Path(value).is_absolute():
            raise InvalidUrlError(
                f"{variable} is {value}, a path from the current folder, which may change while the store is "
                "open; set it to a path from the root, or leave the service out"
            )
    options = {name: _value(option, is_given=name in given) for name, option in found.items()}
    return {name: value for name, value in options.items() if value is not None and is_text(value)}


def _found(given: Mapping[str, Any], stopped_by: str) -> dict[str, ConninfoOption]:
    """All options as libpq takes them, none where it refuses some.

    It works them out before it looks at a mode that is none, by which it is kept from connecting.
    """
    attempt = {**given, "password": "-", stopped_by: "-"}  # with a password no file of them is read
    connection = PGconn.connect_start(make_conninfo("", **attempt).encode())
    try:
        was_stopped = stopped_by in connection.error_message.decode(errors="replace")
        return {each.keyword.decode(): each for each in connection.info} if was_stopped else {}
    finally:
        connection.finish()


def _value(option: ConninfoOption, *, is_given: bool) -> str | None:
    """What to say to libpq, None for nothing."""
    name, value = option.keyword.decode(), os.fsdecode(option.val or b"")
    if name in _FILES and _is_relative(name, value):
        return str(from_root(Path(value)))
    if is_given or option.dispchar or not (value or name in _MAY_BE_EMPTY):
        return None
    return value  # also an empty one: a variable that is set later does not count


def _is_relative(name: str, value: str) -> bool:
    """Whether it is a file's path, and depends on the current folder."""
    is_special = (name == "sslrootcert" and value == "system") or (name == "sslkey" and ":" in value)
    return bool(value) and not is_special and not Path(value).is_absolute()
