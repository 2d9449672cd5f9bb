"""What a backend promises. The three backends of swarmstore keep all of it, and so must any other.

A backend stores snapshots under keys and answers questions about a scenario's sessions over time.
These rules hold for every method:

- Bad input raises InvalidValueError, or a subclass of it, before anything is touched.
- A method that raises has changed nothing.
- What a method returns belongs to the caller: changing it does not change what is stored. Nor does
  changing a snapshot after it was saved.
- A loaded snapshot equals the saved one, doubles bit for bit. An entry with count 0 differs from no entry.
- For a scenario that was never saved the answer is None or an empty list, and asking does not create it.
- After `close`, every call but `close` raises StoreClosedError.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from swarmstore.errors import ConfigurationError
from swarmstore.model.metadata import LearningPhase
from swarmstore.model.session_ids import SessionId

if TYPE_CHECKING:
    from swarmstore.contracts.progress import Progress
    from swarmstore.model.forgetting import ForgetReport, Forgetting
    from swarmstore.model.keys import SnapshotKey, TotalKey
    from swarmstore.model.merge import MergeStrategy
    from swarmstore.model.offline_analyzer import AnalysisInput
    from swarmstore.model.offline_model import OfflineModel
    from swarmstore.model.session_slice import SessionSlice
    from swarmstore.model.snapshot import LearningSnapshot
    from swarmstore.model.total_parts import TotalPart


@dataclass(frozen=True, slots=True)
class ScenarioSummary:
    """A scenario in a list, with some numbers of its total.

    sessions: how many are stored.
    last_session: the greatest session id.
    session_count: how many sessions the total counts. It differs from `sessions` if sessions were
        imported or saved without counting, or have been removed.

    The five numbers of the total are 0 if nothing counts in it. They are None if the total cannot be
    read, because a sum in it exceeds 2^63 - 1 or its file is damaged; `load_scenario` says which.
    """

    scenario: str
    sessions: int
    last_session: SessionId | None
    session_count: int | None = 0
    total_episodes: int | None = 0
    total_actions: int | None = 0
    success_episodes: int | None = 0
    failure_episodes: int | None = 0


@dataclass(frozen=True, slots=True)
class SessionSummary:
    """A session in a list: its metadata, and how its episodes ended."""

    session_id: SessionId
    total_episodes: int
    total_actions: int
    success_episodes: int
    failure_episodes: int
    phase: LearningPhase | None
    group_id: str | None


@runtime_checkable
class SnapshotStorage(Protocol):
    """Snapshots by key, as upstream's trait of the same name."""

    def save(self, key: SnapshotKey, snapshot: LearningSnapshot) -> None:
        """Store `snapshot` under `key`, replacing what was there.

        A session saved this way does not count in any total. A total saved this way replaces the
        old one, and sessions saved before no longer count in it. Replacing or deleting a
        session leaves the totals as they are.

        Raises InvalidValueError for a value that cannot be held.
        """

    def load(self, key: SnapshotKey) -> LearningSnapshot | None:
        """Load the snapshot under `key`, or return None.

        Raises CountOverflowError for a total past 2^63 - 1.
        """

    def delete(self, key: SnapshotKey) -> bool:
        """Remove what is under `key`, and return whether there was something."""

    def exists(self, key: SnapshotKey) -> bool:
        """Tell whether `load` would return a snapshot."""


@runtime_checkable
class TimeSeriesQuery(Protocol):
    """A scenario's sessions over time, as upstream's trait of the same name.

    A scenario that was never saved has no sessions; asking does not create it. Ids are ordered by
    their UTF-8 bytes. Bounds are seconds since 1970 and may be any u64.
    """

    def query_range(self, scenario: str, from_: int, to: int) -> list[LearningSnapshot]:
        """Load the sessions whose id stands for a time from `from_` to `to`, both included, by id ascending.

        Ids without a timestamp (SessionId.timestamp) are never in a range.
        """

    def query_latest(self, scenario: str, limit: int) -> list[LearningSnapshot]:
        """Load the `limit` sessions with the greatest ids, greatest first, with or without a timestamp."""

    def query_since(self, scenario: str, since: int) -> list[LearningSnapshot]:
        """Load the sessions whose id stands for `since` or a later time, by id ascending."""

    def list_sessions(self, scenario: str) -> list[SessionId]:
        """List all session ids, ascending. A folder without a snapshot is not a session."""


@runtime_checkable
class LearningBackend(SnapshotStorage, TimeSeriesQuery, Protocol):
    """What `LearningStore` needs beyond upstream's two traits."""

    def save_session(
        self, scenario: str, snapshot: LearningSnapshot, session_id: SessionId | None = None
    ) -> SessionId:
        """Save a session once and count it in the scenario's total and the global one.

        Without an id, the backend makes one that no other session of the scenario has. If the id is
        taken, the same content changes nothing and other content is refused, so that a call whose
        answer was lost can be repeated.

        A total of one contributor (a session, or a total saved by hand) is its exact copy. A total of
        several is their additive merge, with the scenario and task of the newest session, even if it has
        none, and with the time when that one was saved as `created_at`.

        Raises SessionConflictError, InvalidValueError, and SessionForgottenError for content that was
        forgotten under this id in the last 30 days. A session that takes a total past 2^63 - 1 is
        refused with CountOverflowError by backends that add it up at once; others keep it, and
        reading that total raises.
        """

    def delete_sessions(self, scenario: str, session_ids: Sequence[SessionId]) -> int:
        """Delete many sessions of a scenario at once, and return how many there were."""

    def forget(self, wanted: Forgetting, *, dry_run: bool = False) -> ForgetReport:
        """Remove sessions together with what they added to totals, as if they had never been saved.

        Forgetting an import also subtracts the totals in its files, and removes them from the ledger.
        Either all of it happens or nothing. With `dry_run` nothing is changed. If no session matches,
        nothing is changed either.

        Raises BaselineError if a session was removed before, and is part of a baseline;
        SnapshotNotFoundError for an unknown id or origin.
        """

    def sources(self, key: TotalKey) -> list[TotalPart]:
        """List what a total is made of, ordered by kind and origin; without a total the list is empty.

        Raises CountOverflowError.
        """

    def scenarios(self) -> list[str]:
        """List the names of all scenarios, in byte order."""

    def summaries(self) -> list[ScenarioSummary]:
        """Summarize each scenario, in byte order of their names."""

    def merge_sessions(self, wanted: SessionSlice, strategy: MergeStrategy | str) -> LearningSnapshot:
        """Merge a slice of history, oldest to newest, with the result of `merge_snapshots`.

        strategy: a strategy, or its text (see `check_strategy`).

        Raises CountOverflowError, InvalidValueError.
        """

    def latest_analysis_input(self, scenario: str, limit: int) -> AnalysisInput:
        """Return what offline analysis needs of the sessions that `query_latest` would return."""

    def load_offline_model(self, scenario: str) -> OfflineModel | None:
        """Load the scenario's offline model, or return None."""

    def save_offline_model(self, scenario: str, model: OfflineModel) -> None:
        """Save the scenario's offline model, replacing the previous one. Raises InvalidValueError."""

    def save_analysis(self, scenario: str, model: OfflineModel) -> OfflineModel:
        """Save a model, but keep the action order of the previous one, and return what is stored then.

        An action order that is saved at the same moment is not lost. Raises InvalidValueError.
        """

    def fold(self, *, progress: Progress | None = None) -> int:
        """Add pending sessions to cached totals, and return how many were added.

        Results never depend on it. Backends without cached totals return 0.

        progress: called after each total with how many are done, and how many there are.
        """

    def close(self) -> None:
        """Release connections and files. The backend is not used afterwards."""


def check_backend(given: object) -> LearningBackend:
    """Return the given backend. Raises ConfigurationError, whose message shows no password."""
    if isinstance(given, LearningBackend):
        return given
    match given:
        case str():
            problem = "a URL is not a backend; write LearningStore.open(url)"
        case Path():
            problem = "a path is not a backend; write LearningStore(FileSystemStorage(path))"
        case _:
            kind = type(given).__name__
            problem = f"{kind} is not a backend; write LearningStore.open(url), or give a LearningBackend"
    raise ConfigurationError(problem)
