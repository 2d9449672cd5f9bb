"""What was there before it was changed, in dictionaries and attributes."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TypeVar

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


class BeforeImages:
    """What was there before a call changed it, so that one that is interrupted has changed nothing."""

    def __init__(self) -> None:
        self._restore: list[Callable[[], object]] = []

    def of(self, owner: object, *names: str) -> None:
        """Some attributes."""
        self._restore += [partial(setattr, owner, name, getattr(owner, name)) for name in names]

    def of_entry(self, mapping: dict[_Key, _Value], key: _Key) -> None:
        """One entry, or that there is none. Their order may become another one."""
        restore = (
            partial(mapping.__setitem__, key, mapping[key])
            if key in mapping
            else partial(mapping.pop, key, None)
        )
        self._restore.append(restore)

    def restore(self) -> None:
        """Bring back what was there, the last change first; again from the start after an interrupt."""
        while self._restore:
            self._restore[-1]()
            self._restore.pop()

    def drop(self) -> None:
        """Let the changes be."""
        self._restore.clear()
