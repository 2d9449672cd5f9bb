"""Removing old sessions in batches, each a transaction of its own: totals stay as they are."""

from __future__ import annotations

from swarmstore.contracts.discrepancies import Progress
from swarmstore.contracts.storage import LearningBackend
from swarmstore.errors import ConfigurationError
from swarmstore.model.session_ids import SessionId
from swarmstore.model.validation import check_bound, check_limit

_AT_ONCE = 100  # sessions in one transaction: savers wait for none of them for long


def old_sessions(
    backend: LearningBackend, scenario: str, keep_latest: int | None, older_than: int | None
) -> list[SessionId]:
    """The sessions that just one of the rules lets go, oldest first. Raises ConfigurationError."""
    if (keep_latest is None) == (older_than is None):
        raise ConfigurationError("say either keep_latest or older_than")
    ids = backend.list_sessions(scenario)
    if keep_latest is not None:
        return ids[: max(0, len(ids) - check_limit(keep_latest))]
    bound = check_bound("older_than", older_than)
    return [i for i in ids if i.timestamp is not None and i.timestamp < bound]


def remove(backend: LearningBackend, scenario: str, old: list[SessionId], progress: Progress | None) -> int:
    """Remove these sessions; how many were still there."""
    removed = 0
    for start in range(0, len(old), _AT_ONCE):
        removed += backend.delete_sessions(scenario, old[start : start + _AT_ONCE])
        if progress is not None:
            progress(min(start + _AT_ONCE, len(old)), len(old))
    return removed
