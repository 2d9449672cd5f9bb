"""What an import needs of a database: a ledger of files, and writes that are recorded in it.

Each write and its entry in the ledger are one transaction: what the ledger lists is in the database.
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

    origin: the name of the store.
    path: the file's path within the store.
    digest: the hash of the file's bytes.
    counted: whether the store's sessions count in totals, instead of the totals in its files.
    content: the digest of the session or total as the target stores it, None if it is not known.
    repeated: whether the session was left out, because it repeats a total or another session.
    """

    origin: str
    path: str
    digest: bytes
    counted: bool
    content: bytes | None = None
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class SessionFile:
    """A file that will become a session. Raises InvalidValueError kinds if it cannot."""

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
    """A session file as a target writes it: `content` in a form of its own; `source` has its digest."""

    source: SourceFile
    scenario: str
    session_id: SessionId
    content: Any


@dataclass(frozen=True, slots=True)
class PreparedBatch:
    """Session files of one origin. `needed`, in a form of the target's own, is written before them."""

    files: Sequence[PreparedFile]
    needed: Any


Preparation = Callable[[Sequence[SessionFile]], PreparedBatch]
"""Makes batches of session files. They are saved in the order in which they were made."""
MakePreparation = Callable[[], Preparation]
"""Makes a preparation. It and the batches can be pickled, so that another process can make them."""


class Outcome(StrEnum):
    """What became of a file. KEPT: the stored total covers more than the file, and stays as it is."""

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
        """Return the identity of the store (see `Identified`)."""

    def is_empty(self) -> bool:
        """Tell whether nothing was ever saved."""

    def origins(self) -> list[str]:
        """List the names of all stores that were imported, in byte order."""

    def entries(self, origin: str) -> dict[str, SourceFile]:
        """Return the files that were imported from a store, by path."""

    def content_digest(self, snapshot: LearningSnapshot) -> bytes:
        """Compute `SourceFile.content` of a snapshot."""

    def remember(self, sources: Sequence[SourceFile]) -> None:
        """Record files in the ledger that become neither a session nor a total."""

    @property
    def preparation(self) -> MakePreparation:
        """Return what makes batches of session files. It needs no database."""

    def import_sessions(self, batch: PreparedBatch) -> list[Became]:
        """Save sessions of one origin, all or none, and return what became of each.

        batch: one that a `preparation` made, perhaps with some or all of its files taken out.

        A file whose content the ledger has changes nothing, even if its session has been deleted, unless
        it was left out as a repeat. A file that was imported before with other content replaces its
        session, and totals stay as they are. If other content has the id, the session gets the same
        second with free microseconds. If equal content has the id, nothing is added.

        Raises InvalidValueError kinds.
        """

    def import_run(
        self, file: SessionFile, begun_as: Sequence[str], replaces: Callable[[LearningSnapshot], bool]
    ) -> Became:
        """Save a run once, even if the ledger has it or a part of it, and return what became of it.

        begun_as: paths of entries that stand for a part of this run, the largest part first.
        replaces: called with the session that is stored for the file's path, or else for such a part;
            it returns whether the new session replaces that one, in totals too, and under its id.
            If it raises, nothing is changed. It may be called again where a backend repeats a transaction.

        Runs are saved one at a time. A file that the ledger has, and a run whose session has been
        removed, change nothing. Otherwise the rules of `import_sessions` apply.
        """

    def import_total(
        self, source: SourceFile, key: TotalKey, snapshot: LearningSnapshot, *, grown_only: bool = False
    ) -> Outcome:
        """Add a snapshot to a total for its origin, replacing the origin's earlier one.

        Returns KEPT, and changes nothing, if the earlier one covers more sessions, or if this one has a
        smaller count of anything and either covers no more sessions or `grown_only` is set.
        """

    def import_model(self, source: SourceFile, scenario: str, model: OfflineModel) -> Outcome:
        """Save an offline model, unless the stored one was updated at the same time or later."""
