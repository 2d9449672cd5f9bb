"""Disks that are not ours: they fold case, respell names, or refuse what Windows refuses.

A disk is a folder here, whose names go through its rules on the way to the system's own calls. With
SWARMSTORE_TEST_DISK=FOLDER the tests run in that folder instead, on whatever disk it is on.
"""

from __future__ import annotations

import errno
import io
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any
from unicodedata import normalize

import pytest

_FORBIDDEN = re.compile(r'[<>:"|?*\x00-\x1f]')
_DEVICE = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³]) *([.:].*)?", re.IGNORECASE)
_BY_PATH = (
    "stat",
    "lstat",
    "open",
    "mkdir",
    "unlink",
    "remove",
    "rmdir",
    "scandir",
    "listdir",
    "chmod",
    "utime",
)
_BY_TWO_PATHS = ("rename", "replace")


@dataclass(frozen=True)
class Rules:
    """What a disk does to names: `spelled` is how it keeps one, `key` what it finds it by."""

    key: Callable[[str], str] = lambda name: name
    spelled: Callable[[str], str] = lambda name: name
    windows: bool = False


def _without_case(name: str) -> str:
    return normalize("NFD", normalize("NFD", name).casefold())


DISKS = {
    "case": Rules(key=str.casefold),
    "apfs": Rules(key=_without_case),
    "hfs+": Rules(key=_without_case, spelled=lambda name: normalize("NFD", name)),
    "nfc": Rules(key=lambda name: normalize("NFC", name), spelled=lambda name: normalize("NFC", name)),
    "windows": Rules(key=str.upper, windows=True),
}


@contextmanager
def disk(root: Path, rules: Rules) -> Iterator[None]:
    """All that is below this folder is on such a disk, for this process."""
    root.mkdir(parents=True, exist_ok=True)
    with pytest.MonkeyPatch.context() as patch:
        listed, exists = os.listdir, os.access

        def name_on_disk(folder: str, name: str) -> str:
            if rules.windows:
                if _FORBIDDEN.search(name) or _DEVICE.fullmatch(name):
                    raise OSError(errno.EINVAL, os.strerror(errno.EINVAL), name)
                name = name.rstrip(". ") or name
            if exists(f"{folder}/{name}", os.F_OK):
                return name
            try:
                there = listed(folder)
            except OSError:
                return name
            key = rules.key(name)
            return next((each for each in there if rules.key(each) == key), rules.spelled(name))

        def on_disk(path: Any) -> Any:
            if isinstance(path, int):
                return path
            text = os.fsdecode(path)
            if not text.startswith(f"{root}/"):
                return path
            found = str(root)
            for name in text[len(found) + 1 :].split("/"):
                found = f"{found}/{name_on_disk(found, name)}" if name not in {"", "."} else found
            return found

        def redirected(call: Callable[..., Any], paths: int) -> Callable[..., Any]:
            @wraps(call)
            def calling(*given: Any, **options: Any) -> Any:
                return call(*map(on_disk, given[:paths]), *given[paths:], **options)

            return calling

        for names, paths in ((_BY_PATH, 1), (_BY_TWO_PATHS, 2)):
            for name in names:
                call = getattr(os, name)
                patched = redirected(call, paths)
                for kind in (os.supports_dir_fd, os.supports_fd, os.supports_follow_symlinks):
                    if call in kind:
                        kind.add(patched)
                patch.setattr(os, name, patched)
        patch.setattr(io, "open", redirected(io.open, 1))
        patch.setattr(os, "fsync", lambda _: None)  # nothing crashes here
        yield


@pytest.fixture(params=DISKS)
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    """A folder on each disk, or on the one that the environment names."""
    real = os.environ.get("SWARMSTORE_TEST_DISK")
    if real is not None:
        yield Path(real) / f"{request.node.name[:40]}-{os.getpid()}"
        return
    with disk(tmp_path / "disk", DISKS[request.param]):
        yield tmp_path / "disk" / "store"
