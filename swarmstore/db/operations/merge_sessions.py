"""Merging a slice of history where it is: no session's rows come into Python."""

from __future__ import annotations

from sqlalchemy.orm import Session

from swarmstore.db.connection.second_reader import ONE_BY_ONE, Kinds, TwoReaders
from swarmstore.db.mapping.rows import Columns, columns_of, from_parts
from swarmstore.db.mapping.total_headers import NOTHING
from swarmstore.db.repositories.all import Repositories
from swarmstore.db.schema.families import SUMMED, Kind
from swarmstore.db.statements.merges import (
    MAX_BOUNDED,
    Weighing,
    merged_facts,
    merged_header,
    sessions_in_slice,
)
from swarmstore.db.statements.placed_rows import Rows
from swarmstore.db.statements.sessions import of_rows
from swarmstore.model.merge import MergeStrategy, check_kpis, merge_weights
from swarmstore.model.metadata import now_seconds
from swarmstore.model.session_slice import SessionSlice
from swarmstore.model.snapshot import LearningSnapshot


def merge_slice(
    repositories: Repositories, session: Session, wanted: SessionSlice, strategy: MergeStrategy
) -> LearningSnapshot:
    """The merge of a slice: `empty()` of no session, a copy of one. Raises CountOverflowError."""
    scenario_id = None if wanted.scenario is None else repositories.scenarios.find(session, wanted.scenario)
    if wanted.scenario is not None and scenario_id is None:
        return LearningSnapshot.empty()
    rows = session.execute(sessions_in_slice(wanted, scenario_id)).all()[::-1]
    if not rows:
        return LearningSnapshot.empty()
    wanted_rows = Rows.of(rows)
    newest = session.scalars(of_rows(), Rows.of(rows[-1:]).named("ids")).one()
    if len(rows) == 1:
        return repositories.sessions.load(session, [newest])[0].copy()
    weights = merge_weights([(row.success_episodes, row.total_episodes) for row in rows], strategy)
    dialect = repositories.database.dialect
    parameters = wanted_rows.named("ids")
    if weights is not None:
        parameters |= dialect.weight_parameters(wanted_rows.ids, weights)
    weighing = Weighing.NOTHING
    if weights is not None:
        weighing = Weighing.BOUNDED if max(weights) <= MAX_BOUNDED else Weighing.ANY
    statements = {kind: merged_facts(dialect.name, kind, weighing) for kind in SUMMED}

    def fetch(reader: Session, kinds: Kinds) -> dict[Kind, Columns]:
        return {kind: columns_of(kind, reader.execute(statements[kind], parameters)) for kind in kinds}

    def make(kind: Kind, columns: Columns) -> object:
        return repositories.facts.parts(session, kind, {None: columns})[None]

    sums = session.execute(merged_header(dialect.name, weighing), parameters).one()
    header = {
        **NOTHING.header,
        **sums._mapping,
        "scenario_name": newest.scenario_name,
        "task_description": newest.task_description,
        "created_at": now_seconds(),
    }
    summed = [kinds for kinds in ONE_BY_ONE if kinds[0] in statements]
    parts = TwoReaders(summed, fetch, make).read(repositories.database, session, wanted_rows)
    merged = from_parts(header, {**parts, Kind.SWITCHES: []})
    check_kpis(merged)  # PostgreSQL would not have got here, SQLite makes it infinite
    return merged
