"""Which store is meant when nobody says."""

from __future__ import annotations

import os
from pathlib import Path

from platformdirs import user_data_path

URL_VARIABLE = "SWARMSTORE_URL"


def default_url() -> str:
    """`SWARMSTORE_URL`, or else a SQLite file in the user's data folder."""
    return os.environ.get(URL_VARIABLE) or f"sqlite:///{_data_folder() / 'store.db'}"


def url_to_open(url: str | None) -> str:
    """The URL as given or the default one, whose folder is made where it is missing."""
    if url is None and not os.environ.get(URL_VARIABLE):
        _data_folder().mkdir(parents=True, exist_ok=True)
    return url or default_url()


def _data_folder() -> Path:
    return user_data_path("swarmstore")
