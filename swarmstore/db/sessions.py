"""Sessions within a transaction: insert once, find, load, list."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from itertools import repeat
from typing import Any

from sqlalchemy import Connection, Select
from sqlalchemy.orm import Session

from swarmstore.db import collector
from swarmstore.db.dialects import writes_in_one_statement
from swarmstore.db.digest import DIGEST_VERSION, same_content
from swarmstore.db.facts import facts_as_rows, facts_by_owner, parts_of
from swarmstore.db.headers import header_of
from swarmstore.db.inserting import NewRows, insert_headers, insert_rows, insert_with_its_own
from swarmstore.db.packed import Groups
from swarmstore.db.queries import saving
from swarmstore.db.queries import sessions as queries
from swarmstore.db.rows import COLUMNS, NO_FACTS, Columns, SnapshotRows, from_parts
from swarmstore.db.scenarios import GLOBAL
from swarmstore.db.sequences import Sequences
from swarmstore.db.tables import SESSIONS, SessionRow, TotalSource, table_of
from swarmstore.db.tables.families import Kind
from swarmstore.db.totals import release_sessions
from swarmstore.db.transactions import Database
from swarmstore.db.two_readers import by_kind, lots_for
from swarmstore.model.ids import SessionId
from swarmstore.model.snapshot import LearningSnapshot


@dataclass(frozen=True, slots=True)
class NewSession:
    """A session about to be written. `write_token` is one per call, `digest` one per content."""

    scenario_id: int
    rows: SnapshotRows
    digest: bytes
    write_token: bytes

    def totals(self) -> Sequence[int]:
        """The totals that it counts in when it is saved."""
        return GLOBAL, self.scenario_id


def insert_session(
    connection: Connection, new: NewSession, session_id: SessionId, totals: Sequence[int] = ()
) -> int | None:
    """Write a session with its facts, counted in these totals; its row id, None when the id is taken."""
    written = _insert(connection, new, session_id, totals)
    return None if written is None else written[0]


def _insert(
    connection: Connection, new: NewSession, session_id: SessionId, totals: Sequence[int], count_to: int = 0
) -> Sequence[int] | None:
    """As `insert_session`; behind the row id how many waited for both totals, where `count_to` is given."""
    row = _row(new, session_id)
    if writes_in_one_statement(connection):
        whole = saving.session_with_facts(tuple(row), count_to)
        return connection.execute(whole, row | saving.arrays(new.rows, totals)).first()
    header = saving.session(connection.dialect.name, tuple(row), count_to)
    of_scenario = {"scenario_id": new.scenario_id}
    facts = facts_as_rows(SESSIONS, of_scenario, new.rows)
    counted = NewRows(table_of(TotalSource), {**of_scenario, "folded": False}, {"total_scenario_id": totals})
    return insert_with_its_own(connection, header, row, SESSIONS.owner, [*facts, counted])


def insert_sessions(
    session: Session,
    given: Sequence[tuple[NewSession, SessionId, Sequence[int]]],
    placed: Callable[[], None] | None = None,
) -> list[int | None]:
    """Write sessions, each counted in its totals, by kinds and not one by one; their row ids.

    None for those whose id is taken. No two of them may have one id. placed: called when all of them
    have row ids, before their facts are written.
    """
    if not given:
        return []
    connection = session.connection()
    headers = [_row(new, session_id) for new, session_id, _ in given]
    row_ids = _insert_rows(session, headers)
    if placed is not None and None not in row_ids:
        placed()
    added = [
        (row_id, new, totals) for row_id, (new, *_, totals) in zip(row_ids, given, strict=True) if row_id
    ]
    for kind in Kind:
        columns: dict[str, list[Any]] = {
            name: [] for name in ("session_row_id", "scenario_id", *COLUMNS[kind])
        }
        for row_id, new, _ in added:
            for name, values in new.rows.columns(kind).items():
                columns[name] += values
            rows = len(new.rows.facts[kind][0])
            columns["session_row_id"] += repeat(row_id, rows)
            columns["scenario_id"] += repeat(new.scenario_id, rows)
        insert_rows(connection, NewRows(SESSIONS.facts[kind], {}, columns))
    sources = [(row_id, total, new.scenario_id) for row_id, new, totals in added for total in totals]
    names = ("session_row_id", "total_scenario_id", "scenario_id")
    columns = dict(zip(names, map(list, zip(*sources, strict=True)), strict=False))
    insert_rows(connection, NewRows(table_of(TotalSource), {"folded": False}, columns))
    return row_ids


def _insert_rows(session: Session, headers: Sequence[dict[str, Any]]) -> list[int | None]:
    """Write the sessions' own rows; their row ids."""
    connection = session.connection()
    if not writes_in_one_statement(connection):
        statement = saving.session(connection.dialect.name, tuple(headers[0]))
        inserted = insert_headers(connection, statement, headers)
        return [None if row is None else row[0] for row in inserted]
    columns = {name: [header[name] for header in headers] for name in headers[0]}
    rows = connection.execute(saving.sessions(tuple(columns)), columns)
    written = {(scenario_id, session_id): row_id for row_id, scenario_id, session_id in rows}
    return [written.get((header["scenario_id"], header["session_id"])) for header in headers]


def _row(new: NewSession, session_id: SessionId) -> dict[str, Any]:
    return {
        "scenario_id": new.scenario_id,
        "session_id": str(session_id),
        "session_ts": session_id.timestamp,
        "write_token": new.write_token,
        "content_digest": new.digest,
        "digest_version": DIGEST_VERSION,
        **new.rows.header,
    }


class Outcome(StrEnum):
    """What became of an attempt to save a session."""

    SAVED = "saved"
    REPEATED = "repeated"  # an earlier attempt of the same call had saved it: its answer was lost
    SAME = "same"  # another call saved equal content under this id
    TAKEN = "taken"  # another call saved other content under this id
    GONE = "gone"  # the id was taken, and is free again


@dataclass(frozen=True, slots=True)
class Saved:
    """What an attempt to save a session did, its row id when it is new, and what waits now by total."""

    outcome: Outcome
    row_id: int | None = None
    waiting: Mapping[int, int] = field(default_factory=dict)


def save_once(connection: Connection, new: NewSession, session_id: SessionId, count_to: int) -> Saved:
    """Write and count a session unless its id is taken, by one statement where that can be.

    count_to: more sessions than these that wait for a total are not counted.
    """
    written = _insert(connection, new, session_id, new.totals(), count_to)
    if written is not None:
        row_id, *before = written
        return Saved(Outcome.SAVED, row_id, {t: n + 1 for t, n in zip(new.totals(), before, strict=True)})
    with Session(connection) as session:
        return Saved(_other(find_session(session, new.scenario_id, session_id), new))


def _other(found: SessionRow | None, new: NewSession) -> Outcome:
    """What a taken id means."""
    if found is None:
        return Outcome.GONE
    if found.write_token == new.write_token:
        return Outcome.REPEATED
    same = same_content(found.digest_version, found.content_digest, new.rows)
    return Outcome.SAME if same else Outcome.TAKEN


def replace(session: Session, new: NewSession, session_id: SessionId) -> int:
    """Write a session in place of the one under its id, without counting it; its row id."""
    while True:
        found = find_session(session, new.scenario_id, session_id)
        if found is not None:
            release_sessions(session, new.scenario_id, [found.id])
        row_id = insert_session(session.connection(), new, session_id)
        if row_id is not None:
            return row_id


def find_session(session: Session, scenario_id: int, session_id: SessionId) -> SessionRow | None:
    """The row of a session, None when there is none."""
    return session.scalar(queries.one(scenario_id, session_id))


def load_sessions(
    database: Database, session: Session, sequences: Sequences, rows: Sequence[SessionRow]
) -> list[LearningSnapshot]:
    """The snapshots of these rows in their order."""
    ids = [row.id for row in rows]

    def make(kind: Kind, groups: Groups) -> dict[int, Any]:
        some: dict[int, Columns] = dict(groups)
        facts = {row_id: some.get(row_id, NO_FACTS[kind]) for row_id in ids}
        return parts_of(session, sequences, kind, facts)

    with collector.put_off():
        fetch = partial(facts_by_owner, SESSIONS, ids)
        parts = by_kind(database, session, ids, lots_for(session, len(ids)), fetch, make)
        return [
            from_parts(header_of(row), {kind: of_kind[row.id] for kind, of_kind in parts.items()})
            for row in rows
        ]


def load_page(
    database: Database, session: Session, sequences: Sequences, page: Select[SessionRow]
) -> list[tuple[SessionId, LearningSnapshot]]:
    """The sessions that a statement finds, with their ids."""
    rows = session.scalars(page).all()
    loaded = load_sessions(database, session, sequences, rows)
    return [(SessionId(row.session_id), snapshot) for row, snapshot in zip(rows, loaded, strict=True)]


def session_ids(session: Session, scenario_id: int) -> list[SessionId]:
    """All session ids in byte order."""
    return [SessionId(text) for text in session.scalars(queries.ids(scenario_id))]
