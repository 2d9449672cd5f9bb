"""LearningStore: what an agent, an analyst's script or the command line opens."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from typing import TYPE_CHECKING, Final, Self, TypeVar, Unpack, overload

from swarmstore.contracts.capabilities import followable, iter_range, iter_summaries
from swarmstore.contracts.storage import LearningBackend, ScenarioSummary, SessionSummary, check_backend
from swarmstore.db.connection import paused_gc
from swarmstore.errors import SnapshotNotFoundError
from swarmstore.loading import loading
from swarmstore.locations import url_to_open
from swarmstore.model.keys import GlobalKey, ScenarioKey, SessionKey, SnapshotKey
from swarmstore.model.metadata import LearningPhase, SnapshotMetadata
from swarmstore.model.session_ids import SessionId
from swarmstore.model.session_slice import SessionSlice
from swarmstore.recording.recorder import OnError, SessionRecorder
from swarmstore.settings import Settings, SettingsArguments, settings_from
from swarmstore.store.maintenance_api import Maintenance
from swarmstore.store.transfer_api import Exchange

if TYPE_CHECKING:
    from swarmstore.contracts.change_feed import Change
    from swarmstore.db.dialects.database_file import AsOpened
    from swarmstore.db.dialects.urls import Place
    from swarmstore.db.storage import SqlStorage
    from swarmstore.model.merge import MergeStrategy
    from swarmstore.model.offline_model import OfflineModel
    from swarmstore.model.snapshot import LearningSnapshot

_Default = TypeVar("_Default")
_Item = TypeVar("_Item")
RAISE: Final = object()


def _open_place(
    kind: type[LearningStore], place: Place, settings: Settings, as_opened: AsOpened
) -> LearningStore:
    with loading():
        from swarmstore.db.dialects.urls import url_of
        from swarmstore.db.storage import SqlStorage

    storage = SqlStorage(url_of(place), settings, as_opened)
    return kind._at(place, storage, settings)


class LearningStore(Exchange, Maintenance):
    """A store of sessions, their totals, merges and offline models.

    `LearningStore.open(url)` uses SQLite or PostgreSQL. `LearningStore(MemoryStorage())` and
    `LearningStore(FileSystemStorage(folder))` keep the same promises without a database (see
    `LearningBackend`). Threads may share a store. As a context manager it closes itself; calls after that
    raise StoreClosedError. A store that is never closed gives a ResourceWarning.

    For a scenario that was never saved, calls that return one thing (`load_…`, `run_offline_learning`,
    `report`) raise SnapshotNotFoundError or return their default. Calls that return a list, a count or a
    merge return an empty one. Only saving creates a scenario.
    """

    def __init__(self, storage: LearningBackend) -> None:
        """Use a backend. Raises ConfigurationError for anything else."""
        super().__init__(check_backend(storage))
        self._sent: Callable[[], tuple[object, ...]] | None = None

    @classmethod
    def open(cls, url: str | None = None, **settings: Unpack[SettingsArguments]) -> Self:
        """Open the database at `url`, or at `SWARMSTORE_URL`, or in the user's data folder.

        url: `sqlite:///path/to/file.db` or `postgresql://user@host/database`, with libpq's options
            such as `?sslmode=verify-full`. An empty SQLite file is set up; a PostgreSQL database
            must have been prepared by `swarmstore upgrade`.
        settings: as in `Settings`: `schema`, `pool_size`, `timeout_seconds`, `maintenance_seconds`,
            `fold_at`, `fold_in_background`, `pooler`, `synchronous`, `create`.

        Raises InvalidUrlError, ConfigurationError, DatabaseMissingError among them, SchemaError kinds,
        StoreUnavailableError.
        """
        with loading(), paused_gc.put_off_while_loading():
            from swarmstore.db.dialects.urls import place_of
            from swarmstore.db.storage import SqlStorage

        chosen = settings_from(settings)
        found = url_to_open(url, create=chosen.create)
        storage = SqlStorage(found, chosen)
        return cls(storage) if url is not None else cls._at(place_of(found), storage, chosen)

    @classmethod
    def _at(cls, place: Place, storage: SqlStorage, settings: Settings) -> Self:
        """A store that goes to other processes without the secrets of its URL."""
        store = cls(storage)
        store._sent = lambda: (cls, place, settings, storage.__reduce__()[1][-1])  # the URL is found anew
        return store

    def __reduce__(self) -> tuple[Callable[..., LearningStore], tuple[object, ...]]:
        """Another process opens the same store again, with a password of its own environment's."""
        return (type(self), (self._backend,)) if self._sent is None else (_open_place, self._sent())

    def __copy__(self) -> LearningStore:
        """Another store on the same database: each of them is closed by itself."""
        return deepcopy(self)

    def __repr__(self) -> str:
        return f"LearningStore({getattr(self, '_backend', None)!r})"

    def __enter__(self) -> Self:
        self._check_open()
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def _while_open(self, items: Iterator[_Item]) -> Iterator[_Item]:
        """The items, which end with StoreClosedError when the store is closed meanwhile."""
        for item in items:
            self._check_open()
            yield item

    @property
    def storage(self) -> LearningBackend:
        """The backend, with `save`, `load` (None if nothing is saved), `delete` and `exists` by key."""
        return self._backend

    def load_global(self) -> LearningSnapshot:
        """Load the total over all scenarios. Raises SnapshotNotFoundError, CountOverflowError."""
        return self._load(GlobalKey())

    def save_global(self, snapshot: LearningSnapshot) -> None:
        """Replace the global total. Sessions saved before no longer count in it."""
        self._storage.save(GlobalKey(), snapshot)

    @overload
    def load_scenario(self, scenario: str) -> LearningSnapshot: ...
    @overload
    def load_scenario(self, scenario: str, *, default: _Default) -> LearningSnapshot | _Default: ...
    def load_scenario(self, scenario: str, *, default: object = RAISE) -> object:
        """Load a scenario's total, the prior of its next run.

        default: what to return if nothing is saved, as before an agent's first run:
            `store.load_scenario("repair", default=LearningSnapshot.empty())`.

        Raises SnapshotNotFoundError if nothing is saved and no default is given, CountOverflowError.
        """
        try:
            return self._load(ScenarioKey(scenario))
        except SnapshotNotFoundError:
            if default is RAISE:
                raise
            return default

    def save_scenario(self, scenario: str, snapshot: LearningSnapshot) -> None:
        """Replace a scenario's total. Sessions saved before no longer count in it."""
        self._storage.save(ScenarioKey(scenario), snapshot)

    def save_session(
        self, scenario: str, snapshot: LearningSnapshot, session_id: str | None = None
    ) -> SessionId:
        """Save a session, count it once in the scenario's total and the global one, and return its id.

        Without an id one is made. With an id, repeating the call with the same content is safe; other
        content raises SessionConflictError. If the session was deleted or pruned in the meantime, the
        same content is saved again for 30 days without counting a second time, and other content is a
        new session. After `forget`, the same content raises SessionForgottenError for 30 days.

        Raises InvalidValueError and its subclasses for values that no backend can hold.
        """
        given = None if session_id is None else SessionId(session_id)
        return self._storage.save_session(scenario, snapshot, given)

    def record(
        self,
        scenario: str,
        *,
        task: str | None = None,
        phase: LearningPhase | None = None,
        group_id: str | None = None,
        session_id: str | None = None,
        on_error: OnError = "save",
    ) -> SessionRecorder:
        """Record a session while an agent runs: `with store.record("repair") as run:`.

        Inside the block `run.action(name, success, …)`, `run.end_episode(success)` and
        `run.switch_strategy(name)`; its end saves the session, once. See `SessionRecorder`.

        on_error: whether an exception in the block saves what was recorded (`save`) or not (`discard`).

        Raises InvalidValueError and its subclasses, ConfigurationError.
        """
        metadata = SnapshotMetadata(scenario, task, phase=phase, group_id=group_id)
        return SessionRecorder(self._storage, metadata, session_id, on_error=on_error)

    def list_sessions(self, scenario: str) -> list[SessionId]:
        """List all session ids of a scenario in byte order."""
        return self._storage.list_sessions(scenario)

    def load_session(self, scenario: str, session_id: str) -> LearningSnapshot:
        """Load one session. Raises SnapshotNotFoundError."""
        return self._load(SessionKey(scenario, SessionId(session_id)))

    def query_range(self, scenario: str, from_: int, to: int) -> list[LearningSnapshot]:
        """Load the sessions whose id stands for `from_` to `to` (seconds since 1970), oldest first."""
        return self._storage.query_range(scenario, from_, to)

    def iter_range(self, scenario: str, from_: int, to: int) -> Iterator[LearningSnapshot]:
        """Iterate over what `query_range` returns, with few sessions in memory at once.

        No connection is held between sessions. Those saved or removed in the meantime may appear or not.
        """
        return self._while_open(iter_range(self._storage, scenario, from_, to))

    def session_summaries(
        self,
        scenario: str,
        *,
        latest: int | None = None,
        since: int | None = None,
        until: int | None = None,
        phase: LearningPhase | None = None,
        group_id: str | None = None,
    ) -> Iterator[SessionSummary]:
        """List sessions with their outcomes, oldest first, without loading what they learned.

        The filters are those of `merge_sessions`. However many sessions there are, few are in memory
        at once, as for `iter_range`. Raises InvalidValueError kinds.
        """
        wanted = SessionSlice(None, latest, since, until, phase, group_id)
        return self._while_open(iter_summaries(self._storage, scenario, wanted))

    def query_since(self, scenario: str, since: int) -> list[LearningSnapshot]:
        """Load the sessions whose id stands for `since` or later (seconds since 1970), oldest first."""
        return self._storage.query_since(scenario, since)

    def query_latest(self, scenario: str, limit: int) -> list[LearningSnapshot]:
        """Load the `limit` sessions with the greatest ids, newest first."""
        return self._storage.query_latest(scenario, limit)

    def merge(self, snapshots: Sequence[LearningSnapshot], strategy: MergeStrategy | str) -> LearningSnapshot:
        """Merge snapshots given oldest first; `query_latest` returns the newest first.

        strategy: one of the classes of `MergeStrategy`, or its text as the command line takes it.

        Raises CountOverflowError, UnknownStrategyError.
        """
        with loading():
            from swarmstore.model.merge import merge_snapshots

        self._check_open()
        return merge_snapshots(snapshots, strategy)

    def merge_sessions(
        self,
        scenario: str | None,
        strategy: MergeStrategy | str,
        *,
        latest: int | None = None,
        since: int | None = None,
        until: int | None = None,
        phase: LearningPhase | None = None,
        group_id: str | None = None,
    ) -> LearningSnapshot:
        """Merge saved sessions, oldest first: by session id and then by scenario, in byte order.

        scenario: its name, or None for all scenarios.
        strategy: as for `merge`.
        latest: of the sessions that pass all filters, only this many with the greatest ids.
        since, until: the first and the last time, in seconds since 1970, that ids may stand for.
        phase, group_id: only sessions with these.

        A database adds the sessions up itself. If there are none, the result is
        `LearningSnapshot.empty()`; if there is one, its copy.

        Raises CountOverflowError, InvalidValueError and its subclasses.
        """
        wanted = SessionSlice(scenario, latest, since, until, phase, group_id)
        return self._storage.merge_sessions(wanted, strategy)

    def scenarios(self) -> list[str]:
        """List the names of all scenarios in byte order."""
        return self._storage.scenarios()

    def summaries(self) -> list[ScenarioSummary]:
        """Summarize each scenario, in byte order of their names."""
        return self._storage.summaries()

    def changes(self, after: str | None = None) -> Iterator[Change]:
        """Iterate over the sessions saved since a cursor, each once, for followers and incremental extracts.

        after: the `cursor` of the last change that was handled. It stays valid across restarts. None
            begins with the first session.

        Sessions come in the order in which they were published. One that commits late comes after
        those already seen, so none is skipped. Removed sessions do not appear; replaced ones appear
        again. The iterator ends when there is nothing more: call again later. Publishing writes, so a
        read-only role, replica or file sees only what was published by a follower that may write.

        Raises InvalidCursorError, also during the iteration if the database is restored from a backup
        meanwhile, and ConfigurationError on a backend that cannot be followed.
        """
        return self._while_open(followable(self._storage).changes(after))

    def renew_cursors(self) -> None:
        """Invalidate all cursors, so that followers begin with the first session again.

        Use it after a database was restored from a backup. Without it, too, a cursor of a session that
        the backup lacks is refused, as long as the store remembers which session had its place: for 30
        days after that session was removed.

        Raises ConfigurationError on a backend that cannot be followed.
        """
        followable(self._storage).renew_cursors()

    def load_offline_model(self, scenario: str) -> OfflineModel:
        """Load the scenario's offline model. Raises SnapshotNotFoundError."""
        model = self._storage.load_offline_model(scenario)
        if model is None:
            raise SnapshotNotFoundError(
                f"scenario {scenario!r} has no offline model; make one with run_offline_learning"
            )
        return model

    def save_offline_model(self, scenario: str, model: OfflineModel) -> None:
        """Save the scenario's offline model, replacing the previous one."""
        self._storage.save_offline_model(scenario, model)

    def run_offline_learning(self, scenario: str, session_limit: int) -> OfflineModel:
        """Analyse the newest sessions, and save and return the offline model.

        session_limit: how many sessions to analyse.

        An action order that is stored stays. Raises SnapshotNotFoundError if the scenario has no sessions.
        """
        evidence = self._storage.latest_analysis_input(scenario, session_limit)
        if not evidence.sessions:
            raise SnapshotNotFoundError(
                f"scenario {scenario!r} has no sessions to learn from; save some first"
            )
        with loading():
            from swarmstore.model.offline_analyzer import OfflineAnalyzer

        model = OfflineAnalyzer(evidence).analyze()
        return self._storage.save_analysis(scenario, model)

    def _load(self, key: SnapshotKey) -> LearningSnapshot:
        snapshot = self._storage.load(key)
        if snapshot is None:
            raise SnapshotNotFoundError(f"nothing is saved under {str(key)!r}; check the name, or save first")
        return snapshot
