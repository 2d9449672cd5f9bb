"""How names, numbers and times read on the page. Names are hostile text until they went through here."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from rich.cells import cell_len, chop_cells

from swarmstore.contracts.report_findings import Rate

_UNITS = ((86_400_000, "d"), (3_600_000, "h"), (60_000, "min"), (1000, "s"))


def printable(name: str) -> str:
    """A name in which nothing is invisible or changes the direction of what follows; "" for the empty one."""
    if not name:
        return '""'
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in name)


def shortened(text: str, width: int) -> str:
    """A text in at most so many columns, of which Chinese letters take two; cut in its middle."""
    if cell_len(text) <= width:
        return text
    head = chop_cells(text, (width - 1) - (width - 1) // 3)[0]
    tail = chop_cells(text[::-1], (width - 1) // 3)[0][::-1]
    return f"{head}…{tail}"


def labels(names: Iterable[str], width: int) -> dict[str, str]:
    """A short label for each name, another one for every name."""
    given: dict[str, str] = {}
    for name in names:
        label, number = shortened(printable(name), width), 1
        while label in given.values():
            number += 1
            label = f"{shortened(printable(name), width - len(str(number)) - 3)} ({number})"
        given[name] = label
    return given


def path(actions: Iterable[str]) -> str:
    """A run of actions."""
    return " → ".join(map(printable, actions))


def percent(share: float | None) -> str:
    """A share from 0 to 1."""
    return "–" if share is None else f"{100 * share:.1f} %"


def bounds(rate: Rate) -> str:
    """A rate's 95 % interval."""
    if rate.low is None or rate.high is None:
        return "–"
    return f"{100 * rate.low:.0f}–{100 * rate.high:.0f} %"


def number(value: float | None) -> str:
    """A count with separators, any other number with three digits."""
    if value is None:
        return "–"
    return f"{value:,}" if isinstance(value, int) else f"{value:.3g}"


def duration(milliseconds: float | None) -> str:
    """A time that something took, in the greatest unit of which there is one."""
    if milliseconds is None:
        return "–"
    for size, unit in _UNITS:
        if milliseconds >= size:
            return f"{milliseconds / size:,.1f} {unit}"
    return f"{milliseconds:.0f} ms"


def moment(time: datetime | None) -> str:
    """A time in UTC."""
    return "–" if time is None else f"{time:%Y-%m-%d %H:%M} UTC"


def age(since: datetime | None, now: datetime) -> str:
    """How long ago something was."""
    if since is None:
        return "never"
    return f"{duration(max(now - since, timedelta()) / timedelta(milliseconds=1))} ago"
