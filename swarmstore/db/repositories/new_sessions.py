"""Sessions about to be written, and what becomes of them."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from swarmstore.db.mapping.content_digest import DIGEST_VERSION, same_content
from swarmstore.db.mapping.rows import SnapshotRows
from swarmstore.db.schema.sessions import SessionRow
from swarmstore.model.session_ids import SessionId


class NewSession(NamedTuple):
    """A session about to be written. `write_token` is one per call, `digest` one per content."""

    scenario: str
    rows: SnapshotRows
    digest: bytes
    write_token: bytes

    def columns(self, session_id: SessionId) -> dict[str, object]:
        """The values of its own row under an id, but for its scenario."""
        return {
            "session_id": str(session_id),
            "session_ts": session_id.timestamp,
            "write_token": self.write_token,
            "content_digest": self.digest,
            "digest_version": DIGEST_VERSION,
            **self.rows.header,
        }

    def is_same_as(self, row: SessionRow) -> bool:
        """Whether a session that was found has the same content."""
        return same_content(row.digest_version, row.content_digest, self.rows)


class PlacedSession(NamedTuple):
    """A new session with the place it gets, and whether it counts in totals."""

    new: NewSession
    session_id: SessionId
    scenario_id: int
    counted: bool


class Written(NamedTuple):
    """A session that was written; what was pending for the two totals before, where that was asked for.

    counts_already: its content was saved under this id before and removed since, so that totals have it.
    """

    row_id: int
    scenario_id: int
    counts_already: bool
    global_pending: int = 0
    scenario_pending: int = 0


class Outcome(StrEnum):
    """What became of an attempt to save a session."""

    SAVED = "saved"
    REPEATED = "repeated"  # an earlier attempt of the same call had saved it: its answer was lost
    SAME = "same"  # another call saved equal content under this id
    TAKEN = "taken"  # another call saved other content under this id
    FORGOTTEN = "forgotten"  # a session of equal content was forgotten under this id
    NO_SCENARIO = "no scenario"  # it is new, or a restored backup has lost it
    NO_NAMES = "no names"  # a restored backup has lost names of actions that this process believed there
    NOT_COMPATIBLE = "not compatible"  # somebody has upgraded the tables past this code
    TRY_AGAIN = "try again"  # what stood in the way is gone


MISSING = frozenset({Outcome.NO_SCENARIO, Outcome.NO_NAMES, Outcome.NOT_COMPATIBLE})
