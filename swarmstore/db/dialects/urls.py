"""Database URLs: what may be written, what is meant by it, and who may see what of it."""

from __future__ import annotations

import os
import re
from typing import NamedTuple
from urllib.parse import quote, unquote

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from swarmstore.db.dialects.database_file import with_absolute_path
from swarmstore.db.dialects.functions import SQLITE
from swarmstore.db.dialects.server_urls import check_values, server_url
from swarmstore.disk import is_text
from swarmstore.errors import ConfigurationError, InvalidUrlError
from swarmstore.locations import URL_VARIABLE, default_url

_DRIVERS = {
    "postgresql": "postgresql+psycopg",
    "postgres": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
    "sqlite": "sqlite+pysqlite",
    "sqlite+pysqlite": "sqlite+pysqlite",
}
_FORMS = "use postgresql://user@host/database or sqlite:///path/to/file.db"
_IS_OF_SERVER = re.compile("postgres")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]|%00")
_SHOWN = {
    *("host", "hostaddr", "port", "dbname", "user", "connect_timeout", "application_name", "client_encoding"),
    *("sslmode", "sslrootcert", "sslcert", "sslcrl", "sslnegotiation", "ssl_min_protocol_version"),
    *("gssencmode", "channel_binding", "require_auth", "target_session_attrs", "load_balance_hosts"),
    *("sslsni", "sslcompression", "sslcertmode", "sslcrldir", "ssl_max_protocol_version", "requirepeer"),
    *("min_protocol_version", "max_protocol_version", "krbsrvname", "gsslib", "gssdelegation", "replication"),
    *("keepalives", "keepalives_idle", "keepalives_interval", "keepalives_count", "tcp_user_timeout"),
    *("mode", "cache", "immutable", "nolock", "vfs", "uri", "timeout"),
}
"""Options whose values are no secrets; of all others, known or not, only the names are shown."""
_OTHER_THAN_SHOWN = re.compile("[@=]|://")  # another URL, or options of libpq's as one text
_WORD = re.compile(r"\w+")
_LONG_ENOUGH = 4
_TIMES = {"timeout", "connect_timeout", "tcp_user_timeout", "keepalives_idle", "keepalives_interval"}
_UNITS = {"tcp_user_timeout": "milliseconds"}
_TIME = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?", re.ASCII)
_OF_SQLITE = {"uri", "timeout"}  # the others are of the `file:` form
_IN_MEMORY = {"memory", "memdb"}
_FLAGS = ("0", "1", "false", "true", "no", "yes", "off", "on")
_OF_FILES: dict[str, tuple[str, ...]] = {  # with what each may be, where that is not open
    **{"mode": ("ro", "rw", "rwc", "memory"), "cache": ("shared", "private")},
    **dict.fromkeys(("immutable", "nolock", "psow"), _FLAGS),
    **{"vfs": (), "uri": (), "timeout": ()},
}


def parse_url(text: str) -> URL:
    """The URL with the driver that swarmstore uses and, of SQLite, the path from the root.

    Raises InvalidUrlError, which shows nothing of the URL that may be a secret.
    """
    if not isinstance(text, str):
        raise InvalidUrlError(f"the database URL is a {type(text).__name__}, not a text; {_FORMS}")
    if text != text.strip() or _CONTROL.search(text):
        raise InvalidUrlError(
            "the database URL begins or ends with white space, or contains a control character, perhaps "
            "from the end of a line in a file; remove that"
        )
    try:
        url = server_url(text) if _IS_OF_SERVER.match(text) else _of_file(text)
    except (ArgumentError, ValueError):
        is_path = not re.search("[:@=]", text)  # and then no part of it is a secret
        advice = f"for a SQLite file write sqlite:///{text}" if is_path else _FORMS
        raise InvalidUrlError(f"the database URL cannot be read; {advice}") from None
    driver = _DRIVERS.get(url.drivername)
    if driver is None:
        raise InvalidUrlError(f"{url.drivername!r} databases are not supported; {_FORMS}")
    url = url.set(drivername=driver)
    _check_options(url)
    if url.get_backend_name() == SQLITE:
        try:
            os.fsencode(text)
        except UnicodeEncodeError:
            half = "the database URL has half of a character (a lone surrogate) in it, which no file name has"
            raise InvalidUrlError(half) from None
        if url.host or url.username or url.password or url.port:
            raise InvalidUrlError(
                "a SQLite URL has three slashes before a path that begins in the current folder, and four "
                "before one that begins at the root: sqlite:///swarm.db, sqlite:////data/swarm.db"
            )
        url = _with_options(url)
        if url.database in {"", "file:"} and not {url.query.get("mode"), url.query.get("vfs")} & _IN_MEMORY:
            raise InvalidUrlError(
                "the SQLite URL names no file; sqlite:// is a store in memory, which is lost when closed"
            )
        return with_absolute_path(url)
    if not is_text(text):  # a file may have any name
        raise InvalidUrlError(f"the database URL is not UTF-8; {_FORMS}")
    return url


def _check_options(url: URL) -> None:
    """Refuse an option that is there twice, and a time that is none: drivers take them as they like."""
    for name, value in url.query.items():
        if not isinstance(value, str):
            raise InvalidUrlError(f"the database URL has {name} twice; leave one of them out")
        if name in _TIMES and not _TIME.fullmatch(value):
            raise InvalidUrlError(
                f"{name} in the database URL is not a number of {_UNITS.get(name, 'seconds')}"
            )


def _of_file(text: str) -> URL:
    """The URL, in which any byte of a file's name may be written as `%ff`: SQLAlchemy takes UTF-8 alone.

    The form `file:` is SQLite's own, which decodes it: decoded here, a `%3F` would begin its options.
    """
    url = make_url(text)
    check_values(text.partition("?")[2])
    path = text.partition("://")[2].partition("?")[0].partition("/")[2]
    if not path.startswith("file:"):
        path = unquote(path, errors="surrogateescape")
    return url.set(database=path) if url.database else url


def url_as_text(url: URL) -> str:
    """The URL with its password, so that `parse_url` gives it again."""
    if url.get_backend_name() != SQLITE or not url.database:
        return url.render_as_string(hide_password=False)
    before, _, options = url._replace(database=None).render_as_string().partition("?")
    path = quote(os.fsencode(url.database))
    return f"{before.rstrip('/')}///{path}?{options}" if options else f"{before.rstrip('/')}///{path}"


def _with_options(url: URL) -> URL:
    """SQLite's `file:` form, which alone has options, said to be one."""
    name = url.database or ""
    if name.startswith("file:"):
        if re.search("[#?]", name):  # the options of the URL are not in it
            raise InvalidUrlError(
                "SQLite leaves out what is behind a '#' in the form file:, and what is behind a '?' are "
                "options; write them as %23 and %3F"
            )
        if re.match(r"file://(?!localhost/|/)", name):
            raise InvalidUrlError("a file: URL names a file of this machine: sqlite:///file:/path/to/file.db")
        _check_options_of_files(url)
        url = url.set(database=re.sub(r"^file://(localhost)?/+", "file:/", name))
        return url.update_query_dict({"uri": "true"})
    unknown = url.query.keys() - _OF_SQLITE
    if unknown:
        raise InvalidUrlError(
            f"{min(unknown)} is not an option of sqlite:///path; SQLite's own options belong to the form "
            "sqlite:///file:/path/to/file.db?mode=ro&uri=true"
        )
    return url


def _check_options_of_files(url: URL) -> None:
    """Refuse what SQLite would pass over without a word, or refuse without saying what to write."""
    for name, value in url.query.items():
        if name not in _OF_FILES:
            raise InvalidUrlError(
                f"{name} is not an option of the form file:; there are {', '.join(_OF_FILES)}"
            )
        if (known := _OF_FILES[name]) and value not in known:
            raise InvalidUrlError(f"{name} in the form file: is one of {', '.join(known)}")


def shown_url(url: URL) -> str:
    """The URL as a person may see it: all of it text, without the password and what may be another secret."""
    shown = url.set(drivername=url.get_backend_name())
    if shown.database is not None:
        shown = shown.set(database=shown.database.encode(errors="backslashreplace").decode())
    secrets = dict.fromkeys(hidden_options(url), "***")
    return shown.update_query_dict(secrets).render_as_string(hide_password=True).replace("%2A%2A%2A", "***")


def hidden_options(url: URL) -> dict[str, str]:
    """Options with their values that nobody may see: others too, where something else is written in them."""
    return {
        name: str(value)
        for name, value in url.query.items()
        if name not in _SHOWN or _OTHER_THAN_SHOWN.search(str(value))
    }


def holds_secret(url: URL, text: str) -> bool:
    """Whether a text, as a driver gives it out, has something in it that `shown_url` hides.

    Also a part of an option's value, as `options` has several. Some letters are found in any text, so that
    they count as a secret only where they are quoted.
    """
    options = hidden_options(url).values()
    secrets = {str(url.password or ""), *options, *(each for one in options for each in _WORD.findall(one))}
    folded = text.casefold()
    return any(
        (each in folded if len(each) >= _LONG_ENOUGH else f'"{each}"' in folded)
        for each in map(str.casefold, secrets - {""})
    )


class Place(NamedTuple):
    """Where a database is, for a store that goes to another process: a URL without its secrets."""

    url: str
    has_secrets: bool


def place_of(url: str) -> Place:
    """The place of a URL, of SQLite with the path from the root. Raises InvalidUrlError."""
    parsed = parse_url(url)
    hidden = parsed.query.keys() - _SHOWN
    bare = parsed._replace(password=None).difference_update_query(hidden)
    return Place(bare.render_as_string(), bool(parsed.password or hidden))


def url_of(place: Place) -> str:
    """A URL of this place: where it has secrets, with those that this process's environment has.

    Raises ConfigurationError where that names another place.
    """
    if not place.has_secrets:
        return place.url
    found = default_url()
    if place_of(found).url != place.url:
        raise ConfigurationError(
            f"this store is {shown_url(parse_url(place.url))} with a password from {URL_VARIABLE}, which is "
            "not set to it in this process; set it, or open the store by a URL"
        )
    return found
