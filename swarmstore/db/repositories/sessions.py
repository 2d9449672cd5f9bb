"""Sessions within a transaction: insert once, find, load, list."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from itertools import repeat
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, select
from sqlalchemy.orm import Session

from swarmstore.db.connection import paused_gc
from swarmstore.db.connection.second_reader import TwoReaders, batches_for
from swarmstore.db.connection.transactions import Database
from swarmstore.db.dialects.base import Groups, NewRows
from swarmstore.db.dialects.registry import dialect_of, insert_rows
from swarmstore.db.mapping.content_digest import DIGEST_VERSION, same_content
from swarmstore.db.mapping.rows import COLUMNS, NO_FACTS, Columns, SnapshotRows, from_parts
from swarmstore.db.mapping.total_headers import header_of
from swarmstore.db.repositories.action_sequences import Sequences
from swarmstore.db.repositories.facts import facts_as_rows, facts_by_owner, parts_of
from swarmstore.db.repositories.scenarios import find_scenario, text_hash
from swarmstore.db.repositories.totals import release_sessions
from swarmstore.db.schema import GLOBAL, SESSIONS, SessionRow, TotalSource, table_of
from swarmstore.db.schema.families import Kind
from swarmstore.db.statements import removed_sessions, saves
from swarmstore.db.statements import sessions as queries
from swarmstore.db.statements.compatibility import is_compatible
from swarmstore.model.forgetting import forgotten
from swarmstore.model.keys import SessionKey
from swarmstore.model.session_ids import SessionId
from swarmstore.model.snapshot import LearningSnapshot


@dataclass(frozen=True, slots=True)
class NewSession:
    """A session about to be written. `write_token` is one per call, `digest` one per content."""

    scenario: str
    rows: SnapshotRows
    digest: bytes
    write_token: bytes


class Written(NamedTuple):
    """A session that was written; what waited for the two totals before, where that was asked for.

    counts_already: its content was saved under this id before and removed since, so that totals have it.
    """

    row_id: int
    scenario_id: int
    counts_already: bool
    global_waiting: int = 0
    scenario_waiting: int = 0


def insert_session(
    connection: Connection,
    new: NewSession,
    session_id: SessionId,
    *,
    counted: bool = False,
    count_to: int = 0,
) -> Written | None:
    """Write a session with its facts, counted in both totals or in none.

    count_to: above 0 it also says how many sessions waited for each total, as many at most.

    None, and nothing is written, where the id is taken or something is missing that the session
    relies on: see `saving.session`.
    """
    dialect = dialect_of(connection)
    row = _row(new, session_id)
    header = tuple(row)
    row["name_hash"] = text_hash(new.scenario)
    names = saves.names_in(new.rows)
    row["sequence_ids"] = dialect.all_of_ids(dialect.unseen_ids(connection, names))
    written: Sequence[Any] | None
    if dialect.writes_in_one_statement:
        whole = saves.session_with_facts(dialect.name, header, counted, count_to)
        written = connection.execute(whole, row | saves.arrays(new.rows)).first()
    else:
        statement = saves.session(dialect.name, header, count_to)
        written = dialect.insert_with_its_own(connection, statement, row, partial(_rows_of, new, counted))
    if written is not None:
        dialect.have_seen_ids(connection, names)
    return None if written is None else Written(*written)


def _rows_of(new: NewSession, counted: bool, header: Sequence[Any]) -> list[NewRows]:
    """The rows that belong to a session, of what its header returned."""
    row_id, scenario_id, counts_already, *_ = header
    of_session = {SESSIONS.owner: row_id, "scenario_id": scenario_id}
    rows = facts_as_rows(SESSIONS, of_session, new.rows)
    if counted and not counts_already:
        totals = {"total_scenario_id": (GLOBAL, scenario_id)}
        rows.append(NewRows(table_of(TotalSource), {**of_session, "folded": False}, totals))
    return rows


def insert_sessions(
    session: Session,
    given: Sequence[tuple[NewSession, SessionId, int, bool]],
    placed: Callable[[], None] | None = None,
) -> list[int | None]:
    """Write sessions, each with its scenario's id and whether it counts in totals; their row ids.

    By kinds and not one by one. None for those whose id is taken. No two of them may have one id, none
    was removed under its id, and all that they rely on is there.

    placed: called when all of them have row ids, before their facts are written.
    """
    if not given:
        return []
    connection = session.connection()
    headers = [
        {"scenario_id": scenario_id, **_row(new, session_id)} for new, session_id, scenario_id, _ in given
    ]
    row_ids = _insert_rows(session, headers)
    if placed is not None and None not in row_ids:
        placed()
    added = [
        (row_id, new, scenario_id, counted)
        for row_id, (new, _, scenario_id, counted) in zip(row_ids, given, strict=True)
        if row_id
    ]
    for kind in Kind:
        columns: dict[str, list[Any]] = {
            name: [] for name in ("session_row_id", "scenario_id", *COLUMNS[kind])
        }
        for row_id, new, scenario_id, _ in added:
            for name, values in new.rows.columns(kind).items():
                columns[name] += values
            rows = len(new.rows.facts[kind][0])
            columns["session_row_id"] += repeat(row_id, rows)
            columns["scenario_id"] += repeat(scenario_id, rows)
        insert_rows(connection, NewRows(SESSIONS.facts[kind], {}, columns))
    sources = [
        (row_id, total, scenario_id)
        for row_id, _, scenario_id, counted in added
        if counted
        for total in (GLOBAL, scenario_id)
    ]
    names = ("session_row_id", "total_scenario_id", "scenario_id")
    columns = dict(zip(names, map(list, zip(*sources, strict=True)), strict=False))
    insert_rows(connection, NewRows(table_of(TotalSource), {"folded": False}, columns))
    return row_ids


def _insert_rows(session: Session, headers: Sequence[dict[str, Any]]) -> list[int | None]:
    """Write the sessions' own rows; their row ids."""
    connection = session.connection()
    columns = {name: [header[name] for header in headers] for name in headers[0]}
    dialect = dialect_of(connection)
    if not dialect.writes_in_one_statement:
        header = saves.plain_session(dialect.name, tuple(columns))
        inserted = dialect.insert_headers(connection, header, headers)
        return [None if row is None else row[0] for row in inserted]
    rows = connection.execute(saves.sessions(dialect.name, tuple(columns)), columns)
    written = {(scenario_id, session_id): row_id for row_id, scenario_id, session_id in rows}
    return [written.get((header["scenario_id"], header["session_id"])) for header in headers]


def _row(new: NewSession, session_id: SessionId) -> dict[str, Any]:
    return {
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
    FORGOTTEN = "forgotten"  # a session of equal content was forgotten under this id
    NO_SCENARIO = "no scenario"  # it is new, or a restored backup has lost it
    NO_NAMES = "no names"  # a restored backup has lost names of actions that this process believed there
    NOT_COMPATIBLE = "not compatible"  # somebody has upgraded the tables past this code
    TRY_AGAIN = "try again"  # what stood in the way is gone


MISSING = frozenset({Outcome.NO_SCENARIO, Outcome.NO_NAMES, Outcome.NOT_COMPATIBLE})


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
    written = insert_session(connection, new, session_id, counted=True, count_to=count_to)
    if written is None:
        with Session(connection) as session:
            return Saved(_why_not(session, new, session_id))
    if written.counts_already:
        return Saved(Outcome.SAVED, written.row_id)
    waiting = {GLOBAL: written.global_waiting + 1, written.scenario_id: written.scenario_waiting + 1}
    return Saved(Outcome.SAVED, written.row_id, waiting)


def _why_not(session: Session, new: NewSession, session_id: SessionId) -> Outcome:
    """Why nothing was written."""
    if not session.scalar(select(is_compatible())):
        return Outcome.NOT_COMPATIBLE
    scenario_id = find_scenario(session, new.scenario)
    if scenario_id is None:
        return Outcome.NO_SCENARIO
    found = find_session(session, scenario_id, session_id)
    if found is not None:
        # a lock is a write: where a standby must have what is committed, it has the session by then
        session.scalar(queries.locked(found.id))
        if found.write_token == new.write_token:
            return Outcome.REPEATED
        return Outcome.SAME if is_same(found, new) else Outcome.TAKEN
    if session.scalar(removed_sessions.by_token(scenario_id, session_id, new.write_token)) is not None:
        return Outcome.REPEATED  # and removed since, by somebody who had seen it
    if (
        session.scalar(removed_sessions.forgotten(scenario_id, session_id, new.digest, DIGEST_VERSION))
        is not None
    ):
        return Outcome.FORGOTTEN
    return Outcome.TRY_AGAIN if names_are_known(session, [new.rows]) else Outcome.NO_NAMES


def refuse_forgotten(session: Session, new: NewSession, session_id: SessionId) -> None:
    """Refuse a session that was forgotten. Raises SessionForgottenError."""
    if _why_not(session, new, session_id) is Outcome.FORGOTTEN:
        raise forgotten(SessionKey(new.scenario, session_id))


def names_are_known(session: Session, some: Sequence[SnapshotRows]) -> bool:
    """Whether the database has the names of all actions in these snapshots."""
    dialect = dialect_of(session)
    ids = {"sequence_ids": dialect.all_of_ids(saves.names_in(*some))}
    return bool(session.scalar(queries.all_known(dialect.name), ids))


def is_same(found: SessionRow, new: NewSession) -> bool:
    """Whether a session that was found has the content of a new one."""
    return same_content(found.digest_version, found.content_digest, new.rows)


def replace(session: Session, new: NewSession, session_id: SessionId) -> Outcome:
    """Write a session in place of the one under its id, without counting it.

    FORGOTTEN, and nothing is changed, where that was done to its content. One of MISSING, and nothing is
    changed, where something is missing that the session relies on.
    """
    scenario_id = find_scenario(session, new.scenario)
    if scenario_id is None:
        return Outcome.NO_SCENARIO
    if not names_are_known(session, [new.rows]):
        return Outcome.NO_NAMES
    while insert_session(session.connection(), new, session_id) is None:
        why_not = _why_not(session, new, session_id)
        if why_not in {Outcome.REPEATED, Outcome.NOT_COMPATIBLE, Outcome.FORGOTTEN}:
            return why_not
        found = find_session(session, scenario_id, session_id)
        if found is not None:
            release_sessions(session, scenario_id, [found.id])
    return Outcome.SAVED


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

    with paused_gc.put_off():
        fetch = partial(facts_by_owner, SESSIONS, ids)
        readers = TwoReaders(batches_for(database.dialect, len(ids)), fetch, make)
        parts = readers.read(database, session, ids)
        return [
            from_parts(header_of(row), {kind: of_kind[row.id] for kind, of_kind in parts.items()}).as_session(
                SessionId(row.session_id)
            )
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
    return list(map(SessionId, session.connection().scalars(queries.ids(scenario_id))))
