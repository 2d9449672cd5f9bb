"""What a backend promises. `swarmstore`'s own three keep all of it; so must any other.

A backend holds snapshots under keys and answers questions about a scenario's sessions over time.
Every method refuses bad input before it touches anything (InvalidValueError and its kinds), and a
method that raises has changed nothing. What a method returns belongs to the caller: changing it
changes nothing that is stored, and changing a snapshot after saving it does neither. Two promises
stand above the rest: a snapshot loaded is equal to the snapshot saved, doubles bit for bit, and
an entry with count 0 is not the same as no entry. Of a scenario that was never saved there is None, or an
empty list, and asking does not create it. Once closed, every call but `close` raises StoreClosedError.
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
    """A scenario in a list: how many sessions are saved, its greatest session id, numbers of its total.

    The numbers are those of an empty total when nothing counts in it. `session_count` is what the
    total says; sessions saved without counting, or removed since, make it differ from `sessions`.
    All five are None where the total cannot be read: a sum in it passes 2^63 - 1, or the file that
    holds it is damaged. `load_scenario` says which.
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
    """A session in a list: what its metadata say, and how its episodes ended."""

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
        """Keep `snapshot` under `key`, in place of what was there.

        A session saved this way does not count in any total; a total saved this way replaces the
        old one, and sessions saved before it count in it no longer. Replacing or deleting a
        session leaves the totals as they are.

        Raises InvalidValueError for a value that cannot be held.
        """

    def load(self, key: SnapshotKey) -> LearningSnapshot | None:
        """The snapshot under `key`, None when there is none.

        Raises CountOverflowError for a total past 2^63 - 1.
        """

    def delete(self, key: SnapshotKey) -> bool:
        """Remove what is under `key`. True when there was something."""

    def exists(self, key: SnapshotKey) -> bool:
        """Whether `load` would return a snapshot."""


@runtime_checkable
class TimeSeriesQuery(Protocol):
    """A scenario's sessions over time, as upstream's trait of the same name.

    A scenario that was never saved has no sessions; asking does not create it. Ids are ordered by
    their UTF-8 bytes. Bounds are seconds since 1970 and may be any u64.
    """

    def query_range(self, scenario: str, from_: int, to: int) -> list[LearningSnapshot]:
        """Sessions whose id stands for a time in `from_ … to`, both included, by id ascending.

        Ids without a timestamp (SessionId.timestamp) are never in a range.
        """

    def query_latest(self, scenario: str, limit: int) -> list[LearningSnapshot]:
        """The `limit` sessions with the greatest ids, greatest first, timestamp or none."""

    def query_since(self, scenario: str, since: int) -> list[LearningSnapshot]:
        """`query_range` from `since` without an end."""

    def list_sessions(self, scenario: str) -> list[SessionId]:
        """All session ids, ascending. A folder without a snapshot is no session."""


@runtime_checkable
class LearningBackend(SnapshotStorage, TimeSeriesQuery, Protocol):
    """What `LearningStore` needs beyond upstream's two traits."""

    def save_session(
        self, scenario: str, snapshot: LearningSnapshot, session_id: SessionId | None = None
    ) -> SessionId:
        """Save a session once and count it in the scenario's total and the global one.

        Without an id one is made that no other session of the scenario has. With an id that is
        taken, the same content changes nothing and other content is refused: repeating a call
        whose answer was lost is safe.

        A total is nothing without contributors; with one (a session, or a total saved by hand)
        its exact copy; with more their additive merge, scenario and task of the newest session
        even when it has none, created when that one was saved.

        Raises SessionConflictError, InvalidValueError, and SessionForgottenError for content that was
        forgotten under this id in the last 30 days. A session that takes a total past 2^63 - 1 is
        refused with CountOverflowError by backends that add it up at once; others keep it, and
        reading that total raises.
        """

    def delete_sessions(self, scenario: str, session_ids: Sequence[SessionId]) -> int:
        """`delete` for many sessions of a scenario at once; how many there were."""

    def forget(self, wanted: Forgetting, *, dry_run: bool = False) -> ForgetReport:
        """Remove sessions together with what they added to totals, as if they had never been saved.

        Forgetting an import also takes what totals have from its files, and the ledger does not know
        them any more. All or nothing. With `dry_run` nothing is changed. Choosing no session that is
        there changes nothing.

        Raises BaselineError when something of it was removed before, and is in a baseline;
        SnapshotNotFoundError for an id or an origin of which nothing is known.
        """

    def sources(self, key: TotalKey) -> list[TotalPart]:
        """What a total is made of, ordered by kind and origin; nothing where there is no total.

        Raises CountOverflowError.
        """

    def scenarios(self) -> list[str]:
        """Names of all scenarios, in byte order."""

    def summaries(self) -> list[ScenarioSummary]:
        """One line per scenario, in byte order of their names."""

    def merge_sessions(self, wanted: SessionSlice, strategy: MergeStrategy | str) -> LearningSnapshot:
        """The merge of a slice of history, oldest to newest, as `merge_snapshots` makes it.

        The strategy may be given as its text: `check_strategy` says which there are.

        Raises CountOverflowError, InvalidValueError.
        """

    def latest_analysis_input(self, scenario: str, limit: int) -> AnalysisInput:
        """What offline analysis looks at in the sessions that `query_latest` would return."""

    def load_offline_model(self, scenario: str) -> OfflineModel | None:
        """The scenario's offline model, None when there is none."""

    def save_offline_model(self, scenario: str, model: OfflineModel) -> None:
        """Keep the scenario's offline model in place of the one before. Raises InvalidValueError."""

    def save_analysis(self, scenario: str, model: OfflineModel) -> OfflineModel:
        """Keep a model in place of the one before, whose action order stays; the model as it is then.

        Whoever saves an action order at the same moment loses nothing. Raises InvalidValueError.
        """

    def fold(self, *, progress: Progress | None = None) -> int:
        """Bring cached totals up to date; how many sessions were added to one.

        Answers never depend on it: backends without such a cache return 0. progress: called after
        each total with how many are done, and how many there are.
        """

    def close(self) -> None:
        """Release connections and files. The backend is not used afterwards."""


def check_backend(given: object) -> LearningBackend:
    """The backend that is given. Raises ConfigurationError, without what may hold a password."""
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
