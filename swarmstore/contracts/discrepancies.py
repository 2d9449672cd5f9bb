"""What a check of a store finds, and how long work tells how far it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from swarmstore.errors import InvalidValueError

Progress = Callable[[int, int], None]
"""Called with how much is done and how much there is."""


def check_progress(progress: Progress | None) -> Progress | None:
    """Refuse what cannot be called. Raises InvalidValueError."""
    if progress is not None and not callable(progress):
        raise InvalidValueError("progress", f"must be a function of two numbers, not {progress!r}")
    return progress


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """A value that is not what the rows behind it make it.

    scenario: None for the global total. session_id: set where a session's own content changed.
    kind: the kind of facts, `header`, `content`, or `import` for an imported total that covers less
    than the sessions imported with it. key: the actions, the strategy, or the column's owner, as the
    store that was imported. found and expected: the value that is there and the one that should be.
    """

    scenario: str | None
    session_id: str | None
    kind: str
    key: tuple[str, ...]
    value: str
    found: str
    expected: str
