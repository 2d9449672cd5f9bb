"""Gathering what offline analysis looks at within a transaction, without loading sessions."""

from __future__ import annotations

from typing import cast

from sqlalchemy.orm import Session

from swarmstore.db.repositories.action_sequences import ActionSequenceRepository
from swarmstore.db.statements.analysis_input import episodes_of_sessions, trigram_paths, trigram_rates
from swarmstore.db.statements.merges import sessions_in_slice
from swarmstore.db.statements.placed_rows import Rows
from swarmstore.model.offline_analyzer import AnalysisInput
from swarmstore.model.session_slice import SessionSlice
from swarmstore.model.stats import Triple


def latest_analysis_input(
    session: Session, sequences: ActionSequenceRepository, scenario_id: int, limit: int
) -> AnalysisInput:
    """The evidence of a scenario's sessions with the greatest ids."""
    found = session.execute(sessions_in_slice(SessionSlice(latest=limit), scenario_id)).all()
    if not found:
        return AnalysisInput()
    these = Rows.of(found).named("ids")
    successes, failures, actions = session.execute(episodes_of_sessions(), these).one()
    rates = {(row[0], row[1]): row[2] for row in session.execute(trigram_rates(), these)}
    paths = {row[0]: (row[1], row[2]) for row in session.execute(trigram_paths(), these)}
    names = sequences.load(session, paths.keys())
    return AnalysisInput(
        sessions=len(found),
        success_episodes=successes,
        failure_episodes=failures,
        total_actions=actions,
        rates=rates,
        paths={cast(Triple, names[key]): counts for key, counts in paths.items()},
    )
