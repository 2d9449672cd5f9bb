"""SqlStorage: the backend on SQLite and PostgreSQL."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Self, TypeVar

from sqlalchemy import Select
from sqlalchemy.orm import Session

from swarmstore.db.connection.transactions import Database
from swarmstore.db.dialects.database_file import AsOpened
from swarmstore.db.dialects.urls import url_as_text
from swarmstore.db.migrations.runner import prepare
from swarmstore.db.operations.fold_totals import Folding
from swarmstore.db.operations.save_session import Saver
from swarmstore.db.repositories.all import Repositories
from swarmstore.db.statements import sessions as queries
from swarmstore.db.statements.placed_rows import Rows
from swarmstore.errors import ConfigurationError
from swarmstore.loading import loading
from swarmstore.model import validation
from swarmstore.model.keys import GlobalKey, ScenarioKey, SessionKey, SnapshotKey, TotalKey
from swarmstore.model.limits import MAX_TOTAL, check_text
from swarmstore.model.session_ids import SessionId
from swarmstore.settings import Settings

if TYPE_CHECKING:
    from swarmstore.contracts.capabilities import CopyReport, Discrepancy
    from swarmstore.contracts.change_feed import Change
    from swarmstore.contracts.progress import Progress
    from swarmstore.contracts.storage import ScenarioSummary, SessionSummary
    from swarmstore.db.analytics.view_reader import SqlAnalysis
    from swarmstore.db.mapping.rows import SnapshotRows
    from swarmstore.db.operations.import_ledger import SqlImport
    from swarmstore.db.schema.sessions import SessionRow
    from swarmstore.model.forgetting import ForgetReport, Forgetting
    from swarmstore.model.merge import MergeStrategy
    from swarmstore.model.offline_analyzer import AnalysisInput
    from swarmstore.model.offline_model import OfflineModel
    from swarmstore.model.session_slice import SessionSlice
    from swarmstore.model.snapshot import LearningSnapshot
    from swarmstore.model.total_parts import TotalPart

_Result = TypeVar("_Result")


class SqlStorage:
    """Snapshots, sessions, totals and offline models in one database (see `LearningBackend`).

    Threads may share it: each call takes a connection of its own. Beyond what the protocols say,
    any call may raise StoreUnavailableError and DatabaseRefusedError.
    """

    _is_open = False

    def __init__(self, url: str, settings: Settings | None = None, as_opened: AsOpened | None = None) -> None:
        """Open the database. An empty SQLite file is set up; PostgreSQL is never changed.

        as_opened: that of a storage in another process, to be on the same database as it.
        Raises InvalidUrlError, SchemaError kinds, StoreUnavailableError.
        """
        self._database = Database(url, settings or Settings(), as_opened)
        try:
            prepare(self._database)
        except BaseException:
            self._database.close()
            raise
        self._repositories = kept = Repositories(self._database)
        self._scenarios, self._sessions, self._totals = kept.scenarios, kept.sessions, kept.totals
        self._folding = Folding(kept)
        self._saver = Saver(kept, self._folding)
        self._is_open = True

    def __del__(self) -> None:
        if self._is_open:
            told = f"{self!r} was never closed; use it in a `with` block, or call close()"
            warnings.warn(told, ResourceWarning, source=self, stacklevel=2)

    def __repr__(self) -> str:
        return f"SqlStorage({getattr(self, '_database', None)!r})"

    def __reduce__(self) -> tuple[type[SqlStorage], tuple[str, Settings, AsOpened]]:
        """Whoever unpickles it opens connections of its own; a password in the URL goes along."""
        database = self._database
        return type(self), (url_as_text(database.url), database.settings, database.as_opened)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        """Close all connections, once a fold that is under way has ended."""
        self._is_open = False
        self._folding.finish()
        self._database.close()

    def save(self, key: SnapshotKey, snapshot: LearningSnapshot) -> None:
        """Keep a snapshot in place of the one before; a session saved so counts in no total."""
        validation.check_key(key)
        if isinstance(key, SessionKey):
            validation.check_session(snapshot)
            self._saver.replace(key, snapshot)
        else:
            validation.check_total(snapshot)

            def work(session: Session, rows: SnapshotRows) -> None:
                total = self._totals.lock_one(session, self._scenarios.add_total(session, key))
                self._sessions.carried.replace(session, total, rows)

            self._saver.write(snapshot, work)
            self._folding.settle(key)

    def load(self, key: SnapshotKey) -> LearningSnapshot | None:
        """The snapshot, None when there is none."""
        validation.check_key(key)
        if isinstance(key, GlobalKey | ScenarioKey):
            return self._repositories.total_cache.load(key)
        return next(iter(self._load_many(key.scenario, lambda s: queries.one(s, key.session_id))), None)

    def exists(self, key: SnapshotKey) -> bool:
        """Whether there is a snapshot."""
        validation.check_key(key)
        if isinstance(key, GlobalKey | ScenarioKey):
            return self._database.read(lambda s: self._totals.exists(s, self._scenarios.find_total(s, key)))
        find = partial(self._sessions.find, session_id=SessionId(key.session_id))
        return self._read_scenario(key.scenario, find) is not None

    def delete(self, key: SnapshotKey) -> bool:
        """Remove a snapshot. Totals keep what a session added to them."""
        validation.check_key(key)
        if isinstance(key, SessionKey):
            return self.delete_sessions(key.scenario, [SessionId(key.session_id)]) > 0
        existed = False

        def work(session: Session) -> None:
            nonlocal existed  # a repeat after a lost answer finds nothing, and it was there
            if (total := self._scenarios.find_total(session, key)) is not None:
                existed |= self._sessions.carried.clear(session, self._totals.lock_one(session, total))

        self._database.write(work)
        self._folding.settle(key)
        return existed

    def delete_sessions(self, scenario: str, session_ids: Sequence[SessionId]) -> int:
        """Remove sessions in one transaction; totals keep what they added. How many there were."""
        for session_id in session_ids:
            validation.check_key(SessionKey(scenario, session_id))
        most = 0

        def work(session: Session) -> None:
            nonlocal most  # as in `delete`
            if (scenario_id := self._scenarios.find(session, check_text("scenario", scenario))) is not None:
                rows = session.scalars(queries.row_ids(scenario_id, session_ids)).all()
                most = max(most, self._sessions.delete(session, Rows(rows, [scenario_id])) if rows else 0)

        self._database.write(work, maintenance=len(session_ids) > 1)
        return most

    def forget(self, wanted: Forgetting, *, dry_run: bool = False) -> ForgetReport:
        """Remove sessions together with what they added to totals, in one transaction."""
        with loading():
            from swarmstore.db.operations.forget_sessions import forget

        return forget(self._repositories, wanted, dry_run=dry_run)

    def sources(self, key: TotalKey) -> list[TotalPart]:
        """What a total is made of, in one statement."""
        with loading():
            from swarmstore.db.analytics.view_reader import sources

        validation.check_key(key)
        return self._database.read(lambda session: sources(session, key), maintenance=True)

    def save_session(
        self, scenario: str, snapshot: LearningSnapshot, session_id: SessionId | None = None
    ) -> SessionId:
        """Save a session once, whatever happens to the answer, and count it in both totals."""
        check_text("scenario", scenario)
        if session_id is not None:
            validation.check_key(SessionKey(scenario, session_id))
        validation.check_session(snapshot)
        given = None if session_id is None else SessionId(session_id)
        return self._saver.save(scenario, snapshot, given)

    def query_range(self, scenario: str, from_: int, to: int) -> list[LearningSnapshot]:
        """Sessions whose id stands for a time in `from_ … to`, by id."""
        first, last = validation.check_range(from_, to)
        return self._load_many(scenario, lambda found: queries.in_range(found, first, last), maintenance=True)

    def range_page(
        self, scenario: str, from_: int, to: int, after: SessionId | None, limit: int
    ) -> list[tuple[SessionId, LearningSnapshot]]:
        """The first sessions of a range behind an id, with their ids."""
        page = partial(self._sessions.page, from_=from_, to=to, after=after, limit=limit)
        return self._read_scenario(scenario, page, maintenance=True) or []

    def summary_page(
        self, scenario: str, wanted: SessionSlice, after: SessionId | None, limit: int
    ) -> list[SessionSummary]:
        """The first sessions in a slice behind an id, without their facts."""
        page = partial(self._sessions.summaries, wanted=wanted, after=after, limit=limit)
        return self._read_scenario(scenario, page, maintenance=True) or []

    def query_since(self, scenario: str, since: int) -> list[LearningSnapshot]:
        """Sessions whose id stands for `since` or a later time, by id."""
        return self.query_range(scenario, validation.check_bound("since", since), MAX_TOTAL)

    def query_latest(self, scenario: str, limit: int) -> list[LearningSnapshot]:
        """The sessions with the greatest ids, greatest first."""
        most = validation.check_limit(limit)
        return self._load_many(scenario, lambda found: queries.latest(found, most))

    def list_sessions(self, scenario: str) -> list[SessionId]:
        """All session ids in byte order."""
        return self._read_scenario(scenario, self._sessions.list_ids) or []

    def scenarios(self) -> list[str]:
        """All scenario names in byte order."""
        return self._database.read(self._scenarios.list_names)

    def summaries(self) -> list[ScenarioSummary]:
        """One line per scenario, in a fixed number of statements."""
        with loading():
            from swarmstore.db.repositories.scenario_summaries import scenario_summaries

        return self._database.read(scenario_summaries, maintenance=True)

    def latest_analysis_input(self, scenario: str, limit: int) -> AnalysisInput:
        """What offline analysis looks at in the newest sessions, gathered where they are."""
        with loading():
            from swarmstore.db.operations.gather_analysis_input import latest_analysis_input
            from swarmstore.model.offline_analyzer import AnalysisInput

        most = validation.check_limit(limit)
        sequences = self._repositories.sequences
        gathered = self._read_scenario(
            scenario, lambda s, i: latest_analysis_input(s, sequences, i, most), maintenance=True
        )
        return gathered or AnalysisInput()

    def load_offline_model(self, scenario: str) -> OfflineModel | None:
        """The scenario's offline model, None when there is none."""
        return self._read_scenario(scenario, self._repositories.offline_models.load)

    def save_offline_model(self, scenario: str, model: OfflineModel) -> None:
        """Keep the scenario's offline model in place of the one before."""
        self._save_model(scenario, model, self._repositories.offline_models.replace)

    def save_analysis(self, scenario: str, model: OfflineModel) -> OfflineModel:
        """Keep a model as `save_offline_model` does, but for its action order: what is stored stays."""
        return self._save_model(scenario, model, self._repositories.offline_models.replace_analysis)

    def merge_sessions(self, wanted: SessionSlice, strategy: MergeStrategy | str) -> LearningSnapshot:
        """Merge a slice of history where it is, in a fixed number of statements."""
        with loading():
            from swarmstore.db.operations.merge_sessions import merge_slice
            from swarmstore.model.merge import check_strategy

        checked, chosen = validation.check_slice(wanted), check_strategy(strategy)
        return self._database.read(
            lambda session: merge_slice(self._repositories, session, checked, chosen), maintenance=True
        )

    def changes(self, after: str | None = None) -> Iterator[Change]:
        """Publish committed sessions, and give those behind the cursor."""
        return self._repositories.change_feed.publish(after)

    def renew_cursors(self) -> None:
        """Refuse all cursors handed out so far."""
        self._database.write(self._repositories.change_feed.begin_epoch)

    def identity(self) -> str:
        """The random number that the store was given when its tables were made."""
        return self._database.read(self._repositories.change_feed.identity)

    def analysis(self) -> SqlAnalysis:
        """Views for tools, and what a report says."""
        with loading():
            from swarmstore.db.analytics.view_reader import SqlAnalysis

        self._database.check_open()
        return SqlAnalysis(self._database)

    def verify_totals(self, *, deep: bool = False, progress: Progress | None = None) -> list[Discrepancy]:
        """Compare what is cached with what it is made of; see `swarmstore.db.operations.verify_totals`."""
        with loading():
            from swarmstore.db.operations.verify_totals import verify

        return verify(self._repositories, deep=deep, progress=progress)

    def rebuild_totals(self, *, progress: Progress | None = None) -> int:
        """Make every cached total anew from its parts and sessions; how many totals there are."""
        return self._folding.rebuild_all(progress)

    def fold(self, *, progress: Progress | None = None) -> int:
        """Add every pending session to the rollups; how many additions that were."""
        return self._folding.fold_all(progress)

    def import_target(self) -> SqlImport:
        """The writing side of imports into this database."""
        with loading():
            from swarmstore.db.operations.import_ledger import SqlImport

        self._database.check_open()
        return SqlImport(self._repositories, self._saver, self._folding)

    def copy_to(self, target: object, *, progress: Progress | None = None) -> CopyReport:
        """Make another database the same store, or bring such a copy up to date."""
        with loading():
            from swarmstore.db.operations.copy_store import copy_database

        self._database.check_open()
        if not isinstance(target, SqlStorage):
            raise ConfigurationError("only SQLite and PostgreSQL hold copies; export this store instead")
        return copy_database(self._database, target._database, progress)

    def _save_model(
        self, scenario: str, model: OfflineModel, save: Callable[[Session, int, OfflineModel], _Result]
    ) -> _Result:
        with loading():
            from swarmstore.model.offline_model import check_model

        check_text("scenario", scenario)
        check_model(model)
        return self._database.write(lambda s: save(s, self._scenarios.add(s, scenario), model))

    def _load_many(
        self, scenario: str, find: Callable[[int], Select[SessionRow]], *, maintenance: bool = False
    ) -> list[LearningSnapshot]:
        def work(session: Session, scenario_id: int) -> list[LearningSnapshot]:
            return self._sessions.load(session, session.scalars(find(scenario_id)).all())

        return self._read_scenario(scenario, work, maintenance=maintenance) or []

    def _read_scenario(
        self, scenario: str, work: Callable[[Session, int], _Result], *, maintenance: bool = False
    ) -> _Result | None:
        """Run `work` for a scenario; None when nothing was ever saved for it."""
        check_text("scenario", scenario)

        def within(session: Session) -> _Result | None:
            scenario_id = self._scenarios.find(session, scenario)
            return None if scenario_id is None else work(session, scenario_id)

        return self._database.read(within, maintenance=maintenance)
