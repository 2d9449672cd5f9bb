"""Where a SQLite file lies: on whose disk, whether it can be written, what lies beside it."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator
from pathlib import Path

from swarmstore.db.doctor.findings import Finding, finding

_MOUNTS = Path("/proc/self/mountinfo")
_NETWORK = {
    *("nfs", "nfs4", "cifs", "smb", "smb2", "smb3", "smbfs", "9p", "virtiofs", "vboxsf", "afs", "ncpfs"),
    *("ceph", "glusterfs", "lustre", "gpfs", "beegfs", "davfs"),
    *("fuse.sshfs", "fuse.s3fs", "fuse.rclone", "fuse.glusterfs", "fuse.ceph-fuse", "fuse.davfs2"),
    *("fuse.gcsfuse", "fuse.juicefs", "fuse.grpcfuse", "fuse.osxfs", "fuse.smbnetfs"),
}
_LARGE_WAL = 64 * 2**20  # sixteen times what SQLite lets it grow to by itself
_LEFT_SECONDS = 600  # longer without a write than a working store goes


def file_findings(file: Path) -> list[Finding]:
    """Everything about the file itself, before anything opens it."""
    whole = file.resolve()
    mounts = _MOUNTS.read_text(errors="surrogateescape") if _MOUNTS.exists() else ""
    return [
        *network_findings(whole, file_system(mounts, whole)),
        *_access_findings(whole),
        *_wal_findings(whole.with_name(f"{whole.name}-wal")),
    ]


def file_system(mounts: str, file: Path) -> str | None:
    """The kind of file system that an absolute path lies on, by the text of Linux's mountinfo.

    None where the text does not say.
    """
    kinds: dict[Path, str] = {}
    for line in mounts.splitlines():
        before, separator, after = line.partition(" - ")
        fields = before.split(" ")
        if separator and len(fields) > 4:
            kinds[Path(_unescaped(fields[4]))] = after.split(" ")[0]  # a later mount hides an earlier one
    return next((kinds[folder] for folder in (file, *file.parents) if folder in kinds), None)


def _unescaped(text: str) -> str:
    """A path as the kernel writes it: spaces, tabs, newlines and backslashes as octal numbers."""
    return re.sub(r"\\([0-7]{3})", lambda octal: chr(int(octal[1], 8)), text)


def network_findings(file: Path, kind: str | None) -> Iterator[Finding]:
    """A file system that other machines share has no memory in common with them, which WAL needs."""
    if kind in _NETWORK:
        yield finding(
            "network-file-system",
            str(file),
            f"{file} is on a network file system ({kind}), where SQLite's locks and write-ahead log are not "
            "reliable between machines: saves can be lost, and the file can be damaged",
            "move the file to a local disk, or use PostgreSQL where several machines share a store",
        )


def _access_findings(file: Path) -> Iterator[Finding]:
    for thing, what in ((file, "file"), (file.parent, "folder")):
        if not os.access(thing, os.W_OK, effective_ids=os.access in os.supports_effective_ids):
            yield finding(
                "file-read-only",
                str(thing),
                f"this user cannot write to the {what} {thing}, so nothing can be saved",
                "let the user that runs agents write to the file and its folder; to only read "
                "somebody else's store, copy it while nobody uses it",
            )


def _wal_findings(wal: Path) -> Iterator[Finding]:
    try:
        state = wal.stat()
    except FileNotFoundError:
        return
    size = f"{wal} holds {state.st_size / 2**20:,.1f} MiB of saves that are not in the file itself yet"
    left_seconds = time.time() - state.st_mtime
    if state.st_size >= _LARGE_WAL:
        advice = "end the programs that have been reading this file for long; the next save then empties it"
        yield finding("wal-large", str(wal), f"{size}; every read gets slower as it grows", advice)
    elif state.st_size and left_seconds > _LEFT_SECONDS:
        problem = f"{size}, and was last written {left_seconds / 60:,.0f} minutes ago"
        advice = "nothing is lost: copy or move both files together, or open and close the store once"
        yield finding("wal-left", str(wal), problem, advice)
