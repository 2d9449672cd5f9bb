"""Names of actions joined by ':' into one key, as upstream's JSON has them, and taken apart again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from swarmstore.errors import AmbiguousNameError, SnapshotFormatError
from swarmstore.model.wire_errors import entry

_Value = TypeVar("_Value")


class SplitKeys:
    """Joined keys as names, remembered: the files of one store have mostly the same ones."""

    def __init__(self) -> None:
        self._by_names = {names: _SplitKeys(names) for names in (2, 3, 4)}

    def of(self, names: int) -> Mapping[str, tuple[str, ...]]:
        """Those that are so many names; what is not remembered is split when it is looked up."""
        return self._by_names[names]


class _SplitKeys(dict[str, tuple[str, ...]]):
    _MOST = 100_000  # some 20 MB

    def __init__(self, names: int) -> None:
        self._splits = names - 1

    def __missing__(self, key: str) -> tuple[str, ...]:
        names = tuple(key.split(":", self._splits))
        return self.setdefault(key, names) if len(self) < self._MOST else names


def split_keys(
    read: Mapping[str, _Value], names: int, field: str, escaped: bool, keys: SplitKeys | None
) -> dict[Any, _Value]:
    """What was read by joined keys, by as many names. Raises SnapshotFormatError for fewer.

    field: what the message names. escaped: names may be any. keys: those known already.
    """
    if keys is not None and not escaped:
        split = dict(zip(map(keys.of(names).__getitem__, read), read.values(), strict=True))
    else:
        most = -1 if escaped else names - 1
        split = {tuple(key.split(":", most)): value for key, value in read.items()}
    for parts in split:
        if len(parts) != names:
            key = ":".join(parts)
            raise SnapshotFormatError(f'$.{field}{entry(key)}: the key must be {names} names joined by ":"')
    return {tuple(map(_unescape, parts)): value for parts, value in split.items()} if escaped else split


def join_keys(counted: Mapping[Any, _Value], field: str, escaped: bool) -> dict[str, _Value]:
    """What is counted by names, by joined keys in byte order.

    Raises AmbiguousNameError for a ':' that would split a name, unless escaped.
    """
    joined = {}
    for key, value in counted.items():
        if not escaped and not joinable(key):
            raise AmbiguousNameError(
                field,
                f"{key!r} has a ':' before its last name, which JSON keys joined by ':' cannot hold; "
                "the databases can",
            )
        joined[":".join(map(_escape, key) if escaped else key)] = value
    return dict(sorted(joined.items()))


def joinable(key: tuple[str, ...]) -> bool:
    """Whether upstream's joined keys can hold these names."""
    return not any(":" in name for name in key[:-1])


def _escape(name: str) -> str:
    return name.replace("%", "%25").replace(":", "%3A")


def _unescape(name: str) -> str:
    return name.replace("%3A", ":").replace("%25", "%")
