"""The plain ORM way: an object a row, `add_all`, totals and merges in Python.

The same tables, rows and names as swarmstore's. Sessions are loaded with SELECT IN and merged by
the same oracle.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import create_engine, select
from sqlalchemy.orm import DeclarativeBase, Session

from benchmarks.databases import synchronous_full
from benchmarks.peers.rows import HEADER
from swarmstore import Additive, LearningSnapshot, MergeStrategy, merge_snapshots
from swarmstore.db.mapping.rows import COLUMNS, Columns, Names, SnapshotRows, columns_of, from_rows
from swarmstore.db.schema.families import ROLLUPS, SESSIONS, Kind
from swarmstore.db.schema.sessions import ActionSequence, Rollup, SessionRow, TotalSource


class _Plain(DeclarativeBase):
    """Models of swarmstore's tables of facts, with their columns as attributes."""


_MODELS: dict[str, Any] = {
    table.name: type(table.name, (_Plain,), {"__table__": table})
    for family in (SESSIONS, ROLLUPS)
    for table in family.facts.values()
}
_FIXED = ("scenario_id", "session_ts", "write_token", "content_digest", "digest_version", "saved_at_ms")


class PlainOrm:
    """An engine and a session per call."""

    def __init__(self, url: str) -> None:
        options = {} if url.startswith("sqlite") else {"schema_translate_map": {None: "swarmstore"}}
        self._engine = create_engine(url, execution_options=options)
        if url.startswith("sqlite"):
            synchronous_full(self._engine)
        self._saved = 0

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    def save(self, rows: SnapshotRows) -> None:
        """Add a session's objects and commit."""
        self._saved += 1
        fixed = dict(zip(_FIXED, (1, None, b"token", b"digest", 1, 0), strict=True))
        with Session(self._engine) as session, session.begin():
            header = SessionRow(session_id=f"orm {self._saved:08}", **fixed, **rows.header)
            session.add(header)
            session.flush()
            for kind in Kind:
                model = _MODELS[SESSIONS.facts[kind].name]
                session.add_all(
                    model(
                        session_row_id=header.id,
                        scenario_id=1,
                        **dict(zip(COLUMNS[kind], row, strict=True)),
                    )
                    for row in zip(*rows.facts[kind], strict=True)
                )

    def load(self, limit: int | None = None) -> list[LearningSnapshot]:
        """Load sessions, newest first."""
        with Session(self._engine) as session:
            statement = select(SessionRow).where(SessionRow.scenario_id == 1)
            headers = session.scalars(statement.order_by(SessionRow.session_id.desc()).limit(limit)).all()
            facts: dict[int, dict[Kind, list[Any]]] = {row.id: {kind: [] for kind in Kind} for row in headers}
            for kind in Kind:
                model = _MODELS[SESSIONS.facts[kind].name]
                for start in range(0, len(headers), 500):
                    ids = [row.id for row in headers[start : start + 500]]
                    for fact in session.scalars(select(model).where(model.session_row_id.in_(ids))):
                        values = tuple(getattr(fact, name) for name in COLUMNS[kind])
                        facts[fact.session_row_id][kind].append(values)
            names = self._names(session)
            return [
                from_rows(
                    SnapshotRows({n: getattr(row, n) for n in HEADER}, _in_columns(facts[row.id])),
                    names.__getitem__,
                )
                for row in headers
            ]

    def load_total(self) -> LearningSnapshot:
        """Load a scenario's rollup, an object a row, and every pending session; add them up."""
        with Session(self._engine) as session:
            rollup = session.get_one(Rollup, 1)
            facts: dict[Kind, list[Any]] = {}
            for kind in Kind:
                model = _MODELS[ROLLUPS.facts[kind].name]
                found = session.scalars(select(model).where(model.scenario_id == 1))
                facts[kind] = [tuple(getattr(row, n) for n in COLUMNS[kind]) for row in found]
            total = from_rows(
                SnapshotRows({n: getattr(rollup, n) for n in HEADER}, _in_columns(facts)),
                self._names(session).__getitem__,
            )
            waits = select(TotalSource.session_row_id).where(
                TotalSource.total_scenario_id == 1, TotalSource.folded.is_(False)
            )
            waiting = len(session.scalars(waits).all())
        return merge_snapshots([*self.load(waiting)[::-1], total], Additive()) if waiting else total

    def merge(self, strategy: MergeStrategy) -> LearningSnapshot:
        """Load all sessions and merge them, oldest first."""
        return merge_snapshots(self.load()[::-1], strategy)

    def _names(self, session: Session) -> dict[int, Names]:
        return {
            row.id: (row.action_1, row.action_2, row.action_3, row.action_4)[: row.length]  # type: ignore[misc]
            for row in session.scalars(select(ActionSequence))
        }


def _in_columns(facts: dict[Kind, list[Any]]) -> dict[Kind, Columns]:
    return {kind: columns_of(kind, rows) for kind, rows in facts.items()}
