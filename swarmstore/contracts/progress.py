"""How calls that take long report their progress."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from swarmstore.errors import InvalidValueError

_Item = TypeVar("_Item")

Progress = Callable[[int, int], None]
"""Called with how much is done and how much there is."""


def check_progress(progress: Progress | None) -> Progress | None:
    """Refuse what cannot be called. Raises InvalidValueError."""
    if progress is not None and not callable(progress):
        raise InvalidValueError("progress", f"must be a function of two numbers, not {progress!r}")
    return progress


def telling_pages(progress: Progress | None, pages: Sequence[Sequence[_Item]]) -> Iterator[Sequence[_Item]]:
    """Pass on pages, and call progress with their items when the caller is done with a page."""
    done, total = 0, sum(map(len, pages))
    for page in pages:
        yield page
        done += len(page)
        if progress is not None:
            progress(done, total)


def telling(progress: Progress | None, items: Sequence[_Item]) -> Iterator[_Item]:
    """Pass on items, and call progress when the caller is done with one."""
    for done, item in enumerate(items, start=1):
        yield item
        if progress is not None:
            progress(done, len(items))
