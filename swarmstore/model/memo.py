"""Values worked out once for each key, as many as there is room for."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


class Memo(dict[_Key, _Value]):
    """Makes the value of a key that is looked up, and keeps it unless it keeps `most` already.

    Threads may share it: two may make the same value, and get one.
    """

    def __init__(self, make: Callable[[_Key], _Value], most: int) -> None:
        self._make = make
        self._most = most

    def __missing__(self, key: _Key) -> _Value:
        value = self._make(key)
        return self.setdefault(key, value) if len(self) < self._most else value
