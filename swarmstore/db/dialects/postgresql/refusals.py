"""What it means that no connection could be had: what will not help is told from what may be tried again.

libpq gives no SQLSTATE of what a server answers to a connection, and psycopg no way to ask for one: this
is the one place that goes by the text, of PostgreSQL's and PgBouncer's messages in English. A message in
another language stays what it was, an error of a server that may be tried again.

A text that has a secret of the URL in it, as PostgreSQL quotes what it does not take, is shown to nobody:
what stands in its place is said here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

import psycopg
from sqlalchemy import URL

from swarmstore.db.dialects.server_urls import NO_HOST
from swarmstore.db.dialects.urls import holds_secret, shown_url
from swarmstore.errors import (
    ConfigurationError,
    DatabaseMissingError,
    DatabaseRefusedError,
    InvalidUrlError,
    LoginRefusedError,
    SwarmstoreError,
)


class _Refusal(NamedTuple):
    kind: type[SwarmstoreError]
    said: str
    """What is said where the driver's own text may not be shown."""
    advice: str
    pattern: re.Pattern[str]


def _any_of(*messages: str) -> re.Pattern[str]:
    return re.compile("(?:" + "|".join(messages) + ")[^\n]*")


_REFUSALS: Sequence[_Refusal] = (
    _Refusal(
        InvalidUrlError,
        "an option has a value that PostgreSQL does not take",
        "give the option a value that PostgreSQL's documentation names",
        _any_of(
            *(r"invalid \w+ value:", r"bad value for \w+:", "invalid integer value", "invalid port number"),
            *('definition of service "[^\n]*" not found', "could not parse network address"),
            *("FATAL:  invalid command-line argument", "FATAL:  unrecognized configuration parameter"),
            *("FATAL:  invalid value for parameter", r"FATAL:  -\S* [^\n]*requires a value"),
            *('FATAL:  parameter "[^\n]*" cannot be', r'invalid "\w+" value:'),
            "invalid SCRAM (?:client|server) key",
            *(r"setsockopt\(\w+\) failed: Invalid argument", r"weak sslmode [^\n]*sslnegotiation"),
            "could not match [0-9]+ (?:port numbers|host names|hostaddr values)",
        ),
    ),
    _Refusal(
        InvalidUrlError,
        "the server cannot do what an option requires",
        "leave the option out, or have the server's administrator set up what it requires",
        _any_of(
            *("channel binding (?:is )?required", "server did not request an SSL certificate"),
            *("authentication method requirement", "GSSAPI encryption required"),
            "server does not support SSL, but SSL was required",
        ),
    ),
    _Refusal(
        ConfigurationError,
        "the server cannot begin a session",
        "mend session_preload_libraries and local_preload_libraries of the server, database or role",
        _any_of("FATAL:  (?:could not access file|access to library)"),
    ),
    _Refusal(
        DatabaseMissingError,
        "there is no such database",
        "name another one in the URL, or make it by CREATE DATABASE and `swarmstore upgrade`",
        _any_of('FATAL:  database "[^\n]*" does not exist', "FATAL:  no such database"),
    ),
    _Refusal(
        LoginRefusedError,
        "the server does not know the role, or takes another password",
        "check the role and the password in the URL, PGPASSWORD or the password file",
        _any_of(
            *('FATAL:  role "[^\n]*" does not exist', "FATAL:  no such user"),
            *("FATAL:  [^\n]*(?:authentication|auth) failed", "fe_sendauth: no password supplied"),
        ),
    ),
    _Refusal(
        LoginRefusedError,
        "the server does not let this role into this database",
        "use another role, or ask the server's administrator for access",
        _any_of(
            *('FATAL:  role "[^\n]*" is not permitted to log in', "FATAL:  permission denied for database"),
            *("FATAL:  no pg_hba.conf entry", "FATAL:  pg_hba.conf rejects connection"),
        ),
    ),
)

_PASSING = {
    "refused": "nobody listens there (connection refused)",
    "resolve|translate host name": "the host's name is not known",
    "timeout|timed out|in time": "there was no answer in time",
    "too many|connection slots": "it has too many connections",
    "starting up|shutting down|recovery": "it is starting or ending",
    "SSL|certificate": "the server and the URL do not agree on SSL",
    "No such file": "there is no socket or file of this name",
}
"""What may pass, by words of the driver's, as it is said where the driver's text may not be shown."""


def refused(error: Exception, url: URL) -> SwarmstoreError | None:
    """The error to raise when no connection could be had and trying again will not help, else None."""
    if isinstance(error, UnicodeError):  # of a host that is not in the URL
        return InvalidUrlError(NO_HOST)
    text = str(error)
    is_secret = holds_secret(url, text)
    if not isinstance(error, psycopg.Error):
        what = type(error).__name__ if is_secret else f"{type(error).__name__}: {text}"
        return DatabaseRefusedError(f"the database's driver failed: {what}")
    for kind, own, advice, pattern in _REFUSALS:
        if found := pattern.search(text):
            said = own if is_secret else found[0].removeprefix("FATAL:  ")
            return kind(f"{shown_url(url)} cannot be opened: {said}; {advice}")
    return None


def passing(error: psycopg.Error, url: URL) -> psycopg.Error:
    """The error of a connection that could not be had, without a secret in its text."""
    text = str(error)
    if holds_secret(url, text):
        found = [said for words, said in _PASSING.items() if re.search(words, text)]
        text = f"{shown_url(url)}: {', '.join(found) or 'the connection failed'}"
    return type(error)(text)
