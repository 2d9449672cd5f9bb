"""Copies of a whole store into another database: what a copy did, and what a backend needs for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from swarmstore.contracts.discrepancies import Progress


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
