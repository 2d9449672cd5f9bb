"""SQL made of a statement once a worker, not once for each of the thousands of stores that tests open.

A process with one store compiles each of its statements once; tests would spend a seventh of their time
on compiling the same ones anew.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine
from sqlalchemy.util import LRUCache

_MOST = 5_000
_made: LRUCache[Any, Any] = LRUCache(_MOST)


class _Shared:
    """What an engine looks up compiled statements in: those of all engines whose dialects are alike."""

    def get(self, key: tuple[Any, ...]) -> Any:
        return _made.get(_by_kind(key))

    def __setitem__(self, key: tuple[Any, ...], compiled: Any) -> None:
        _made[_by_kind(key)] = compiled


class _OfEveryEngine:
    """The attribute of engines; what each makes for itself is not kept."""

    _shared = _Shared()

    def __get__(self, engine: Engine | None, kind: type[Engine]) -> _Shared:
        return self._shared

    def __set__(self, engine: Engine, its_own: object) -> None:
        pass


def _by_kind(key: tuple[Any, ...]) -> tuple[Any, ...]:
    """SQLAlchemy's key, with what a dialect makes statements by in the place of the dialect itself."""
    dialect, *statement = key
    made_by = (
        type(dialect),
        dialect.paramstyle,
        dialect.server_version_info,
        dialect.default_schema_name,
        dialect.max_identifier_length,
        getattr(dialect, "spreads", False),
    )
    return (made_by, *statement)


def share_compiled_statements() -> None:
    """From now on, for all engines of this process."""
    Engine._compiled_cache = _OfEveryEngine()  # type: ignore[assignment]
