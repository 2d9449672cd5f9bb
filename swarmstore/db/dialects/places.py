"""Where a database is, without what opens it: for a store that goes to another process."""

from __future__ import annotations

from typing import NamedTuple

from swarmstore.db.dialects.urls import is_shown, parse_url, shown_url
from swarmstore.errors import ConfigurationError
from swarmstore.locations import URL_VARIABLE, default_url


class Place(NamedTuple):
    """A URL without its secrets, and whether it had some."""

    url: str
    has_secrets: bool


def place_of(url: str) -> Place:
    """The place of a URL, of SQLite with the path from the root. Raises InvalidUrlError."""
    parsed = parse_url(url)
    hidden = [name for name in parsed.query if not is_shown(name)]
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
