"""New sessions for whoever follows a store: what a follower gets, and how it remembers its place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol, Self, runtime_checkable

from swarmstore.errors import InvalidCursorError
from swarmstore.model.ids import SessionId

STORE_BYTES = 8
_FORM = re.compile(rf"([0-9a-f]{{{2 * STORE_BYTES}}})\.([0-9]{{1,18}})")


@dataclass(frozen=True, slots=True)
class Change:
    """A session that was saved. `cursor`, passed as `after`, asks for what comes behind it.

    saved_at_ms: milliseconds since 1970 by the database's clock.
    """

    scenario: str
    session_id: SessionId
    saved_at_ms: int
    cursor: str


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place among a store's sessions. Its text is opaque to callers.

    store: a random number of the store: a cursor of another one would skip sessions silently.
    position: of the last session seen, 0 before the first.
    """

    store: bytes
    position: int

    def __str__(self) -> str:
        return f"{self.store.hex()}.{self.position}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """The cursor that a text stands for. Raises InvalidCursorError."""
        form = _FORM.fullmatch(text) if isinstance(text, str) else None
        if form is None:
            raise InvalidCursorError("after", f"{text!r} is not a cursor; pass the `cursor` of a change")
        return cls(bytes.fromhex(form[1]), int(form[2]))


def position_after(after: Cursor | None, store: bytes, last_position: int) -> int:
    """Where to go on in a store that has given out positions up to `last_position`.

    Raises InvalidCursorError for another store's cursor, and for one ahead of the store.
    """
    if after is None:
        return 0
    if after.store != store:
        raise InvalidCursorError("after", f"{after} belongs to another store; start without a cursor")
    if after.position > last_position:
        raise InvalidCursorError(
            "after",
            f"{after} is ahead of the store, which was restored from a backup; start without a cursor",
        )
    return after.position


@runtime_checkable
class Followable(Protocol):
    """A backend that gives every session a place in the order in which sessions became visible."""

    def changes(self, after: str | None = None) -> Iterator[Change]:
        """Every committed session behind the cursor, each once, in the order of their positions.

        A session that commits late is behind all that were published before, whatever its id, so a
        follower that passes its last cursor misses none. Removed sessions do not appear; one that
        was replaced appears again.

        Raises InvalidCursorError.
        """
