"""The part of `LearningStore` that keeps a store in order and undoes mistakes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from swarmstore.contracts.capabilities import Discrepancy, Verifiable
from swarmstore.contracts.progress import Progress, check_progress, telling_pages
from swarmstore.errors import ConfigurationError
from swarmstore.model.forgetting import ForgetReport, forgetting
from swarmstore.model.keys import GlobalKey, ScenarioKey
from swarmstore.model.limits import check_flag
from swarmstore.model.pages import in_pages
from swarmstore.model.session_slice import SessionSlice
from swarmstore.model.validation import check_bound, check_limit
from swarmstore.store.opened import Opened

if TYPE_CHECKING:
    from swarmstore.model.metadata import LearningPhase
    from swarmstore.model.total_parts import TotalPart

_AT_ONCE = 100  # sessions in one transaction: savers wait for none of them for long


class Maintenance(Opened):
    """Checks, updates and rebuilds cached totals; removes and forgets sessions."""

    def fold(self, *, progress: Progress | None = None) -> int:
        """Add pending sessions to the cached totals, and return how many were added.

        Normally saves do this automatically. Results never depend on it, only how fast they come: all of
        them include pending sessions.
        """
        return self._storage.fold(progress=check_progress(progress))

    def verify_totals(self, *, deep: bool = False, progress: Progress | None = None) -> list[Discrepancy]:
        """Check that each cached total equals the sum of its sources, and return the differences.

        deep: also compare every session's content with the digest that it was saved with.

        Nothing is changed. A backend without cached totals has no differences.
        """
        check_flag("deep", deep)
        check_progress(progress)
        if not isinstance(self._storage, Verifiable):
            return []
        return self._storage.verify_totals(deep=deep, progress=progress)

    def rebuild_totals(self, *, progress: Progress | None = None) -> int:
        """Rebuild all cached totals from their sources, and return how many were rebuilt."""
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
        """Remove old sessions of a scenario without changing its total, and return how many.

        keep_latest: keep this many sessions, those with the greatest ids.
        older_than: remove the sessions whose id stands for an earlier time, in seconds since 1970. With
            `keep_latest` too, remove only those that both rules select.
        dry_run: only count them.

        Each batch is a transaction: after an interrupted call, the next one removes the rest. To take
        sessions out of the total as well, use `forget`.

        Raises ConfigurationError when no rule is given.
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
        pages = telling_pages(progress, in_pages(old, _AT_ONCE))
        return sum(self._storage.delete_sessions(scenario, page) for page in pages)

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

        Their counts are subtracted exactly from the scenario's total and the global one, in one
        transaction. `prune` and `delete` leave totals unchanged.

        scenario: its name. With filters, None means all scenarios. Leave it out with `origin`: an import
            is always forgotten as a whole.
        session_ids: the sessions to forget. One that was forgotten before is skipped.
        phase, group_id, since, until: instead of ids, filters as for `merge_sessions`; the sessions
            that pass all of them are forgotten.
        origin: instead of ids, the name of an import. Its sessions and the totals in its files are
            forgotten, and it can be imported again. Offline models stay, and so does a session that
            another import brought with an identical file.
        dry_run: change nothing, and report what the totals would be.

        For 30 days, saving a session again that was forgotten by id or filter raises
        SessionForgottenError. A total that was saved by hand after a session does not contain it, and
        stays unchanged.

        Raises BaselineError, and changes nothing, when a session was deleted, pruned or replaced before,
        because its counts can no longer be told apart; SnapshotNotFoundError for an unknown id or
        origin; ConfigurationError unless sessions are chosen in exactly one of these ways;
        InvalidValueError and its subclasses.
        """
        chosen = SessionSlice(scenario, None, since, until, phase, group_id)
        wanted = forgetting(chosen, session_ids, origin)
        return self._storage.forget(wanted, dry_run=check_flag("dry_run", dry_run))

    def sources(self, scenario: str | None = None) -> list[TotalPart]:
        """List what a scenario's total, or without a name the global total, is made of.

        The parts are sessions by the import that they came with, totals of imports, a total saved by
        hand, and the baseline, which holds what removed sessions had added. The last two cannot be
        forgotten. Without a total the list is empty.

        Raises CountOverflowError, InvalidTextError.
        """
        return self._storage.sources(GlobalKey() if scenario is None else ScenarioKey(scenario))
