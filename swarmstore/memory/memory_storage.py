"""MemoryStorage: the promises of a backend in their simplest form. Nothing outlives the object."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import replace
from operator import itemgetter
from typing import NoReturn

from swarmstore.contracts.change_feed import EPOCH_BITS, Change, Cursor, position_after
from swarmstore.contracts.discrepancies import Progress
from swarmstore.contracts.summaries import ScenarioSummary, summaries_by_loading
from swarmstore.errors import ConfigurationError, SessionConflictError
from swarmstore.memory.state import MemoryState
from swarmstore.model.forgetting import ForgetReport, Forgetting, forget_parts
from swarmstore.model.keys import ScenarioKey, SessionKey, SnapshotKey, TotalKey, totals_of
from swarmstore.model.limits import MAX_TOTAL, check_text
from swarmstore.model.merge import MergeStrategy, add_to_total, check_strategy, merge_snapshots
from swarmstore.model.metadata import now_seconds
from swarmstore.model.offline_analyzer import AnalysisInput, analysis_input_of
from swarmstore.model.offline_model import OfflineModel
from swarmstore.model.offline_validation import check_model
from swarmstore.model.removed_sessions import Fate
from swarmstore.model.session_ids import SessionId
from swarmstore.model.session_slice import SessionSlice
from swarmstore.model.snapshot import LearningSnapshot
from swarmstore.model.total_parts import TotalPart, TotalParts
from swarmstore.model.validation import (
    check_bound,
    check_key,
    check_limit,
    check_range,
    check_session,
    check_slice,
    check_total,
)


class MemoryStorage(MemoryState):
    """Snapshots, sessions, totals and offline models in dictionaries (see `LearningBackend`)."""

    def __reduce__(self) -> NoReturn:
        raise ConfigurationError("a store in memory cannot go to another process; use a file or copy_to")

    def save(self, key: SnapshotKey, snapshot: LearningSnapshot) -> None:
        """Keep a snapshot in place of the one before; a session saved so counts in no total."""
        check_key(key)
        if isinstance(key, SessionKey):
            check_session(snapshot)
            with self._alone():
                self._refuse_forgotten(key, snapshot)
                self._keep(key, snapshot)
        else:
            check_total(snapshot)
            with self._alone():
                if isinstance(key, ScenarioKey):
                    self._scenario(key.scenario)
                self._put(self._totals, key, snapshot.copy())
                self._put(self._parts, key, TotalParts(whole=snapshot.copy()))

    def load(self, key: SnapshotKey) -> LearningSnapshot | None:
        """The snapshot, None when there is none."""
        check_key(key)
        with self._alone():
            if isinstance(key, SessionKey):
                session_id = SessionId(key.session_id)
                session = self._sessions(key.scenario).get(session_id)
                return None if session is None else session.copy().as_session(session_id)
            total = self._totals.get(key)
            return None if total is None else total.copy()

    def delete(self, key: SnapshotKey) -> bool:
        """Remove a snapshot. Totals keep what a session added to them."""
        check_key(key)
        with self._alone():
            if isinstance(key, SessionKey):
                return self._remove(key)
            existed = key in self._totals
            self._put(self._parts, key, None)
            self._put(self._totals, key, None)
            return existed

    def delete_sessions(self, scenario: str, session_ids: Sequence[SessionId]) -> int:
        """Remove sessions; totals keep what they added. How many there were."""
        with self._alone():
            check_text("scenario", scenario)
        return sum(self.delete(SessionKey(scenario, session_id)) for session_id in session_ids)

    def exists(self, key: SnapshotKey) -> bool:
        """Whether there is a snapshot."""
        return self.load(key) is not None

    def save_session(
        self, scenario: str, snapshot: LearningSnapshot, session_id: SessionId | None = None
    ) -> SessionId:
        """Save a session once and count it in both totals."""
        check_text("scenario", scenario)
        if session_id is not None:
            check_key(SessionKey(scenario, session_id))
        check_session(snapshot)
        with self._alone():
            sessions = self._sessions(scenario)
            wanted = self._free_id(sessions) if session_id is None else SessionId(session_id)
            if wanted in sessions:
                if sessions[wanted] != snapshot:
                    raise SessionConflictError(
                        f"session {wanted!r} of scenario {scenario!r} holds other content; "
                        "leave the id out to have one made, or delete that session first"
                    )
                return wanted
            key = SessionKey(scenario, wanted)
            self._refuse_forgotten(key, snapshot)
            counts_already = self._removed(scenario).fate(wanted, snapshot) is not None
            keys = () if counts_already else totals_of(key)
            totals = {total: add_to_total(self._totals.get(total), snapshot) for total in keys}
            self._keep(key, snapshot)
            for total, sums in totals.items():
                self._put(self._totals, total, sums)
                parts = self._parts_of(total)
                self._put(self._parts, total, parts)
                self._before.of(parts, "last")
                self._before.of_entry(parts.sessions, key)
                parts.count(key, now_seconds())
            return wanted

    def forget(self, wanted: Forgetting, *, dry_run: bool = False) -> ForgetReport:
        """Remove sessions together with what they added to totals."""
        with self._alone():
            names = sorted(self._scenarios) if wanted.scenario is None else [wanted.scenario]
            sessions = [
                (SessionKey(name, session_id), snapshot)
                for name in names
                for session_id, snapshot in sorted(self._sessions(name).items())
            ]
            done = forget_parts(wanted, sessions, self._parts_of, self._removed, self._content)
            if not dry_run:
                for name, parts in done.parts.items():
                    self._put(self._parts, name, parts)
                for key in done.sessions:
                    self._remove(key, Fate.FORGOTTEN)
                for name, total in done.totals.items():
                    self._put(self._totals, name, None if total is None else total.copy())
            return done.report(dry_run=dry_run)

    def sources(self, key: TotalKey) -> list[TotalPart]:
        """What a total is made of."""
        check_key(key)
        with self._alone():
            return self._parts_of(key).listed(self._content)

    def query_range(self, scenario: str, from_: int, to: int) -> list[LearningSnapshot]:
        """Sessions whose id stands for a time in `from_ … to`, by id."""
        check_text("scenario", scenario)
        first, last = check_range(from_, to)
        with self._alone():
            return [
                snapshot.copy().as_session(session_id)
                for session_id, snapshot in sorted(self._sessions(scenario).items())
                if session_id.timestamp is not None and first <= session_id.timestamp <= last
            ]

    def query_since(self, scenario: str, since: int) -> list[LearningSnapshot]:
        """Sessions whose id stands for `since` or a later time, by id."""
        return self.query_range(scenario, check_bound("since", since), MAX_TOTAL)

    def query_latest(self, scenario: str, limit: int) -> list[LearningSnapshot]:
        """The sessions with the greatest ids, greatest first."""
        check_text("scenario", scenario)
        most = check_limit(limit)
        with self._alone():
            newest_first = sorted(self._sessions(scenario).items(), reverse=True)
            return [snapshot.copy().as_session(session_id) for session_id, snapshot in newest_first[:most]]

    def list_sessions(self, scenario: str) -> list[SessionId]:
        """All session ids in byte order."""
        check_text("scenario", scenario)
        with self._alone():
            return sorted(self._sessions(scenario))

    def scenarios(self) -> list[str]:
        """All scenario names in byte order."""
        with self._alone():
            return sorted(self._scenarios)

    def summaries(self) -> list[ScenarioSummary]:
        """One line per scenario."""
        return summaries_by_loading(self)

    def merge_sessions(self, wanted: SessionSlice, strategy: MergeStrategy | str) -> LearningSnapshot:
        """Merge a slice of history."""
        checked, chosen = check_slice(wanted), check_strategy(strategy)
        with self._alone():
            names = self._scenarios if checked.scenario is None else [checked.scenario]
            sessions = [(sid, name, snap) for name in names for sid, snap in self._sessions(name).items()]
            return merge_snapshots(checked.select(sessions), chosen)

    def latest_analysis_input(self, scenario: str, limit: int) -> AnalysisInput:
        """What offline analysis looks at in the newest sessions."""
        return analysis_input_of(self.query_latest(scenario, limit))

    def load_offline_model(self, scenario: str) -> OfflineModel | None:
        """The scenario's offline model, None when there is none."""
        check_text("scenario", scenario)
        with self._alone():
            kept = self._scenarios.get(scenario)
            return None if kept is None else deepcopy(kept.model)

    def save_offline_model(self, scenario: str, model: OfflineModel) -> None:
        """Keep the scenario's offline model in place of the one before."""
        check_text("scenario", scenario)
        check_model(model)
        with self._alone():
            kept = self._scenario(scenario)
            self._before.of(kept, "model")
            kept.model = deepcopy(model)

    def save_analysis(self, scenario: str, model: OfflineModel) -> OfflineModel:
        """Keep a model but for its action order: what is stored stays."""
        check_text("scenario", scenario)
        check_model(model)
        with self._alone():
            of_scenario = self._scenario(scenario)
            before = of_scenario.model
            kept = replace(deepcopy(model), action_order=None if before is None else before.action_order)
            self._before.of(of_scenario, "model")
            of_scenario.model = kept
            return deepcopy(kept)

    def changes(self, after: str | None = None) -> Iterator[Change]:
        """Every session behind the cursor, in the order of saving."""
        cursor = None if after is None else Cursor.parse(after)
        with self._alone():
            # nothing is kept to check cursors by: this object never goes back to a backup
            start = 0 if cursor is None else position_after(cursor, self._epoch, self._position, ())
            placed = [(Cursor.parse(change.cursor).position, change) for change in self._changes.values()]
        behind = sorted((each for each in placed if each[0] > start), key=itemgetter(0))
        return iter([change for _, change in behind])

    def renew_cursors(self) -> None:
        """Refuse all cursors handed out so far."""
        with self._alone():
            self._before.of(self, "_epoch", "_changes")
            self._epoch = epoch = secrets.randbits(EPOCH_BITS)
            cursors = {key: Cursor.parse(change.cursor) for key, change in self._changes.items()}
            self._changes = {
                key: replace(change, cursor=str(replace(cursors[key], epoch=epoch)))
                for key, change in self._changes.items()
            }

    def identity(self) -> str:
        """A random number of this object's own."""
        with self._alone():
            return f"{self._epoch:016x}"

    def fold(self, *, progress: Progress | None = None) -> int:  # noqa: ARG002 - there is nothing to tell
        """Nothing to do: totals are always up to date."""
        with self._alone():
            return 0

    def close(self) -> None:
        """Forget everything."""
        with self._lock.current:
            self._is_closed = True
            self._scenarios.clear()
            self._totals.clear()
            self._parts.clear()
            self._changes.clear()
