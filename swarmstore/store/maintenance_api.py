"""Keeping a store in order: the part of `LearningStore`."""

from __future__ import annotations

from swarmstore.contracts.discrepancies import Discrepancy, Progress, Verifiable, check_progress
from swarmstore.contracts.storage import LearningBackend
from swarmstore.model.limits import check_flag
from swarmstore.store.pruning import old_sessions, remove


class Maintenance:
    """Cached totals proved, brought up to date and made anew, and old sessions removed."""

    @property
    def _storage(self) -> LearningBackend:
        """The backend. Raises StoreClosedError."""
        raise NotImplementedError

    def fold(self, *, progress: Progress | None = None) -> int:
        """Bring the cached totals up to date; how many sessions were added to one.

        Answers never depend on it, only what they cost. Saves do it by themselves now and then.
        """
        return self._storage.fold(progress=check_progress(progress))

    def verify_totals(self, *, deep: bool = False, progress: Progress | None = None) -> list[Discrepancy]:
        """Compare cached totals with the parts and sessions they are made of; nothing is changed.

        deep: also compare every session's content with the digest that it was saved with. A backend
        without cached totals has nothing to compare.
        """
        check_flag("deep", deep)
        check_progress(progress)
        if not isinstance(self._storage, Verifiable):
            return []
        return self._storage.verify_totals(deep=deep, progress=progress)

    def rebuild_totals(self, *, progress: Progress | None = None) -> int:
        """Make every cached total anew from its parts and sessions; how many. Loses nothing."""
        check_progress(progress)
        return self._storage.rebuild_totals(progress=progress) if isinstance(self._storage, Verifiable) else 0

    def prune(
        self,
        scenario: str,
        *,
        keep_latest: int | None = None,
        older_than: int | None = None,
        dry_run: bool = False,
        progress: Progress | None = None,
    ) -> int:
        """Remove old sessions of a scenario; totals stay as they are (`forget` changes them). How many.

        keep_latest: all but so many sessions with the greatest ids.
        older_than: all whose id stands for a time before this one, seconds since 1970.
        dry_run: only count them.

        In batches of their own transactions: an interrupted call has done a part, and the next one
        does the rest. Raises ConfigurationError unless just one rule is given.
        """
        old = old_sessions(self._storage, scenario, keep_latest, older_than)
        if check_flag("dry_run", dry_run):
            return len(old)
        return remove(self._storage, scenario, old, check_progress(progress))
