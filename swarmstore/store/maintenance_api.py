"""Keeping a store in order, and undoing mistakes: the part of `LearningStore`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from swarmstore.contracts.capabilities import Discrepancy, Verifiable
from swarmstore.contracts.progress import Progress, check_progress
from swarmstore.errors import ConfigurationError
from swarmstore.model.forgetting import ForgetReport, forgetting
from swarmstore.model.keys import GlobalKey, ScenarioKey
from swarmstore.model.limits import check_flag
from swarmstore.model.session_slice import SessionSlice
from swarmstore.model.validation import check_bound, check_limit
from swarmstore.store.opened import Opened

if TYPE_CHECKING:
    from swarmstore.model.metadata import LearningPhase
    from swarmstore.model.total_parts import TotalPart

_AT_ONCE = 100  # sessions in one transaction: savers wait for none of them for long


class Maintenance(Opened):
    """Cached totals proved, brought up to date and made anew; sessions removed, and forgotten."""

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
        older_than: all whose id stands for a time before this one, seconds since 1970. With
            `keep_latest` too, only those that both rules remove.
        dry_run: only count them.

        In batches of their own transactions: an interrupted call has done a part, and the next one
        does the rest. Raises ConfigurationError unless a rule is given.
        """
        if keep_latest is None and older_than is None:
            raise ConfigurationError("say which sessions to remove: give keep_latest, older_than or both")
        old = self._storage.list_sessions(scenario)
        if keep_latest is not None:
            old = old[: max(0, len(old) - check_limit(keep_latest))]
        if older_than is not None:
            bound = check_bound("older_than", older_than)
            old = [i for i in old if i.timestamp is not None and i.timestamp < bound]
        if check_flag("dry_run", dry_run):
            return len(old)
        check_progress(progress)
        removed = 0
        for start in range(0, len(old), _AT_ONCE):
            removed += self._storage.delete_sessions(scenario, old[start : start + _AT_ONCE])
            if progress is not None:
                progress(min(start + _AT_ONCE, len(old)), len(old))
        return removed

    def forget(
        self,
        scenario: str | None = None,
        session_ids: Iterable[str] | None = None,
        *,
        phase: LearningPhase | None = None,
        group_id: str | None = None,
        since: int | None = None,
        until: int | None = None,
        origin: str | None = None,
        dry_run: bool = False,
    ) -> ForgetReport:
        """Remove sessions together with what they added to totals, as if they had never been saved.

        `prune` and `delete` leave totals as they are; this takes the sessions' counts out of the
        scenario's total and the global one, to the last count. It is one transaction.

        scenario: its name; None with filters means all scenarios, and an import is always forgotten
            as a whole.
        session_ids: these sessions of the scenario. One that was forgotten before is passed over.
        phase, group_id, since, until: instead, the sessions that pass all of these filters, as
            for `merge_sessions`.
        origin: instead, everything that was imported under this name: its sessions, and the totals
            in its files. It can be imported again afterwards. Offline models stay, and so does a
            session that another import has the very same file of.
        dry_run: change nothing, and tell what the totals would be.

        For 30 days a save that is repeated with the content of a session that was forgotten by id or
        filter is refused with SessionForgottenError. Totals that were saved by hand after a session
        do not have it, and stay as they are.

        Raises BaselineError, and changes nothing, when a session was deleted, pruned or replaced before:
        what it had added cannot be told from the rest; SnapshotNotFoundError for an id or an origin
        that is not known; ConfigurationError unless sessions are chosen in just one of these ways;
        InvalidValueError kinds.
        """
        chosen = SessionSlice(scenario, None, since, until, phase, group_id)
        wanted = forgetting(chosen, session_ids, origin)
        return self._storage.forget(wanted, dry_run=check_flag("dry_run", dry_run))

    def sources(self, scenario: str | None = None) -> list[TotalPart]:
        """What a scenario's total, or without a name the global one, is made of.

        Sessions by the origin that they were imported from, the totals of imports, a total saved by
        hand, and the baseline, which holds what removed sessions had added. Only the baseline and
        what was saved by hand cannot be forgotten. Nothing is listed where there is no total.

        Raises CountOverflowError, InvalidTextError.
        """
        return self._storage.sources(GlobalKey() if scenario is None else ScenarioKey(scenario))
