"""What a single value may be. Every error names the field.

Counts of one session may be up to 2^53 - 1, so that doubles can weight them exactly; totals may grow
up to 2^63 - 1. Text may contain anything but NUL and lone surrogates, which PostgreSQL cannot store.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterable
from pathlib import Path
from types import UnionType
from typing import get_args

from swarmstore.errors import (
    CountOutOfRangeError,
    InvalidTextError,
    InvalidValueError,
    NonFiniteNumberError,
    TextTooLongError,
)

MAX_TOTAL = 2**63 - 1
MAX_COUNT = 2**53 - 1
MAX_KPI = 1e290
MAX_KPI_SUM = 1e300
MAX_HASH = 2**64 - 1
SHORT_TEXT_BYTES = 512
SNAPSHOT_VERSION = 1
MODEL_VERSION = 1


def check_kind(field: str, value: object, kind: type | UnionType, advice: str = "") -> None:
    """Refuse what is not an instance of a class, or of one of several. Raises InvalidValueError."""
    if not isinstance(value, kind):
        wanted = " or ".join(each.__name__ for each in get_args(kind) or (kind,))
        article = "an" if wanted[0] in "AEIOU" else "a"
        given = type(value).__name__
        shown = f"{given} {value!r}" if isinstance(value, int | float | None) else given
        raise InvalidValueError(field, f"must be {article} {wanted}, not {shown}{advice}")


def check_parts(owner: str, whole: object, **kinds: type) -> None:
    """Refuse an object with a part of the wrong class. Raises InvalidValueError."""
    for name, kind in kinds.items():
        check_kind(f"{owner}.{name}" if owner else name, getattr(whole, name), kind)


def check_text(field: str, text: object) -> str:
    """Return a text without NUL or lone surrogates. Raises InvalidValueError, InvalidTextError.

    Subclasses of str are refused. The member of an enumeration, for instance, would be written by its
    name in one place and by its value in another.
    """
    if type(text) is not str:
        raise InvalidValueError(field, f"must be a plain str, not {type(text).__name__} {text!r}")
    if "\0" in text:
        raise InvalidTextError(field, f"{_shown(text)} contains NUL, which databases cannot store")
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:
            problem = f"{_shown(text)} contains a lone surrogate, which is no Unicode text"
            raise InvalidTextError(field, problem) from None
    return text


def check_short_text(field: str, text: object) -> str:
    """Return a text of at most 512 UTF-8 bytes. Raises as check_text, and TextTooLongError."""
    checked = check_text(field, text)
    size = len(checked.encode())
    if size > SHORT_TEXT_BYTES:
        problem = f"{_shown(checked)} has {size} bytes in UTF-8; at most {SHORT_TEXT_BYTES} are allowed"
        raise TextTooLongError(field, problem)
    return checked


def check_count(field: str, value: object, limit: int = MAX_COUNT) -> int:
    """Return an integer from 0 to `limit`. Raises CountOutOfRangeError."""
    if type(value) is not int or not 0 <= value <= limit:
        raise CountOutOfRangeError(field, f"{value!r} is not an integer from 0 to {limit}")
    return value


def check_double(field: str, value: object, limit: float = math.inf) -> float:
    """Return a finite float within ±`limit`, or an integer that a float can hold exactly.

    Raises InvalidValueError, NonFiniteNumberError.
    """
    if type(value) is int and abs(value) <= MAX_COUNT:
        return float(value)
    if type(value) is not float:
        raise InvalidValueError(field, f"must be a float, not {type(value).__name__} {value!r}")
    if not math.isfinite(value) or abs(value) > limit:
        raise NonFiniteNumberError(field, f"{value!r} is not a finite number that can be added up")
    return value


def check_flag(field: str, value: object) -> bool:
    """Return True or False, and refuse anything else. Raises InvalidValueError."""
    if type(value) is not bool:
        raise InvalidValueError(field, f"must be True or False, not {value!r}")
    return value


def check_actions(field: str, given: Iterable[str]) -> Iterable[str]:
    """Return given actions. Raises InvalidValueError for one text, whose letters would be the actions."""
    if isinstance(given, str | bytes) or not isinstance(given, Iterable):
        raise InvalidValueError(field, f"must be a list of actions, not {given!r}")
    return given


def check_version(version: int, newest: int) -> None:
    """Refuse a newer version, of which this code would lose fields. Raises CountOutOfRangeError."""
    if version > newest:
        problem = f"{version} is newer than {newest}, which this swarmstore knows; upgrade swarmstore"
        raise CountOutOfRangeError("version", problem)


def check_path(name: str, value: str | os.PathLike[str]) -> Path:
    """Return a given path. Raises InvalidValueError for anything else."""
    given = os.fspath(value) if isinstance(value, str | os.PathLike) else None
    if not isinstance(given, str) or "\0" in given:
        raise InvalidValueError(name, f"{value!r} is not a path; give a str or a Path")
    if not given:
        raise InvalidValueError(name, "is empty; give a path, or '.' for the current folder")
    try:
        os.fsencode(given)
    except UnicodeEncodeError:
        raise InvalidValueError(
            name, f"{given!r} has half of a character (a lone surrogate) in it, which no file name has"
        ) from None
    return Path(given)


def _shown(text: str) -> str:
    return ascii(text if len(text) <= 40 else text[:40] + "…")
