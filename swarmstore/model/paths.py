"""Paths that callers give."""

from __future__ import annotations

import os
from pathlib import Path

from swarmstore.errors import InvalidValueError


def check_path(name: str, value: str | os.PathLike[str]) -> Path:
    """A given path. Raises InvalidValueError for what is none."""
    given = os.fspath(value) if isinstance(value, str | os.PathLike) else None
    if not isinstance(given, str) or "\0" in given:
        raise InvalidValueError(name, f"{value!r} is no path; give a str or a Path")
    if not given:
        raise InvalidValueError(name, "is empty; give a path, or '.' for the current folder")
    try:
        os.fsencode(given)
    except UnicodeEncodeError:
        raise InvalidValueError(name, f"{given!r} has half of a character in it, as no file's name") from None
    return Path(given)
