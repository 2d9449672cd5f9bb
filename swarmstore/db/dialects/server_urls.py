"""URLs of servers: which part is the user, a host or an option. Nothing is guessed where a password may be.

Also libpq's own forms: several hosts with a comma between them, and a socket's folder as `%2Frun`.
"""

from __future__ import annotations

import re
from urllib.parse import unquote

from sqlalchemy import URL, make_url

from swarmstore.errors import InvalidUrlError

_HOST = re.compile(r"(?:\[(?P<ipv6>[0-9A-Fa-f:.]+(?:%[^\]]*)?)\]|(?P<name>[^:\[\]]*))(?::(?P<port>\d*))?")
_WITHOUT_PASSWORD = re.compile(r"[^:]*/")  # up to the path there is no user with a password
NO_HOST = (
    "a host's name in the database URL, or in PGHOST, is none: it has an empty part, or one of more than 63 "
    "characters; mend it"
)
_MAY_HOLD_AT = {
    *("user", "password", "passfile", "service", "options", "application_name", "fallback_application_name"),
    *("dbname", "sslpassword", "sslkey", "sslcert", "oauth_client_id", "oauth_client_secret"),
}


def server_url(text: str) -> URL:
    """The URL, whose hosts are in its query where SQLAlchemy would not take them for hosts.

    Raises InvalidUrlError where the end of the user and password is not clear, or a host cannot be one,
    ArgumentError or ValueError where it is not a URL.
    """
    url = _with_hosts(*_parts(text))
    hosts = [] if "hostaddr" in url.query else [url.host or "", *str(url.query.get("host", "")).split(",")]
    for host in hosts:
        try:
            host.encode("idna")  # as Python does to ask for its address
        except UnicodeError:
            if not host.startswith(("/", "@")):  # a socket
                raise InvalidUrlError(NO_HOST) from None
    return url


def _with_hosts(before: str, hosts: str, rest: str) -> URL:
    url = make_url(before + rest)
    if not hosts:
        return _with_a_port_each(url)
    found = [_HOST.fullmatch(host) for host in hosts.split(",")]
    if None in found:
        raise ValueError("a host with characters that none has")
    names = [(unquote(one["ipv6"] or one["name"]), one["port"] or "") for one in found if one is not None]
    if len(names) == 1 and re.fullmatch(r"[^/%]*", names[0][0]):
        name, port = names[0]
        return _with_a_port_each(url._replace(host=name or None, port=int(port) if port else None))
    query = {"host": ",".join(name for name, _ in names)}
    if any(port for _, port in names):
        query["port"] = ",".join(port for _, port in names)
    return _with_a_port_each(url.update_query_dict(query))


def _with_a_port_each(url: URL) -> URL:
    """The URL, in which one port for several hosts is that of each, as libpq means it."""
    hosts = str(url.query.get("host", "")).split(",")
    port = url.query.get("port") or (str(url.port) if url.port else "")
    if len(hosts) == 1 or not isinstance(port, str) or not port or "," in port:
        return url
    return url._replace(port=None).update_query_dict({"port": ",".join([port] * len(hosts))})


def _parts(text: str) -> tuple[str, str, str]:
    """A URL before its hosts, its hosts, and what is behind them.

    Up to the only @ all is user and password, whatever characters are in it.
    """
    scheme, separator, rest = text.partition("://")
    user, at, behind = rest.partition("@") if "@" in rest else ("", "", rest)
    place, question, options = user.partition("?")
    if at and "=" in options:  # the @ is an option's, or the password has a question mark
        if not _WITHOUT_PASSWORD.match(place):
            raise _unclear()
        user, at, behind = "", "", rest
    elif at and _WITHOUT_PASSWORD.match(user):
        raise _unclear()
    place, question, options = behind.partition("?")
    each_option = [option for option in options.split("&") if option]
    if "@" in place or ("@" in options and not all(map(_is_option, each_option))):
        raise _unclear()
    check_values(options)
    hosts, slash, path = place.partition("/")
    return f"{scheme}{separator}{user}{at}", hosts, f"{slash}{path}{question}{options.replace('@', '%40')}"


def check_values(options: str) -> None:
    """Refuse an option that has no value, which SQLAlchemy leaves out. Raises InvalidUrlError."""
    if not all(re.fullmatch("[^=]+=.+", option) for option in options.split("&") if option):
        raise InvalidUrlError(
            "the database URL has an option without a value; write it as name=value, or leave it out, and "
            "a '?' in the name of a file as %3F"
        )


def _is_option(written: str) -> bool:
    """Whether it can be no part of a password, host and database: `x=y@host/database`."""
    name, _, value = written.partition("=")
    return "@" not in written or (name in _MAY_HOLD_AT and not re.search("@.*[:/]", value))


def _unclear() -> InvalidUrlError:
    return InvalidUrlError(
        "it is not clear where the user and password of the database URL end; write an '@' in a user, a "
        "password, a database or an option as %40, a '/' as %2F and a '?' as %3F"
    )
