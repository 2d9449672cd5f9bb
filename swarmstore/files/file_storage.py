"""FileSystemStorage: upstream's folder of JSON files as a backend.

Every file is written as a whole, and one process at a time changes a folder. Unlike a database, a folder
has no transactions: a crash in the middle of `save_session` may leave a session that no total counts.
Names with ':' are refused where upstream's joined keys cannot hold them.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from filelock import FileLock

from swarmstore.contracts.simple_backend import SimpleBackend
from swarmstore.disk import holding, is_file, make_folder, use_folder, write_bytes
from swarmstore.errors import AmbiguousNameError, StoreClosedError
from swarmstore.files import layout
from swarmstore.files.own_files import read_parts, read_removed, remove_total, write_removed, write_total
from swarmstore.forking import Renewed
from swarmstore.model.json import codec
from swarmstore.model.keys import SessionKey, SnapshotKey, TotalKey
from swarmstore.model.limits import MODEL_VERSION, SNAPSHOT_VERSION, check_path, check_version
from swarmstore.model.offline_model import OfflineModel
from swarmstore.model.removed_sessions import RemovedSessions
from swarmstore.model.session_ids import SessionId
from swarmstore.model.snapshot import LearningSnapshot
from swarmstore.model.total_parts import TotalParts
from swarmstore.model.validation import check_key


class FileSystemStorage(SimpleBackend):
    """Snapshots, sessions, totals and offline models in a folder (see `LearningBackend`).

    In addition to the errors of the protocols, saving may raise AmbiguousNameError and TextTooLongError for
    names that files cannot hold, and CountOutOfRangeError for a version above 1. Loading may raise
    SnapshotFormatError for a damaged or newer file. Both may raise OSError. Lists leave out what is not a
    regular file or cannot be read, and log a warning. Removing a session removes its folder.
    """

    def __init__(self, base_dir: str | Path) -> None:
        """Use a folder, and create it if it is missing. Raises OSError."""
        self._base = check_path("base_dir", base_dir).absolute()  # the current folder may change
        self._is_closed = False
        use_folder(self._base)
        self._lock = Renewed(partial(FileLock, self._base / layout.LOCK))

    def __repr__(self) -> str:
        return f"FileSystemStorage({str(getattr(self, '_base', None))!r})"

    def __reduce__(self) -> tuple[type[FileSystemStorage], tuple[Path]]:
        return type(self), (self._base,)

    @property
    def base_dir(self) -> Path:
        """The folder."""
        return self._base

    def check_names(self, key: SessionKey, *actions: str) -> None:
        """Refuse keys that file names cannot hold, and actions with a ':' that joined keys cannot hold.

        Raises InvalidTextError, TextTooLongError, AmbiguousNameError.
        """
        check_key(key)
        with self._reading():
            layout.path_of(self._base, key)
        for action in actions:
            if ":" in action:
                problem = f"{action!r} has a ':', which keys joined by ':' cannot hold; the databases can"
                raise AmbiguousNameError("action", problem)

    def identity(self) -> str:
        """Return the place of the folder: a copy of it is another store."""
        with self._reading():
            return str(self._base.resolve())

    def close(self) -> None:
        """Refuse further calls; no file stays open."""
        self._is_closed = True

    @contextmanager
    def _reading(self) -> Iterator[None]:
        if self._is_closed:
            raise StoreClosedError
        yield

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with self._reading(), holding(self._lock.current):
            yield

    def _check_kept(self, snapshot: LearningSnapshot) -> None:
        check_version(snapshot.version, SNAPSHOT_VERSION)
        codec.snapshot_to_wire(snapshot)

    def _names(self) -> list[str]:
        return layout.scenario_names(self._base)

    def _ids_in(self, scenario: str) -> list[SessionId]:
        return layout.session_names(self._base, scenario)

    def _is_there(self, key: SnapshotKey) -> bool:
        return is_file(layout.path_of(self._base, key), within=self._base)

    def _content(self, key: SnapshotKey) -> LearningSnapshot:
        return codec.read_snapshot(LearningSnapshot, layout.path_of(self._base, key), within=self._base)

    def _put_session(self, key: SessionKey, snapshot: LearningSnapshot) -> None:
        path = layout.path_of(self._base, key)
        text = snapshot.to_json()
        self._write(path.with_name(layout.META), codec.encode(codec.metadata_to_wire(snapshot.metadata)))
        self._write(path, text)

    def _put_total(self, key: TotalKey, total: LearningSnapshot, parts: TotalParts) -> None:
        write_total(layout.path_of(self._base, key), self._base, total.to_json(), parts)

    def _drop(self, key: SnapshotKey) -> None:
        path = layout.path_of(self._base, key)
        if isinstance(key, SessionKey):
            path.unlink()
            shutil.rmtree(path.parent)
        else:
            remove_total(path)

    def _parts(self, key: TotalKey, changing: SessionKey | None = None) -> TotalParts:  # noqa: ARG002
        return read_parts(layout.path_of(self._base, key), self._base, self._is_there)

    def _removed(self, scenario: str) -> RemovedSessions:
        return read_removed(layout.scenario_folder(self._base, scenario), self._base)

    def _put_removed(self, scenario: str, removed: RemovedSessions) -> None:
        write_removed(layout.scenario_folder(self._base, scenario), self._base, removed)

    def _model(self, scenario: str) -> OfflineModel | None:
        folder = layout.scenario_folder(self._base, scenario)
        try:
            return codec.read_model(folder / layout.MODEL, within=self._base)
        except FileNotFoundError:
            return None

    def _put_model(self, scenario: str, model: OfflineModel) -> None:
        check_version(model.version, MODEL_VERSION)
        path = layout.scenario_folder(self._base, scenario) / layout.MODEL
        self._write(path, codec.encode_model(model))

    def _write(self, path: Path, text: str) -> None:
        make_folder(path.parent, self._base)
        write_bytes(path, text.encode())
