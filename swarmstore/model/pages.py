"""Long lists, some items at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

_Item = TypeVar("_Item")


def in_pages(items: Sequence[_Item], size: int) -> list[Sequence[_Item]]:
    """Cut items into pages of this size, of which the last one may be shorter."""
    return [items[start : start + size] for start in range(0, len(items), size)]
