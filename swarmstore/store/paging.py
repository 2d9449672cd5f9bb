"""Going through many sessions with few of them in memory."""

from __future__ import annotations

from collections.abc import Iterator

from swarmstore.contracts.capabilities import Paged
from swarmstore.contracts.storage import LearningBackend
from swarmstore.model.keys import SessionKey
from swarmstore.model.limits import check_text
from swarmstore.model.session_ids import SessionId
from swarmstore.model.snapshot import LearningSnapshot
from swarmstore.model.validation import check_range

PAGE = 50  # sessions read at once: nothing stays open between pages


def iter_range(backend: LearningBackend, scenario: str, from_: int, to: int) -> Iterator[LearningSnapshot]:
    """The sessions of `query_range` one after the other. Raises InvalidValueError kinds at once."""
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
