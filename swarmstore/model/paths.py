"""Paths that callers give."""

from __future__ import annotations

import os
from pathlib import Path

from swarmstore.errors import InvalidValueError


def check_path(name: str, value: str | os.PathLike[str]) -> Path:
    """A given path. Raises InvalidValueError for what is none."""
    if not isinstance(value, str | os.PathLike) or "\0" in os.fspath(value):
        raise InvalidValueError(name, f"{value!r} is no path; give a str or a Path")
    return Path(value)
