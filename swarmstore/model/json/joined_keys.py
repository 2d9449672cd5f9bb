"""Names of actions joined by ':' into one key, as upstream's JSON has them, and taken apart again."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, TypeVar

from swarmstore.errors import AmbiguousNameError, SnapshotFormatError
from swarmstore.model.json.format_errors import entry
from swarmstore.model.memo import Memo
from swarmstore.model.stats import NgramStats

_Value = TypeVar("_Value")
_Names = tuple[str, ...]
_Key = TypeVar("_Key", bound=_Names)


class SplitKeys:
    """Joined keys as names, remembered: the files of one store have mostly the same ones."""

    def __init__(self, most: int = 100_000) -> None:
        """Remember as many of each number of names; 100,000 are some 20 MB."""
        self._by_names = {
            names: Memo(partial(_split, most=names - 1), most) for names in (2, *NgramStats.LENGTHS.values())
        }

    def of(self, names: int) -> Mapping[str, _Names]:
        """Those that are so many names; what is not remembered is split when it is looked up."""
        return self._by_names[names]


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
        # not `_split`: a call for each key takes a tenth longer
        split = {tuple(key.split(":", most)): value for key, value in read.items()}
    if set(map(len, split)) - {names}:
        key = ":".join(next(parts for parts in split if len(parts) != names))
        raise SnapshotFormatError(f'$.{field}{entry(key)}: the key must be {names} names joined by ":"')
    return {tuple(map(_unescape, parts)): value for parts, value in split.items()} if escaped else split


def _split(key: str, most: int) -> _Names:
    return tuple(key.split(":", most))


def join_keys(counted: Mapping[_Key, _Value], field: str, escaped: bool) -> dict[str, _Value]:
    """What is counted by names, by joined keys.

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
    return joined


def joinable(key: _Names) -> bool:
    """Whether upstream's joined keys can hold these names."""
    return not any(":" in name for name in key[:-1])


def _escape(name: str) -> str:
    return name.replace("%", "%25").replace(":", "%3A")


def _unescape(name: str) -> str:
    return name.replace("%3A", ":").replace("%25", "%")
