"""Statements on what is kept of removed sessions. Nothing here runs one."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, Update, and_, exists, select, update

from swarmstore.db.dialects.functions import one_of
from swarmstore.db.schema.sessions import RemovedSession, SessionRow
from swarmstore.db.statements.placed_rows import row_in
from swarmstore.model.removed_sessions import Fate
from swarmstore.model.session_ids import SessionId

_REMOVED, _SESSIONS = RemovedSession.table, SessionRow.table


def of_id(scenario_id: int, session_id: SessionId) -> Select[RemovedSession]:
    """What is kept of the sessions that were removed under an id."""
    return select(RemovedSession).where(
        _REMOVED.c.scenario_id == scenario_id, _REMOVED.c.session_id == str(session_id)
    )


def removed_ids(scenario_id: int, session_ids: Sequence[SessionId]) -> Select[str, str]:
    """Those of the session ids under which a session was removed, each with a fate."""
    wanted = [str(session_id) for session_id in session_ids]
    of_ids = one_of(_REMOVED.c.session_id, "wanted", wanted)
    return select(_REMOVED.c.session_id, _REMOVED.c.fate).where(_REMOVED.c.scenario_id == scenario_id, of_ids)


def kept_before(*, same_content: bool) -> Select[int]:
    """Those of the sessions with row ids in parameter `ids` under whose id one that counted was removed.

    same_content: one of their content, else one of other content.
    """
    same = _is_same()
    before = and_(_is_of_same_id(), _REMOVED.c.fate == str(Fate.KEPT), same if same_content else ~same)
    return select(_SESSIONS.c.id).where(row_in(_SESSIONS.c.id, "ids"), exists().where(before))


def forget_earlier() -> Update:
    """Let what was removed before with the content of sessions in parameter `ids` be forgotten, too."""
    of_these = row_in(_SESSIONS.c.id, "ids")
    again = exists().where(_is_of_same_id(), _is_same(), of_these).correlate(_REMOVED)
    return update(_REMOVED).where(again).values(fate=str(Fate.FORGOTTEN))


def _is_of_same_id() -> ColumnElement[bool]:
    return and_(
        _REMOVED.c.scenario_id == _SESSIONS.c.scenario_id, _REMOVED.c.session_id == _SESSIONS.c.session_id
    )


def _is_same() -> ColumnElement[bool]:
    return _REMOVED.c.content_digest == _SESSIONS.c.content_digest
