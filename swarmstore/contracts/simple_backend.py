"""What backends without a database have in common; they differ in how they store single things.

No session is ever pending here: it is added to both totals when it is saved.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from copy import deepcopy
from dataclasses import replace
from functools import cache
from itertools import chain
from typing import TYPE_CHECKING

from swarmstore.contracts.single_things import SingleThings
from swarmstore.contracts.storage import ScenarioSummary
from swarmstore.errors import CountOverflowError, SessionConflictError, SnapshotFormatError
from swarmstore.model import forgetting, validation
from swarmstore.model.forgetting import ForgetReport, Forgetting
from swarmstore.model.keys import ScenarioKey, SessionKey, SnapshotKey, TotalKey, totals_of
from swarmstore.model.limits import MAX_TOTAL, check_text
from swarmstore.model.merge import MergeStrategy, add_to_total, check_strategy, merge_snapshots
from swarmstore.model.metadata import now_seconds
from swarmstore.model.offline_analyzer import AnalysisInput, analysis_input_of
from swarmstore.model.offline_model import OfflineModel, check_model
from swarmstore.model.removed_sessions import Fate, forgotten
from swarmstore.model.session_ids import SessionId, SessionIdGenerator
from swarmstore.model.total_parts import TotalPart, TotalParts, numbers_of

if TYPE_CHECKING:
    from swarmstore.contracts.progress import Progress
    from swarmstore.model.session_slice import SessionSlice
    from swarmstore.model.snapshot import LearningSnapshot

_ids = SessionIdGenerator()


class SimpleBackend(SingleThings):
    """Keeps the promises of `LearningBackend` for subclasses that can store single things."""

    def save(self, key: SnapshotKey, snapshot: LearningSnapshot) -> None:
        """Store a snapshot, replacing what was there; a session saved this way counts in no total."""
        validation.check_key(key)
        if isinstance(key, SessionKey):
            validation.check_session(snapshot)
        else:
            validation.check_total(snapshot)
        self._check_kept(snapshot)
        with self._writing():
            if isinstance(key, SessionKey):
                self._refuse_forgotten(key, snapshot)
                self._keep_what_it_added(key)
                self._put_session(key, snapshot)
            else:
                whole = snapshot.copy()
                self._put_total(key, whole, TotalParts(whole=whole))

    def load(self, key: SnapshotKey) -> LearningSnapshot | None:
        """Load a snapshot, or return None."""
        validation.check_key(key)
        with self._reading():
            if isinstance(key, SessionKey):
                return next(iter(self._sessions(key.scenario, [SessionId(key.session_id)])), None)
            total = self._found(key)
            return None if total is None else total.copy()

    def delete(self, key: SnapshotKey) -> bool:
        """Remove a snapshot. Totals keep what a session added to them."""
        validation.check_key(key)
        with self._writing():
            if not self._is_there(key):
                return False
            if isinstance(key, SessionKey):
                self._keep_what_it_added(key)
            self._drop(key)
            return True

    def delete_sessions(self, scenario: str, session_ids: Sequence[SessionId]) -> int:
        """Remove sessions, and return how many there were. Totals keep what they added."""
        with self._reading():
            check_text("scenario", scenario)
        return sum(self.delete(SessionKey(scenario, session_id)) for session_id in session_ids)

    def exists(self, key: SnapshotKey) -> bool:
        """Tell whether there is a snapshot."""
        validation.check_key(key)
        with self._reading():
            return self._is_there(key)

    def save_session(
        self, scenario: str, snapshot: LearningSnapshot, session_id: SessionId | None = None
    ) -> SessionId:
        """Save a session once and count it in both totals."""
        check_text("scenario", scenario)
        if session_id is not None:
            validation.check_key(SessionKey(scenario, session_id))
        validation.check_session(snapshot)
        self._check_kept(snapshot)
        with self._writing():
            wanted = self._free_id(scenario) if session_id is None else SessionId(session_id)
            key = SessionKey(scenario, wanted)
            before = self._found(key)
            if before is not None:
                if before != snapshot:
                    raise SessionConflictError(
                        f"session {wanted!r} of scenario {scenario!r} holds other content; "
                        "leave the id out to have one made, or delete that session first"
                    )
                return wanted
            self._refuse_forgotten(key, snapshot)
            counts_already = self._removed(scenario).fate(wanted, snapshot) is not None
            keys = () if counts_already else totals_of(key)
            totals = {total: add_to_total(self._found(total), snapshot) for total in keys}
            parts = {total: self._parts(total, changing=key) for total in keys}
            self._put_session(key, snapshot)
            for total, sums in totals.items():
                parts[total].count(key, now_seconds())
                self._put_total(total, sums, parts[total])
            return wanted

    def forget(self, wanted: Forgetting, *, dry_run: bool = False) -> ForgetReport:
        """Remove sessions together with what they added to totals, which are changed first."""
        with self._writing():
            if wanted.origin is not None:
                raise forgetting.no_import(wanted.origin, ())
            chosen = self._chosen(wanted)
            parts = {of: self._parts(of) for of in dict.fromkeys(chain.from_iterable(map(totals_of, chosen)))}
            uncounted = self._count_uncounted(wanted, chosen, parts)
            left = {of: each.without(chosen) for of, each in parts.items()}
            totals = {of: each.total(self._content) for of, each in left.items()}
            if not dry_run:
                for key, content in chosen.items():
                    self._remember(key, content, Fate.FORGOTTEN)
                for of, total in totals.items():
                    if total is None:
                        self._drop(of)
                    else:
                        self._put_total(of, total.copy(), left[of])
                for key in chosen:
                    self._drop(key)
            by_scenario = {of.scenario if isinstance(of, ScenarioKey) else None: totals[of] for of in totals}
            return ForgetReport(tuple(chosen), by_scenario, uncounted, dry_run)

    def _chosen(self, wanted: Forgetting) -> dict[SessionKey, LearningSnapshot]:
        keys = [key for key in self._keys(wanted.scenario) if wanted.may_be(key.session_id)]
        contents = {key: self._content(key) for key in keys}
        return {key: each for key, each in contents.items() if wanted.slice.has(key.session_id, each)}

    def _count_uncounted(
        self,
        wanted: Forgetting,
        chosen: Mapping[SessionKey, LearningSnapshot],
        parts: Mapping[TotalKey, TotalParts],
    ) -> int:
        """How many of these sessions count in no total. Raises BaselineError, SnapshotNotFoundError."""
        in_baselines = list[SessionKey]()
        if wanted.scenario is not None:
            named = [SessionKey(wanted.scenario, session_id) for session_id in wanted.session_ids or ()]
            in_baselines += [key for key in named if key not in chosen and self._is_kept(key)]
        uncounted, removed_of = 0, cache(self._removed)
        for key, content in chosen.items():
            totals = [parts[total] for total in totals_of(key)]
            if any(total.foreign and key not in total.sessions for total in totals):
                raise forgetting.in_foreign_total(key)
            fate = removed_of(key.scenario).fate(key.session_id, content)
            counts = any(key in total.sessions for total in totals)
            uncounted += not counts
            if fate is Fate.KEPT and not counts and any(total.baseline for total in totals):
                in_baselines.append(key)
        forgetting.refuse_baseline(in_baselines)
        return uncounted

    def _is_kept(self, key: SessionKey) -> bool:
        """Whether a session that is gone is in a baseline. Raises SnapshotNotFoundError."""
        fates = self._removed(key.scenario).fates(key.session_id)
        if not fates:
            raise forgetting.not_found(key)
        return Fate.KEPT in fates and any(self._parts(total).baseline for total in totals_of(key))

    def sources(self, key: TotalKey) -> list[TotalPart]:
        """List what a total is made of; a total that another program wrote is one part."""
        validation.check_key(key)
        with self._writing():
            return self._parts(key).listed(self._content)

    def query_range(self, scenario: str, from_: int, to: int) -> list[LearningSnapshot]:
        """Load the sessions whose id stands for a time from `from_` to `to`, by id."""
        check_text("scenario", scenario)
        first, last = validation.check_range(from_, to)
        with self._reading():
            ids = [each for each in self._ids_in(scenario) if each.is_within(first, last)]
            return self._sessions(scenario, ids)

    def query_since(self, scenario: str, since: int) -> list[LearningSnapshot]:
        """Load the sessions whose id stands for `since` or a later time, by id."""
        return self.query_range(scenario, validation.check_bound("since", since), MAX_TOTAL)

    def query_latest(self, scenario: str, limit: int) -> list[LearningSnapshot]:
        """Load the sessions with the greatest ids, greatest first."""
        check_text("scenario", scenario)
        most = validation.check_limit(limit)
        with self._reading():
            return self._sessions(scenario, self._ids_in(scenario)[::-1][:most])

    def list_sessions(self, scenario: str) -> list[SessionId]:
        """List all session ids in byte order."""
        check_text("scenario", scenario)
        with self._reading():
            return self._ids_in(scenario)

    def scenarios(self) -> list[str]:
        """List all scenario names in byte order."""
        with self._reading():
            return self._names()

    def summaries(self) -> list[ScenarioSummary]:
        """Summarize each scenario."""
        with self._reading():
            return [self._summary(scenario) for scenario in self._names()]

    def merge_sessions(self, wanted: SessionSlice, strategy: MergeStrategy | str) -> LearningSnapshot:
        """Merge a slice of history, reading every session."""
        checked, chosen = validation.check_slice(wanted), check_strategy(strategy)
        with self._reading():
            found = ((key, self._found(key)) for key in self._keys(checked.scenario))
            sessions = [(key.session_id, key.scenario, each) for key, each in found if each is not None]
            return merge_snapshots(checked.select(sessions), chosen)

    def latest_analysis_input(self, scenario: str, limit: int) -> AnalysisInput:
        """Return what offline analysis needs of the newest sessions."""
        return analysis_input_of(self.query_latest(scenario, limit))

    def load_offline_model(self, scenario: str) -> OfflineModel | None:
        """Load the scenario's offline model, or return None."""
        check_text("scenario", scenario)
        with self._reading():
            return deepcopy(self._model(scenario))

    def save_offline_model(self, scenario: str, model: OfflineModel) -> None:
        """Save the scenario's offline model, replacing the previous one."""
        check_text("scenario", scenario)
        check_model(model)
        with self._writing():
            self._put_model(scenario, deepcopy(model))

    def save_analysis(self, scenario: str, model: OfflineModel) -> OfflineModel:
        """Save a model, but keep the stored action order."""
        check_text("scenario", scenario)
        check_model(model)
        with self._writing():
            before = self._model(scenario)
            kept = replace(model, action_order=None if before is None else before.action_order)
            self._put_model(scenario, deepcopy(kept))
            return kept

    def fold(self, *, progress: Progress | None = None) -> int:  # noqa: ARG002 - there is nothing to tell
        """Do nothing: totals are always up to date."""
        with self._reading():
            return 0

    def _found(self, key: SnapshotKey) -> LearningSnapshot | None:
        with suppress(KeyError, FileNotFoundError):
            return self._content(key)
        return None

    def _sessions(self, scenario: str, session_ids: Iterable[SessionId]) -> list[LearningSnapshot]:
        """Copies of those of these sessions that are there."""
        found = [(session_id, self._found(SessionKey(scenario, session_id))) for session_id in session_ids]
        return [snapshot.copy().as_session(each) for each, snapshot in found if snapshot is not None]

    def _keys(self, scenario: str | None) -> list[SessionKey]:
        names = self._names() if scenario is None else [scenario]
        return [SessionKey(name, session_id) for name in names for session_id in self._ids_in(name)]

    def _summary(self, scenario: str) -> ScenarioSummary:
        ids = self._ids_in(scenario)
        numbers: tuple[int | None, ...]
        try:
            total = self._found(ScenarioKey(scenario))
        except (CountOverflowError, SnapshotFormatError, OSError):
            numbers = (None,) * 5
        else:
            numbers = () if total is None else numbers_of(total)
        return ScenarioSummary(scenario, len(ids), ids[-1] if ids else None, *numbers)

    def _free_id(self, scenario: str) -> SessionId:
        while self._is_there(SessionKey(scenario, made := _ids.next())):
            pass
        return made

    def _refuse_forgotten(self, key: SessionKey, snapshot: LearningSnapshot) -> None:
        if self._removed(key.scenario).fate(key.session_id, snapshot) is Fate.FORGOTTEN:
            raise forgotten(key)

    def _keep_what_it_added(self, key: SessionKey) -> None:
        """Remember a session that is about to be removed, and add what it taught to baselines.

        A damaged session is not remembered, because its content could not be saved again.
        """
        try:
            content = self._found(key)
        except SnapshotFormatError:
            return
        if content is None:
            return
        parts = {total: self._parts(total, changing=key) for total in totals_of(key)}
        counting = [total for total in parts if key in parts[total].sessions]
        self._remember(key, content, Fate.KEPT if counting else Fate.NOTHING)
        for total in counting:
            parts[total].keep(key, content)
            self._put_total(total, self._content(total), parts[total])

    def _remember(self, key: SessionKey, content: LearningSnapshot, fate: Fate) -> None:
        removed = self._removed(key.scenario).with_one(key.session_id, content, fate)
        self._put_removed(key.scenario, removed)
