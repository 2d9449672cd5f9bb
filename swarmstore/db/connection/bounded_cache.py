"""A dictionary that forgets its oldest entries, shared by the threads of a process."""

from __future__ import annotations

from collections.abc import Mapping, Set
from itertools import islice
from typing import Generic, TypeVar

from swarmstore.forking import new_lock

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")

_LIMIT = 200_000  # some 50 MB of names, more than any scenario seen so far has
_AT_ONCE = 32  # this part of a full cache goes at once


class BoundedCache(Generic[_Key, _Value]):
    """Holds at most `limit` entries; the first ones added go first, many at once."""

    def __init__(self, limit: int = _LIMIT) -> None:
        self._limit = limit
        self._entries: dict[_Key, _Value] = {}
        self._lock = new_lock()

    def get(self, key: _Key) -> _Value | None:
        """The value, None when it is not held (any more)."""
        return self._entries.get(key)

    @property
    def entries(self) -> Mapping[_Key, _Value]:
        """What is held, to be looked up and not to be gone through: it changes."""
        return self._entries

    def known(self, keys: Set[_Key]) -> dict[_Key, _Value]:
        """The values of those keys that are held."""
        return {key: value for key in keys if (value := self._entries.get(key)) is not None}

    def update(self, entries: Mapping[_Key, _Value]) -> None:
        """Add these entries."""
        with self._lock.current:
            self._entries.update(entries)
            surplus = len(self._entries) - self._limit
            if surplus > 0:  # and some more: each time the gaps of those deleted earlier are walked over
                for key in list(islice(self._entries, surplus + self._limit // _AT_ONCE)):
                    del self._entries[key]

    def clear(self) -> None:
        """Forget everything."""
        with self._lock.current:
            self._entries.clear()
