"""Names as names of single files: any text goes in and comes back, nothing leaves the folder.

A safe name is its own file name. In any other, these characters become `%XX` of their UTF-8 bytes
(upper-case hexadecimal), as in URLs:

    /  \\           would be another folder
    control         cannot be typed, and NUL (refused anyway) ends a name
    . at the start  would be `.`, `..` or hidden
    . or space at the end   is lost on some systems
    % before two upper-case hexadecimal digits   would be read as one of these

The empty name is `%00`: no other name has NUL. `short_name` ends what is too long in `%00` and a
hash; what the whole name was has to be kept elsewhere.

Upstream encodes nothing: a folder that `encode_name` never makes, as `.hidden` or `a%41`, stands for
just the name that it has.
"""

from __future__ import annotations

import re
from hashlib import blake2b
from pathlib import Path

from swarmstore.errors import TextTooLongError

_EMPTY = "%00"
_LONGEST = 255  # bytes in the name of one file, on every usual file system
_BEGINNING = 80  # bytes of a name that is too long: enough to be recognised by
_UNSAFE = re.compile(r"[/\\\x00-\x1f\x7f]|^\.|[. ]\Z|%(?=[0-9A-F]{2})")
_ESCAPES = re.compile(r"(?:%[0-9A-F]{2})+")


def encode_name(field: str, name: str) -> str:
    """The file name for a name. Raises TextTooLongError, naming `field`, past 255 bytes."""
    encoded = escape_name(name)
    if len(encoded.encode()) > _LONGEST:
        raise TextTooLongError(
            field, f"{name[:40]!a}… is too long for a file name of {_LONGEST} bytes; use a database"
        )
    return encoded


def escape_name(name: str) -> str:
    """The name without a character that a file name cannot hold, however long."""
    return _UNSAFE.sub(lambda found: "".join(f"%{byte:02X}" for byte in found[0].encode()), name) or _EMPTY


def short_name(name: str) -> str:
    """The file name for a name; of one too long, its beginning, `%00` and a hash of it."""
    encoded = escape_name(name)
    if len(encoded.encode()) <= _LONGEST:
        return encoded
    beginning = encoded.encode()[:_BEGINNING].decode(errors="ignore")
    return f"{beginning}%00{blake2b(name.encode(), digest_size=16).hexdigest()}"


def decode_name(encoded: str) -> str:
    """The name behind a file name; one that `encode_name` did not make stands for itself."""
    if encoded == _EMPTY:
        return ""
    try:
        name = _ESCAPES.sub(lambda found: bytes.fromhex(found[0].replace("%", "")).decode(), encoded)
        return name if "\0" not in name and encode_name("name", name) == encoded else encoded
    except (UnicodeDecodeError, TextTooLongError):
        return encoded


def stands_for_itself(name: str) -> bool:
    """Whether a folder of just this name stands for the name, whoever made it."""
    return name not in {"", ".", ".."} and Path(name).name == name and decode_name(name) == name
