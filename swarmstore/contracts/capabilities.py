"""What a backend may offer beyond `LearningBackend`, and what is done where it does not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from swarmstore.contracts.storage import SessionSummary
from swarmstore.errors import ConfigurationError
from swarmstore.model.keys import SessionKey
from swarmstore.model.limits import check_text
from swarmstore.model.validation import check_range, check_slice

if TYPE_CHECKING:  # an agent needs none of it
    from swarmstore.contracts.analytics import Analysis
    from swarmstore.contracts.change_feed import Change
    from swarmstore.contracts.imports import ImportTarget
    from swarmstore.contracts.progress import Progress
    from swarmstore.contracts.storage import LearningBackend
    from swarmstore.model.session_ids import SessionId
    from swarmstore.model.session_slice import SessionSlice
    from swarmstore.model.snapshot import LearningSnapshot

PAGE = 50  # sessions read at once: nothing stays open between pages
SUMMARIES = 1_000  # the same without what they learned


@runtime_checkable
class Paged(Protocol):
    """A backend that reads sessions page by page."""

    def range_page(
        self, scenario: str, from_: int, to: int, after: SessionId | None, limit: int
    ) -> list[tuple[SessionId, LearningSnapshot]]:
        """Load the first `limit` sessions of `query_range` whose ids come after `after`, with their ids."""

    def summary_page(
        self, scenario: str, wanted: SessionSlice, after: SessionId | None, limit: int
    ) -> list[SessionSummary]:
        """List the first `limit` summaries of a slice whose ids come after `after`."""


def iter_range(backend: LearningBackend, scenario: str, from_: int, to: int) -> Iterator[LearningSnapshot]:
    """Iterate over what `query_range` returns. Raises InvalidValueError kinds at once."""
    check_text("scenario", scenario)
    first, last = check_range(from_, to)
    if isinstance(backend, Paged):
        return _in_pages(backend, scenario, first, last)
    return _one_by_one(backend, scenario, first, last)


def _in_pages(backend: Paged, scenario: str, first: int, last: int) -> Iterator[LearningSnapshot]:
    after: SessionId | None = None
    while page := backend.range_page(scenario, first, last, after, PAGE):
        yield from (snapshot for _, snapshot in page)
        if len(page) < PAGE:
            return
        after = page[-1][0]


def _one_by_one(backend: LearningBackend, scenario: str, first: int, last: int) -> Iterator[LearningSnapshot]:
    for session_id in backend.list_sessions(scenario):
        if session_id.is_within(first, last):
            snapshot = backend.load(SessionKey(scenario, session_id))
            if snapshot is not None:  # or it was removed meanwhile
                yield snapshot


def iter_summaries(backend: LearningBackend, scenario: str, wanted: SessionSlice) -> Iterator[SessionSummary]:
    """Iterate over the summaries of a slice, by id ascending. Raises InvalidValueError kinds at once."""
    check_text("scenario", scenario)
    checked = check_slice(wanted)
    if isinstance(backend, Paged):
        return islice(_summaries_in_pages(backend, scenario, checked), checked.latest)
    found = _summaries_one_by_one(backend, scenario, checked)
    return found if checked.latest is None else reversed([*islice(found, checked.latest)])


def _summaries_in_pages(backend: Paged, scenario: str, wanted: SessionSlice) -> Iterator[SessionSummary]:
    page = backend.summary_page(scenario, wanted, None, SUMMARIES)
    yield from page
    behind = replace(wanted, latest=None)  # all that follows the first of the latest is among them
    while len(page) == SUMMARIES:
        page = backend.summary_page(scenario, behind, page[-1].session_id, SUMMARIES)
        yield from page


def _summaries_one_by_one(
    backend: LearningBackend, scenario: str, wanted: SessionSlice
) -> Iterator[SessionSummary]:
    """By id ascending, or, where only the latest are wanted, descending."""
    ids = backend.list_sessions(scenario)
    for session_id in ids if wanted.latest is None else reversed(ids):
        snapshot = backend.load(SessionKey(scenario, session_id))
        if snapshot is not None and wanted.has(session_id, snapshot):
            metadata, episodes = snapshot.metadata, snapshot.episode_transitions
            yield SessionSummary(
                session_id,
                metadata.total_episodes,
                metadata.total_actions,
                episodes.success_episodes,
                episodes.failure_episodes,
                metadata.phase,
                metadata.group_id,
            )


@runtime_checkable
class ChoosesNames(Protocol):
    """A backend that refuses some names, and can say so before a session is recorded."""

    def check_names(self, key: SessionKey, *actions: str) -> None:
        """Refuse a key or actions that `save_session` would refuse.

        Raises InvalidValueError kinds.
        """


@runtime_checkable
class Identified(Protocol):
    """A backend that knows which store it holds."""

    def identity(self) -> str:
        """Return a text that no other store has, but for backups of this one that are restored elsewhere."""


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """A stored value that differs from what its sources add up to.

    scenario: None for the global total.
    session_id: the session whose own content has changed, None for a difference in a total.
    kind: the kind of facts, or `header`, `content`, or `import` for an imported total that covers less
        than the sessions imported with it.
    key: what the value belongs to: actions, a strategy, or the name of an import.
    found, expected: the value that is stored, and the one that should be.
    """

    scenario: str | None
    session_id: str | None
    kind: str
    key: tuple[str, ...]
    value: str
    found: str
    expected: str


@runtime_checkable
class Verifiable(Protocol):
    """A backend with cached totals that can be checked and rebuilt."""

    def verify_totals(self, *, deep: bool = False, progress: Progress | None = None) -> list[Discrepancy]:
        """List the differences; see `LearningStore.verify_totals`."""

    def rebuild_totals(self, *, progress: Progress | None = None) -> int:
        """Rebuild every cached total, and return how many there are. Nothing is lost."""


@runtime_checkable
class Followable(Protocol):
    """A backend that gives every session a place in the order in which sessions became visible."""

    def changes(self, after: str | None = None) -> Iterator[Change]:
        """Iterate over the committed sessions after a cursor, each once; see `LearningStore.changes`."""

    def renew_cursors(self) -> None:
        """Make all older cursors invalid; see `LearningStore.renew_cursors`."""


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
    """What a copy did.

    scenarios: how many the target has now.
    added, unchanged: sessions of the target that this copy brought, and those that were there before.
    removed: sessions that an earlier copy had brought and that the source no longer has.
    """

    scenarios: int
    added: int
    unchanged: int
    removed: int


@runtime_checkable
class Copyable(Protocol):
    """A backend that can be copied into another one as it is."""

    def copy_to(self, target: object, *, progress: Progress | None = None) -> CopyReport:
        """Make `target` a copy of this backend; see `LearningStore.copy_to`. Raises ConfigurationError."""


def copyable(backend: object) -> Copyable:
    """A backend that can be copied. Raises ConfigurationError."""
    if isinstance(backend, Copyable):
        return backend
    raise ConfigurationError("only SQLite and PostgreSQL can be copied; export this store instead")
