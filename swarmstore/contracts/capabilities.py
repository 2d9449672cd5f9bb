"""What a backend may be able to do beyond `LearningBackend`, each by its methods, and the refusal without."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from swarmstore.errors import ConfigurationError

if TYPE_CHECKING:  # an agent needs none of it
    from swarmstore.contracts.analytics import Analysis
    from swarmstore.contracts.change_feed import Change
    from swarmstore.contracts.discrepancies import Discrepancy, Progress
    from swarmstore.contracts.imports import ImportTarget
    from swarmstore.model.keys import SessionKey
    from swarmstore.model.session_ids import SessionId
    from swarmstore.model.snapshot import LearningSnapshot


@runtime_checkable
class Paged(Protocol):
    """A backend that loads sessions page by page."""

    def range_page(
        self, scenario: str, from_: int, to: int, after: SessionId | None, limit: int
    ) -> list[tuple[SessionId, LearningSnapshot]]:
        """The first `limit` sessions of `query_range` whose ids are behind `after`, with their ids."""


@runtime_checkable
class ChoosesNames(Protocol):
    """A backend that refuses names which others hold, and says so before a session is recorded."""

    def check_names(self, key: SessionKey, *actions: str) -> None:
        """Refuse a session's key, or actions, that `save_session` would refuse in some place.

        Raises InvalidValueError kinds.
        """


@runtime_checkable
class Identified(Protocol):
    """A backend that knows which store it holds."""

    def identity(self) -> str:
        """A text that no other store has. A backup that is restored elsewhere has the same one."""


@runtime_checkable
class Verifiable(Protocol):
    """A backend with cached totals that can be checked and made anew."""

    def verify_totals(self, *, deep: bool = False, progress: Progress | None = None) -> list[Discrepancy]:
        """Compare every cached total with its parts and sessions, and imported parts with theirs.

        deep: also compare each session's content with the digest it was saved with.
        """

    def rebuild_totals(self, *, progress: Progress | None = None) -> int:
        """Make every cached total anew; how many there are. Loses nothing."""


@runtime_checkable
class Followable(Protocol):
    """A backend that gives every session a place in the order in which sessions became visible."""

    def changes(self, after: str | None = None) -> Iterator[Change]:
        """Every committed session behind the cursor, each once, in the order of their positions.

        A session that commits late is behind all that were published before, whatever its id, so a
        follower that passes its last cursor misses none. Removed sessions do not appear; one that
        was replaced appears again.

        Raises InvalidCursorError, also from the iterator when the store goes back while it is read.
        """

    def renew_cursors(self) -> None:
        """Refuse all cursors handed out so far; see `LearningStore.renew_cursors`."""


def followable(backend: object) -> Followable:
    """A backend that can be followed. Raises ConfigurationError."""
    if isinstance(backend, Followable):
        return backend
    raise ConfigurationError("files have no order of saving; follow a store that has a URL")


@runtime_checkable
class Importable(Protocol):
    """A backend that stores can be imported into."""

    def import_target(self) -> ImportTarget:
        """The writing side of imports into this backend."""


def import_target_of(backend: object) -> ImportTarget:
    """The writing side of imports into a backend. Raises ConfigurationError."""
    if isinstance(backend, Importable):
        return backend.import_target()
    raise ConfigurationError("only a store on SQLite or PostgreSQL can import; open one with a URL")


@runtime_checkable
class Analysable(Protocol):
    """A backend that analysts can look into."""

    def analysis(self) -> Analysis:
        """The reading side of this backend."""


def analysis_of(backend: object) -> Analysis:
    """The reading side of a backend. Raises ConfigurationError where there is none."""
    if isinstance(backend, Analysable):
        return backend.analysis()
    raise ConfigurationError("only a store on SQLite or PostgreSQL has views; open one with a URL")


@dataclass(frozen=True, slots=True)
class CopyReport:
    """What a copy did. added, unchanged and removed are sessions of the target, scenarios all it has.

    removed: sessions that an earlier, or interrupted, copy brought and that the source lacks by now.
    """

    scenarios: int
    added: int
    unchanged: int
    removed: int


@runtime_checkable
class Copyable(Protocol):
    """A backend that can be made anew, as it is, in another one."""

    def copy_to(self, target: object, *, progress: Progress | None = None) -> CopyReport:
        """Make `target` a copy of this backend; see `LearningStore.copy_to`.

        Raises ConfigurationError.
        """


def copyable(backend: object) -> Copyable:
    """A backend that can be copied. Raises ConfigurationError."""
    if isinstance(backend, Copyable):
        return backend
    raise ConfigurationError("only SQLite and PostgreSQL can be copied; export this store instead")
