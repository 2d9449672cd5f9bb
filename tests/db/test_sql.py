"""The SQL itself, as a reviewer reads it: rendered per database and kept beside this file.

`SWARMSTORE_WRITE_SQL=1 pytest tests/db/test_sql.py` writes the files anew.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from swarmstore import SessionId
from swarmstore.db.dialects.postgresql.packed_answers import in_columns
from swarmstore.db.dialects.sqlite.bulk_read import in_lists
from swarmstore.db.schema.baselines import BASELINES
from swarmstore.db.schema.families import ROLLUPS, SESSIONS, Kind
from swarmstore.db.statements import change_feed, removed_sessions, saves
from swarmstore.db.statements import sessions as queries
from swarmstore.db.statements.analysis_input import trigram_paths, trigram_rates
from swarmstore.db.statements.checks import expected_facts
from swarmstore.db.statements.facts import accumulate, copy, delete_facts, facts_of, fold_own, total_facts
from swarmstore.db.statements.merges import Weighing, merged_facts, merged_header, sessions_in_slice
from swarmstore.db.statements.totals import state_of_total, total_with_pending, watched_total
from swarmstore.model.metadata import LearningPhase
from swarmstore.model.session_slice import SessionSlice
from tests.db.dialects import DIALECTS

FOLDER = Path(__file__).parent / "sql"
HEADER = ("session_id", "write_token")
SLICE = SessionSlice("s", 10, 5, 7, LearningPhase.RELEASE, "g1")


def statements(dialect: str) -> dict[str, Any]:
    """Every statement that is built, by what it does."""
    sums = total_facts(Kind.ACTIONS)
    own: dict[str, Any]
    two = (Kind.TRANSITIONS, Kind.SWITCHES)
    if dialect == "postgresql":
        own = {
            "a whole session": saves.session_with_facts(dialect, HEADER, False),
            "a whole session that counts, with what is pending": saves.session_with_facts(
                dialect, HEADER, True, 32
            ),
            "own rows of many sessions": saves.sessions(dialect, ("scenario_id", *HEADER), from_arrays=True),
            "facts of a total with what is pending, packed": in_columns((sums,))[0],
            "facts of two kinds, packed": in_columns(tuple(facts_of(SESSIONS, kind) for kind in two))[0],
            "what a known total is watched by": watched_total(True),
        }
    else:
        lists, doubles = in_lists(facts_of(SESSIONS, Kind.ACTIONS))
        own = {
            "a session's own row, and what is pending": saves.session(dialect, HEADER, 32),
            "own rows of many sessions": saves.sessions(dialect, ("scenario_id", *HEADER), from_arrays=False),
            "facts of sessions, in lists": lists,
            "doubles of sessions": doubles,
        }
    return own | {
        "a session's own row": saves.session(dialect, HEADER),
        "facts of sessions": facts_of(SESSIONS, Kind.TRANSITIONS),
        "facts of a total, with actions": facts_of(ROLLUPS, Kind.NGRAMS, True),
        "facts of a total with what is pending": sums,
        "facts of a total with what is pending, with actions": total_facts(Kind.ACTIONS, True),
        "fold": accumulate(dialect, SESSIONS, ROLLUPS, Kind.TRANSITIONS),
        "fold a page of totals": fold_own(dialect, Kind.TRANSITIONS, first=False),
        "fold the first session": fold_own(dialect, Kind.SWITCHES, first=True),
        "carry one session": copy(dialect, SESSIONS, BASELINES, Kind.SWITCHES),
        "drop facts of a total": delete_facts(ROLLUPS, Kind.SWITCHES),
        "sessions of a range": queries.in_range(1, 5, 7),
        "a page of a range": queries.page_of_range(1, 5, 7, SessionId("6"), 50),
        "a page of sessions in short": queries.summaries(1, SLICE, None, 50),
        "a later page of sessions in short": queries.summaries(1, SessionSlice(), SessionId("6"), 50),
        "the latest sessions": queries.latest(1, 10),
        "what a check adds up": expected_facts(Kind.ACTIONS),
        "rates of trigrams": trigram_rates(),
        "paths of trigrams": trigram_paths(),
        "slice of a scenario": sessions_in_slice(SLICE, 1),
        "slice of all scenarios": sessions_in_slice(SessionSlice(), None),
        "is anything unpublished": change_feed.unpublished(),
        "publish": change_feed.publish(10),
        "whose position this was": change_feed.stamps_at(7),
        "the state of a known total": state_of_total(True),
        "the global total with what is pending": total_with_pending(False),
        "removed sessions of an id": removed_sessions.of_id(1, SessionId("6")),
        "sessions that a baseline has already": removed_sessions.kept_before(same_content=True),
        "published sessions": change_feed.published_after(5, 90, 10),
        "header of an additive merge": merged_header(dialect, Weighing.NOTHING),
        "header of a weighted merge": merged_header(dialect, Weighing.BOUNDED),
        "facts of an additive merge": merged_facts(dialect, Kind.ACTIONS, Weighing.NOTHING),
        "facts of a weighted merge": merged_facts(dialect, Kind.TRANSITIONS, Weighing.BOUNDED),
        "facts of a merge with large weights": merged_facts(dialect, Kind.TRANSITIONS, Weighing.ANY),
        "sessions that are still there": queries.sessions_left(),
    }


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_sql_is_what_was_reviewed(dialect: str) -> None:
    rendered = "\n\n".join(
        f"-- {name}\n{statement.compile(dialect=DIALECTS[dialect])}"
        for name, statement in statements(dialect).items()
    )
    kept = FOLDER / f"{dialect}.sql"
    if os.environ.get("SWARMSTORE_WRITE_SQL"):
        kept.write_text(rendered + "\n")
    assert rendered + "\n" == kept.read_text()
