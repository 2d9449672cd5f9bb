"""Undoing mistakes, and what totals are made of: the part of `LearningStore`."""

from __future__ import annotations

from collections.abc import Iterable

from swarmstore.contracts.storage import LearningBackend
from swarmstore.model.forgetting import ForgetReport, forgetting
from swarmstore.model.keys import GlobalKey, ScenarioKey
from swarmstore.model.limits import check_flag
from swarmstore.model.metadata import LearningPhase
from swarmstore.model.total_parts import TotalPart


class Undoing:
    """Forgetting sessions and imports of a store."""

    @property
    def _storage(self) -> LearningBackend:
        """The backend. Raises StoreClosedError."""
        raise NotImplementedError

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
        wanted = forgetting(
            scenario,
            session_ids,
            phase=phase,
            group_id=group_id,
            since=since,
            until=until,
            origin=origin,
        )
        return self._storage.forget(wanted, dry_run=check_flag("dry_run", dry_run))

    def sources(self, scenario: str | None = None) -> list[TotalPart]:
        """What a scenario's total, or without a name the global one, is made of.

        Sessions by the origin that they were imported from, the totals of imports, a total saved by
        hand, and the baseline, which holds what removed sessions had added. Only the baseline and
        what was saved by hand cannot be forgotten. Nothing is listed where there is no total.

        Raises CountOverflowError, InvalidTextError.
        """
        return self._storage.sources(GlobalKey() if scenario is None else ScenarioKey(scenario))
