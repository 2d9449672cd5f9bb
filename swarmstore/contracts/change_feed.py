"""The change feed: what a follower gets of each new session, and the cursors that remember its place."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Self

from swarmstore.errors import InvalidCursorError
from swarmstore.model.session_ids import SessionId

EPOCH_BITS = 63
_FORM = re.compile(r"([0-9a-f]{16})([0-9a-f]{8})\.([0-9]{1,18})")


def check_of(stamp: int | None) -> int:
    """The part of a publication's random number that cursors tell."""
    return (stamp or 0) % 2**32


@dataclass(frozen=True, slots=True)
class Change:
    """A session that was saved.

    saved_at_ms: milliseconds since 1970 by the database's clock.
    cursor: passed as `after`, it asks for the sessions that come after this one.
    """

    scenario: str
    session_id: SessionId
    saved_at_ms: int
    cursor: str


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place among a store's sessions. Its text is opaque to callers.

    A cursor must not be valid in another store, nor in this one once it has gone back to a backup
    and given the same positions to other sessions: it would skip them silently.

    epoch: a random number that the store keeps, of `EPOCH_BITS` bits.
    position: of the last session seen.
    check: what `check_of` makes of the random number that session was published with.
    """

    epoch: int
    position: int
    check: int

    def __str__(self) -> str:
        return f"{self.epoch:016x}{self.check:08x}.{self.position}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """The cursor that a text stands for. Raises InvalidCursorError."""
        form = _FORM.fullmatch(text) if isinstance(text, str) else None
        if form is None:
            raise InvalidCursorError("after", f"{text!r} is not a cursor; pass the `cursor` of a change")
        return cls(int(form[1], 16), int(form[3]), int(form[2], 16))


def position_after(after: Cursor, epoch: int, last_position: int, stamps: Collection[int | None]) -> int:
    """Where to go on in a store that has given out positions up to `last_position`.

    stamps: with which the session that has the cursor's position was published, and removed ones that
        had it. Empty when that one was removed so long ago that nothing is known of it.

    Raises InvalidCursorError for another store's cursor, and for one of a history that a restored
    backup, or a failover that lost the last commits, has undone.
    """
    if after.epoch != epoch:
        raise InvalidCursorError(
            "after",
            f"{after} belongs to another store, or to this one before it was restored; "
            "start without a cursor",
        )
    if after.position > last_position or (stamps and after.check not in map(check_of, stamps)):
        raise InvalidCursorError(
            "after",
            f"{after} is of a session that the store does not have: it was restored from a backup, or lost "
            "its last commits in a failover; start without a cursor",
        )
    return after.position
