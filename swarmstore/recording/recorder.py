"""SessionRecorder: what an agent does while it runs, saved as one session at the end."""

from __future__ import annotations

import warnings
from copy import deepcopy
from types import TracebackType
from typing import TYPE_CHECKING, Literal, NoReturn, Self

from swarmstore.contracts.capabilities import ChoosesNames
from swarmstore.errors import ConfigurationError, RecordingEndedError, SessionConflictError, SwarmstoreError
from swarmstore.forking import new_lock
from swarmstore.model.keys import SessionKey
from swarmstore.model.limits import check_text
from swarmstore.model.session_ids import SessionId, SessionIdGenerator
from swarmstore.model.snapshot import LearningSnapshot
from swarmstore.model.validation import check_key, check_session
from swarmstore.recording.session_counter import SessionCounter, Worker

if TYPE_CHECKING:
    from swarmstore.contracts.storage import LearningBackend
    from swarmstore.model.metadata import SnapshotMetadata

OnError = Literal["save", "discard"]
_ids = SessionIdGenerator()


class SessionRecorder:
    """Records one session: `with store.record("scenario") as run:`, then `run.action(…)`.

    The end of the block saves the session, once. An episode that is still open then (it has actions but
    no `end_episode`) counts as failed, however the block ends. After an exception in the block the
    session is saved, and the exception is passed on; with `on_error="discard"` nothing is saved.
    `swarmstore.recording.session_counter` explains how actions are counted.

    If saving fails, the block raises that error. If the block itself raised an exception, it raises that
    one, with a note. The recorder keeps everything: call `save()` again until it succeeds. The id is made
    before the first attempt, and an attempt that did succeed is recognised, so the session counts
    once. `finish()` returns the snapshot, to keep it elsewhere.

    Threads may share a recorder. So may coroutines: only saving blocks, and after
    `await asyncio.to_thread(run.save)` the end of the block has nothing left to save. Processes may not
    share one: each records its own session, with a common `group_id` if they belong together.
    """

    _is_begun = False

    def __init__(
        self,
        backend: LearningBackend,
        metadata: SnapshotMetadata,
        session_id: str | None = None,
        *,
        on_error: OnError = "save",
    ) -> None:
        """Begin a session of `metadata.scenario_name`; `LearningStore.record` says the rest.

        Raises InvalidValueError kinds, ConfigurationError.
        """
        if on_error not in ("save", "discard"):
            raise ConfigurationError(f"on_error is 'save' or 'discard', not {on_error!r}")
        scenario = check_text("scenario", metadata.scenario_name)
        self._metadata = metadata
        self._id_is_made = session_id is None
        self._key = SessionKey(scenario, _ids.next() if session_id is None else SessionId(session_id))
        check_key(self._key)
        check_session(LearningSnapshot(metadata=self._metadata))
        self._backend = backend
        self._check_names()
        self._on_error = on_error
        self._counter = SessionCounter(self._check_names)
        self._lock = new_lock()
        self._saving = new_lock()
        self._result: LearningSnapshot | None = None
        self._attempted = False
        self._saved = False
        self._discarded = False
        self._is_begun = True

    def __del__(self) -> None:
        if not self._is_begun or self._discarded or self._result is not None:
            return
        if self._counter.actions or self._counter.episodes:
            told = f"session {self.session_id} was recorded and never saved"
            advice = "use a `with` block, or call save()"
            warnings.warn(f"{told}; {advice}", ResourceWarning, source=self, stacklevel=2)

    def __reduce__(self) -> NoReturn:
        raise ConfigurationError(
            "a recorder cannot be sent to another process; send the store, and call store.record there"
        )

    def __enter__(self) -> Self:
        with self._lock.current:
            self._refuse_when_ended()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._saved or self._discarded:
            return
        if error is not None and self._on_error == "discard":
            with self._lock.current:
                self._discarded = True
            return
        try:
            self.save()
        except (SwarmstoreError, OSError) as failure:
            if error is None:
                raise
            error.add_note(f"and its session was not saved, save() may be called again: {failure}")

    @property
    def session_id(self) -> SessionId:
        """The session's id. An id that the recorder made may change until the session is saved."""
        return self._key.session_id

    @property
    def is_saved(self) -> bool:
        """Whether the session is in the store."""
        return self._saved

    def action(
        self,
        name: str,
        success: bool,
        *,
        worker: Worker = 0,
        duration_ms: int = 0,
        discoveries: int = 0,
        kpi: float | None = None,
    ) -> None:
        """Count one action. It belongs to the open episode, or begins one.

        worker: the number or name of the worker. Each worker has its own sequence of actions.
        duration_ms: how long it took, in whole milliseconds.
        discoveries: how many things it found. They are counted only if it succeeded.
        kpi: its contribution to a key figure, if it has one.

        Raises InvalidValueError and its subclasses for values that cannot be saved, before anything is
        counted, and RecordingEndedError.
        """
        with self._lock.current:
            self._refuse_when_ended()
            self._counter.action(
                name, success, worker=worker, duration_ms=duration_ms, discoveries=discoveries, kpi=kpi
            )

    def end_episode(self, success: bool) -> None:
        """End the episode of all workers. An episode without actions counts as well.

        Raises InvalidValueError, RecordingEndedError.
        """
        with self._lock.current:
            self._refuse_when_ended()
            self._counter.end_episode(success)

    def switch_strategy(self, name: str) -> None:
        """Use this selection strategy from now on. A change of strategy is recorded in the history.

        Raises InvalidValueError and its subclasses, RecordingEndedError.
        """
        with self._lock.current:
            self._refuse_when_ended()
            self._counter.start_strategy(name)

    def finish(self) -> LearningSnapshot:
        """End the recording, and return a copy of what `save` would save. Nothing is saved.

        Raises RecordingEndedError if the session was discarded.
        """
        return deepcopy(self._finished())

    def save(self) -> SessionId:
        """End the recording, save the session unless it is saved already, and return its id.

        Raises the errors of `LearningStore.save_session`, and RecordingEndedError if it was discarded.
        """
        with self._saving.current:
            if not self._saved:
                snapshot = self._finished()
                # before the first attempt a session under our id is another process's, even an equal one
                while self._id_is_made and not self._attempted and self._backend.exists(self._key):
                    self._make_id()
                self._attempted = True
                self._save(snapshot)
                self._saved = True
        return self.session_id

    def _save(self, snapshot: LearningSnapshot) -> None:
        while True:
            try:
                self._backend.save_session(self._key.scenario, snapshot, self.session_id)
            except SessionConflictError:
                if not self._id_is_made:
                    raise
                self._make_id()
            else:
                return

    def _make_id(self) -> None:
        self._key = SessionKey(self._key.scenario, _ids.next())

    def _finished(self) -> LearningSnapshot:
        with self._lock.current:
            if self._discarded:
                raise RecordingEndedError("this session was discarded; record another one")
            if self._result is None:
                if self._counter.is_episode_open:
                    self._counter.end_episode(False)
                self._metadata.total_episodes = self._counter.episodes
                self._metadata.total_actions = self._counter.actions
                self._result = self._counter.finish(self._metadata)
            return self._result

    def _check_names(self, *actions: str) -> None:
        if isinstance(self._backend, ChoosesNames):
            self._backend.check_names(self._key, *actions)

    def _refuse_when_ended(self) -> None:
        if self._result is not None or self._discarded:
            raise RecordingEndedError(
                f"session {self.session_id} has ended and records nothing more; record another one"
            )
