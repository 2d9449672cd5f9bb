"""Which store is meant when nobody says."""

from __future__ import annotations

import os
from pathlib import Path

from swarmstore.errors import ConfigurationError, InvalidUrlError
from swarmstore.loading import loading

URL_VARIABLE = "SWARMSTORE_URL"


def default_url() -> str:
    """`SWARMSTORE_URL`, or else a SQLite file in the user's data folder."""
    return os.environ.get(URL_VARIABLE) or f"sqlite:///{_data_folder() / 'store.db'}"


def url_to_open(url: str | None, *, create: bool = False) -> str:
    """The URL as given, or the default one; with `create` that one's folder is made where it is missing.

    Raises InvalidUrlError for what is none.
    """
    if create and url is None and not os.environ.get(URL_VARIABLE):
        folder = _data_folder()
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ConfigurationError(
                f"the data folder {folder} cannot be made ({error.strerror}); name a store by "
                f"{URL_VARIABLE}, or in the call"
            ) from error
    if url is None:
        return default_url()
    if not isinstance(url, str) or not url:
        what = "is empty" if isinstance(url, str) else f"is a {type(url).__name__}, not a text"
        raise InvalidUrlError(f"the database URL {what}; leave it out for the default store")
    return url


def _data_folder() -> Path:
    with loading():
        from platformdirs import user_data_path

    try:
        return user_data_path("swarmstore")
    except RuntimeError as error:  # neither HOME nor an entry for this user
        raise ConfigurationError(
            f"this user has no home folder ({error}); name a store by {URL_VARIABLE}, or in the call"
        ) from error
