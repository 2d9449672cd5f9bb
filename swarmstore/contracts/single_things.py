"""How a backend without a database stores single things: all that such backends differ in."""

from __future__ import annotations

from abc import ABC, abstractmethod
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from swarmstore.model.keys import SessionKey, SnapshotKey, TotalKey
    from swarmstore.model.offline_model import OfflineModel
    from swarmstore.model.removed_sessions import RemovedSessions
    from swarmstore.model.session_ids import SessionId
    from swarmstore.model.snapshot import LearningSnapshot
    from swarmstore.model.total_parts import TotalParts


class SingleThings(ABC):
    """Stores sessions, totals with their parts, models, and what is known of removed sessions."""

    @abstractmethod
    def _writing(self) -> AbstractContextManager[None]:
        """Enter a block that changes something; one at a time is inside. Raises StoreClosedError."""

    def _reading(self) -> AbstractContextManager[None]:
        """Enter a block that only reads; by default the same as `_writing`."""
        return self._writing()

    @abstractmethod
    def _check_kept(self, snapshot: LearningSnapshot) -> None:
        """Refuse a snapshot that this backend cannot store, though others can."""

    @abstractmethod
    def _names(self) -> list[str]:
        """All scenarios, in byte order."""

    @abstractmethod
    def _ids_in(self, scenario: str) -> list[SessionId]:
        """All sessions of a scenario, in byte order."""

    @abstractmethod
    def _is_there(self, key: SnapshotKey) -> bool: ...

    @abstractmethod
    def _content(self, key: SnapshotKey) -> LearningSnapshot:
        """A snapshot, the kept one itself. Raises KeyError or FileNotFoundError where there is none."""

    @abstractmethod
    def _put_session(self, key: SessionKey, snapshot: LearningSnapshot) -> None: ...

    @abstractmethod
    def _put_total(self, key: TotalKey, total: LearningSnapshot, parts: TotalParts) -> None: ...

    @abstractmethod
    def _drop(self, key: SnapshotKey) -> None:
        """Remove a snapshot; of a total also its parts. There may be no such total."""

    @abstractmethod
    def _parts(self, key: TotalKey, changing: SessionKey | None = None) -> TotalParts:
        """What a total is made of. The caller changes the object before `_put_total`.

        changing: the session whose place in these parts the caller is about to change, None if it only reads.
        """

    @abstractmethod
    def _removed(self, scenario: str) -> RemovedSessions: ...

    @abstractmethod
    def _put_removed(self, scenario: str, removed: RemovedSessions) -> None: ...

    @abstractmethod
    def _model(self, scenario: str) -> OfflineModel | None:
        """The scenario's model, the kept one itself."""

    @abstractmethod
    def _put_model(self, scenario: str, model: OfflineModel) -> None: ...
