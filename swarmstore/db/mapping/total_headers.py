"""Headers of totals: how parts combine into one, by the number of contributors.

None: there is no total. One: the total is its exact copy. More: counts are added, scenario and
task are the newest part's, `created_at` is when that was saved, and what belongs to one session
(phase, group, current strategy) is empty.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple, TypeAlias

from swarmstore.db.schema.sessions import HeaderColumns, Rollup, SessionRow
from swarmstore.errors import CountOverflowError
from swarmstore.model.limits import MAX_TOTAL, SNAPSHOT_VERSION

WEIGHTED_COLUMNS = ("success_episodes", "failure_episodes")
SUMMED_COLUMNS = ("session_count", "total_episodes", "total_actions", *WEIGHTED_COLUMNS)
_MERGED = {
    "version": SNAPSHOT_VERSION,
    "phase": None,
    "group_id": None,
    "current_strategy": None,
    "strategy_start_visits": 0,
    "strategy_start_success_rate": 0.0,
}
Header: TypeAlias = Mapping[str, Any]
"""The columns of `HeaderColumns` by name."""
HEADER_COLUMNS = tuple(HeaderColumns.__annotations__)


class Part(NamedTuple):
    """A header that counts in a total, for one contributor or for many already added up.

    The newest session in it decides scenario and task; a part of no sessions goes by when it was
    saved, and before any session.
    """

    contributors: int
    newest_session_row: int | None
    newest_saved_at_ms: int
    header: Header

    def columns(self) -> dict[str, object]:
        """The values of a row of `rollups`, but for its key."""
        return {
            "contributors": self.contributors,
            "newest_session_row": self.newest_session_row,
            "newest_saved_at_ms": self.newest_saved_at_ms,
            **self.header,
        }


NOTHING = Part(
    0,
    None,
    0,
    {
        **_MERGED,
        **dict.fromkeys(SUMMED_COLUMNS, 0),
        "scenario_name": None,
        "task_description": None,
        "created_at": 0,
    },
)


def header_of(row: HeaderColumns) -> Header:
    """The header columns of a row of any family."""
    return {name: getattr(row, name) for name in HEADER_COLUMNS}


def part_of(contributors: int, newest_session_row: int | None, newest_ms: int, *header: object) -> Part:
    """What was read of a rollup, or of a session, as columns."""
    return Part(contributors, newest_session_row, newest_ms, dict(zip(HEADER_COLUMNS, header, strict=True)))


def session_part(row: SessionRow) -> Part:
    """A session as a part of a total."""
    return Part(1, row.id, row.saved_at_ms, header_of(row))


def rollup_part(row: Rollup) -> Part:
    """What a cached total holds."""
    return Part(row.contributors, row.newest_session_row, row.newest_saved_at_ms, header_of(row))


def combine(parts: Iterable[Part]) -> Part:
    """One part for all of these. Raises CountOverflowError for a sum past 2^63 - 1."""
    live = [part for part in parts if part.contributors]
    if len(live) < 2:
        return live[0] if live else NOTHING
    newest = max(live, key=lambda part: (part.newest_session_row or 0, part.newest_saved_at_ms))
    sums = {name: sum(part.header[name] for part in live) for name in SUMMED_COLUMNS}
    for name, value in sums.items():
        if value > MAX_TOTAL:
            raise CountOverflowError(f"{name} would add up to {value}, more than 2^63 - 1 can hold")
    return Part(
        sum(part.contributors for part in live),
        newest.newest_session_row,
        newest.newest_saved_at_ms,
        {
            **_MERGED,
            **sums,
            "scenario_name": newest.header["scenario_name"],
            "task_description": newest.header["task_description"],
            "created_at": newest.newest_saved_at_ms // 1000,
        },
    )
