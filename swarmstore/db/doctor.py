"""What state a database is in, without changing it: for people and for monitoring."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, field

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from swarmstore.db.dialects import SQLITE
from swarmstore.db.engine import Settings, shown_url
from swarmstore.db.migrate import REVISION, check_revision, current_revision
from swarmstore.db.tables import Scenario, SessionRow, TotalSource
from swarmstore.db.transactions import Database
from swarmstore.errors import SchemaError


@dataclass(frozen=True, slots=True)
class Waiting:
    """Sessions that a total's cached sum does not have yet; scenario None for the global total."""

    scenario: str | None
    sessions: int


@dataclass(slots=True)
class Diagnosis:
    """A database as `doctor` found it. `problems` say what to do; without one all is well.

    journal_mode and synchronous are SQLite's, None on PostgreSQL; pool_size counts connections.
    """

    url: str
    database: str
    revision: str | None
    expected_revision: str
    pool_size: int
    journal_mode: str | None = None
    synchronous: str | None = None
    scenarios: int = 0
    sessions: int = 0
    waiting: list[Waiting] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


_SYNCHRONOUS = {0: "off", 1: "normal", 2: "full", 3: "extra"}


def diagnose(url: str, settings: Settings | None = None) -> Diagnosis:
    """Look at a database. Raises InvalidUrlError, StoreUnavailableError."""
    with closing(Database(url, settings or Settings())) as database:
        revision = current_revision(database)
        diagnosis = Diagnosis(
            url=shown_url(database.url),
            database="",
            revision=revision,
            expected_revision=REVISION,
            pool_size=database.settings.pool_size,
        )
        database.read(lambda session: _server(session, diagnosis))
        try:
            check_revision(database, revision)
        except SchemaError as error:
            diagnosis.problems.append(str(error))
        else:
            database.read(lambda session: _contents(session, diagnosis))
        return diagnosis


def _server(session: Session, diagnosis: Diagnosis) -> None:
    if session.get_bind().dialect.name == SQLITE:
        diagnosis.database = f"SQLite {session.scalar(text('SELECT sqlite_version()'))}"
        diagnosis.journal_mode = session.scalar(text("PRAGMA journal_mode"))
        synchronous = session.scalar(text("PRAGMA synchronous"))
        diagnosis.synchronous = _SYNCHRONOUS.get(synchronous or 0, str(synchronous))
    else:
        diagnosis.database = f"PostgreSQL {session.scalar(text('SHOW server_version'))}"


def _contents(session: Session, diagnosis: Diagnosis) -> None:
    diagnosis.scenarios = session.scalar(select(func.count()).select_from(Scenario)) or 0
    diagnosis.sessions = session.scalar(select(func.count()).select_from(SessionRow)) or 0
    waiting = session.execute(
        select(Scenario.name, func.count())
        .select_from(TotalSource)
        .outerjoin(Scenario, Scenario.id == TotalSource.total_scenario_id)
        .where(TotalSource.folded.is_(False))
        .group_by(TotalSource.total_scenario_id, Scenario.name)
        .order_by(TotalSource.total_scenario_id)
    )
    diagnosis.waiting = [Waiting(name, sessions) for name, sessions in waiting]
