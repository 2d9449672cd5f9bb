"""Sidecars: files beside upstream's, which hold what upstream's format cannot. Upstream ignores them.

X.swarmstore.json           beside X.json: the whole snapshot or model, where X.json holds less
scenario.swarmstore.json    in a scenario's folder: its name, and the session id of each folder
export.swarmstore.json      in an export: which store it is of

`of` in the first is the digest of the X.json that it belongs to.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple, TypeVar

import msgspec
from msgspec import Struct

from swarmstore.disk import read_bytes
from swarmstore.errors import SnapshotFormatError
from swarmstore.files.upstream_limits import Limit, Readable, with_unreadable
from swarmstore.model.json import codec, wire
from swarmstore.model.json.joined_keys import SplitKeys
from swarmstore.model.offline_model import OfflineModel
from swarmstore.model.snapshot import LearningSnapshot

INDEX = "scenario.swarmstore.json"
MARKER = "export.swarmstore.json"
_FORMAT = 1


class _Formatted(Struct):
    format: int


class _SnapshotBeside(_Formatted):
    of: str
    snapshot: wire.Snapshot


class _ModelBeside(_Formatted):
    of: str
    model: wire.Model


class Index(_Formatted):
    """What an export wrote for a scenario: `sessions` has the session id of each folder."""

    scenario: str
    sessions: dict[str, str]


class Marker(_Formatted):
    """What says that a folder is an export; `store` is the identity of the store."""

    store: str


_Read = TypeVar("_Read", bound=_Formatted)


@dataclass(frozen=True, slots=True)
class Texts:
    """A file's text, that of the sidecar it needs or None, and why it needs one.

    meta: the text of a session's `meta.json`.
    """

    text: str
    beside: str | None
    limits: frozenset[Limit]
    meta: str = ""


def beside(path: Path) -> Path:
    """The sidecar of a file."""
    return path.with_name(f"{path.stem}.swarmstore.json")


def content_hash(*contents: bytes) -> bytes:
    """BLAKE2b-128 of the bytes of a file, or of a file and its sidecar."""
    return blake2b(b"".join(contents), digest_size=16).digest()


class Contents(NamedTuple):
    """The bytes of a file, and of its sidecar if it has one."""

    of_file: bytes
    of_sidecar: bytes | None

    @classmethod
    def read(cls, path: Path) -> Contents:
        """Raises OSError."""
        return cls(read_bytes(path), content_of(beside(path)))

    @property
    def digest(self) -> bytes:
        """What the ledger knows the file's bytes by."""
        return content_hash(self.of_file, self.of_sidecar or b"")


def snapshot_texts(snapshot: LearningSnapshot) -> Texts:
    """The texts of a snapshot. Raises InvalidTextError, NonFiniteNumberError."""
    readable = Readable()
    read = readable.counts(codec.snapshot_to_wire(readable.snapshot(snapshot)))
    text, whole = codec.encode(read), None
    if readable.limits:
        escaped = codec.snapshot_to_wire(snapshot, escaped=True)
        whole = codec.encode(_SnapshotBeside(_FORMAT, _of(text.encode()), escaped))
    return Texts(text, whole, frozenset(readable.limits), codec.encode(read.metadata))


def model_texts(model: OfflineModel) -> Texts:
    """The texts of an offline model. Raises InvalidValueError kinds."""
    readable = Readable()
    text, whole = codec.encode(readable.counts(codec.model_to_wire(readable.model(model)))), None
    if readable.limits:
        whole = codec.encode(_ModelBeside(_FORMAT, _of(text.encode()), codec.model_to_wire(model)))
    return Texts(text, whole, frozenset(readable.limits))


def snapshot_in(content: bytes, sidecar: bytes | None, keys: SplitKeys | None = None) -> LearningSnapshot:
    """Read the snapshot in a file and its sidecar, if it has one.

    keys: those of the files that were read before, if any.

    If upstream has changed the file, its counts are taken, and from the sidecar only what upstream
    cannot read. Raises SnapshotFormatError.
    """
    if sidecar is None:
        return codec.decode_snapshot(LearningSnapshot, content, keys, known=True)
    read = _decode_sidecar(_snapshots, sidecar, "its sidecar")
    whole = codec.snapshot_from_wire(LearningSnapshot, read.snapshot, escaped=True)
    if read.of == _of(content):
        return whole
    return with_unreadable(codec.decode_snapshot(LearningSnapshot, content, known=True), whole)


def model_in(content: bytes, sidecar: bytes | None) -> OfflineModel:
    """Read the model in a file, or in its sidecar if the file is unchanged. Raises SnapshotFormatError."""
    if sidecar is not None:
        read = _decode_sidecar(_models, sidecar, "its sidecar")
        if read.of == _of(content):
            return codec.model_from_wire(read.model)
    return codec.decode_model(content, known=True)


def encode_index(scenario: str, sessions: Mapping[str, str]) -> str:
    """Write an index."""
    return codec.encode(Index(_FORMAT, scenario, dict(sessions)))


def encode_marker(store: str) -> str:
    """Write what marks a folder as an export."""
    return codec.encode(Marker(_FORMAT, store))


def read_index(folder: Path, within: Path | None = None) -> Index | None:
    """The index in a scenario's folder, if it has one. Raises SnapshotFormatError, OSError."""
    return _read(_indexes, folder / INDEX, within)


def read_marker(folder: Path) -> Marker | None:
    """What marks a folder as an export, None in any other. Raises SnapshotFormatError, OSError."""
    return _read(_markers, folder / MARKER, None)


def content_of(path: Path, within: Path | None = None) -> bytes | None:
    """The bytes of a file, None where there is none; `within` is that of `read_bytes`. Raises OSError."""
    try:
        return read_bytes(path, within=within)
    except FileNotFoundError:
        return None


_snapshots = msgspec.json.Decoder(_SnapshotBeside)
_models = msgspec.json.Decoder(_ModelBeside)
_indexes = msgspec.json.Decoder(Index)
_markers = msgspec.json.Decoder(Marker)
_formats = msgspec.json.Decoder(_Formatted)


def _read(decoder: msgspec.json.Decoder[_Read], path: Path, within: Path | None) -> _Read | None:
    content = content_of(path, within)
    return None if content is None else _decode_sidecar(decoder, content, str(path))


def _decode_sidecar(decoder: msgspec.json.Decoder[_Read], content: bytes, name: str) -> _Read:
    with codec.naming(name):
        if (found := codec.decode_as(_formats, content).format) > _FORMAT:
            raise SnapshotFormatError(f"it has format {found}, which a newer swarmstore can read")
        return codec.decode_as(decoder, content)


def _of(content: bytes) -> str:
    return content_hash(content).hex()
