"""Times on the command line: as they are given, and as they are shown."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime

import typer

PLACEHOLDER = "TIME"
FORMS = (
    "TIME is a date (2026-01-31) or a date and time (2026-01-31T12:30), both in UTC; or how long ago "
    "(90m, 12h, 30d or 2w); or seconds since 1970."
)
_AGO = re.compile(r"([0-9]{1,20})([mhdw])")
_SECONDS = {"m": 60, "h": 3_600, "d": 86_400, "w": 7 * 86_400}
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}(:[0-9]{2})?)?Z?", re.ASCII)


def given_time(text: str) -> int:
    """Seconds since 1970 of a time on the command line; a date alone is its first second."""
    seconds = None
    if re.fullmatch("[0-9]{1,20}", text):
        seconds = int(text)
    elif ago := _AGO.fullmatch(text):
        seconds = int(time.time()) - int(ago[1]) * _SECONDS[ago[2]]
    elif _DATE.fullmatch(text):
        try:
            seconds = int(datetime.fromisoformat(text.removesuffix("Z")).replace(tzinfo=UTC).timestamp())
        except ValueError as error:
            raise typer.BadParameter(f"{text!r} is not a time: {error}") from None
    if seconds is None:
        raise typer.BadParameter(f"{text!r} is not a time. {FORMS}")
    if seconds < 0:
        raise typer.BadParameter(f"{text!r} is before 1970")
    return seconds


def moment(seconds: int | None) -> str | None:
    """Seconds since 1970 as a UTC time; the number itself where no calendar goes that far."""
    if seconds is None:
        return None
    try:
        return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S")
    except (OverflowError, ValueError, OSError):
        return str(seconds)
