"""What an import needs of a database: a ledger of files, and writes that enter into it.

Each write and its entry are one transaction: whatever is in the ledger is in the database.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol

from swarmstore.model.limits import check_text
from swarmstore.model.session_ids import SessionId
from swarmstore.model.validation import check_session, check_session_id

if TYPE_CHECKING:
    from swarmstore.model.keys import TotalKey
    from swarmstore.model.offline_model import OfflineModel
    from swarmstore.model.snapshot import LearningSnapshot


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file of an imported store.

    origin: the store's name; path: within the store; digest: of the file's bytes; counted: whether
    the store's sessions count in totals, in place of the totals in its files. content: the digest
    of the session or the total as a target holds it, None where it is not known. repeated: the
    session is in the store once already, as a total or under another id, and was left out.
    """

    origin: str
    path: str
    digest: bytes
    counted: bool
    content: bytes | None = None
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class SessionFile:
    """A file that is to be a session. Raises InvalidValueError kinds when it cannot be one."""

    source: SourceFile
    scenario: str
    session_id: SessionId
    snapshot: LearningSnapshot

    def __post_init__(self) -> None:
        check_text("scenario", self.scenario)
        check_session_id(self.session_id)
        check_session(self.snapshot)


@dataclass(frozen=True, slots=True)
class PreparedFile:
    """A session file as a target writes it; `content` is the target's own. `source` has its digest."""

    source: SourceFile
    scenario: str
    session_id: SessionId
    content: Any


@dataclass(frozen=True, slots=True)
class PreparedBatch:
    """Session files of one origin, and `needed`, the target's own: what it knows of before any of them."""

    files: Sequence[PreparedFile]
    needed: Any


Preparation = Callable[[Sequence[SessionFile]], PreparedBatch]
"""Makes of session files what a target writes. Its batches are saved in the order they were made in."""
MakePreparation = Callable[[], Preparation]
"""Can be pickled, and its preparation's batches can: they may be made in another process."""


class Outcome(StrEnum):
    """What became of a file. KEPT: a total covers more than the file, and stays as it is."""

    ADDED = "added"
    UNCHANGED = "unchanged"
    REPLACED = "replaced"
    RENAMED = "renamed"
    LEFT_OUT = "left out"
    KEPT = "kept"


Became = tuple[Outcome, SessionId]
"""What became of a file, and the id that its session has now."""


class ImportTarget(Protocol):
    """The writing side of an import."""

    def identity(self) -> str:
        """The store's own (see `Identified`)."""

    def is_empty(self) -> bool:
        """Whether nothing was ever saved."""

    def origins(self) -> list[str]:
        """All stores imported so far, in byte order."""

    def entries(self, origin: str) -> dict[str, SourceFile]:
        """The files imported from a store, by path."""

    def content_digest(self, snapshot: LearningSnapshot) -> bytes:
        """What `SourceFile.content` is of this snapshot."""

    def remember(self, sources: Sequence[SourceFile]) -> None:
        """Enter files in the ledger that become neither session nor total."""

    @property
    def preparation(self) -> MakePreparation:
        """What makes session files into batches. It needs no database."""

    def import_sessions(self, batch: PreparedBatch) -> list[Became]:
        """Save sessions of one origin, all or none; what became of each.

        batch: one that a `preparation` made, maybe without some of its files, or without any.

        A file whose content the ledger has changes nothing, also when its session was deleted since,
        unless it was left out as a repeat. A file imported before that has other content replaces its
        session, totals staying as they are. An id that other content has taken gets free microseconds.
        Equal content under the id is there already.

        Raises InvalidValueError kinds.
        """

    def import_run(
        self, file: SessionFile, begun_as: Sequence[str], replaces: Callable[[LearningSnapshot], bool]
    ) -> Became:
        """Save a run once, also where the ledger has it or a part of it already; what became of it.

        begun_as: paths of entries that stand for a part of this run, the largest part first.
        replaces: told the session that is there under the file's path, else of such a part, whether
            this one takes its place. Then it does so in totals too, under the id of that session.
            What it raises leaves everything as it was.

        Runs are saved one at a time. The very file that the ledger has, and a run whose session was
        removed since, change nothing. Otherwise as `import_sessions`.
        """

    def import_total(
        self, source: SourceFile, key: TotalKey, snapshot: LearningSnapshot, *, grown_only: bool = False
    ) -> Outcome:
        """Let a total carry this snapshot for its origin, in place of an earlier one.

        KEPT, and nothing is changed, where the earlier one covers more sessions; and where this one
        has a smaller count of anything though it is of no more sessions, or with `grown_only`.
        """

    def import_model(self, source: SourceFile, scenario: str, model: OfflineModel) -> Outcome:
        """Keep an offline model, unless one updated at the same time or later is there."""
