"""File names for any text, from which the text can be recovered on every usual disk.

A safe name is its own file name. In other names, each UTF-8 byte of these characters becomes `%XX`
(upper-case hexadecimal), as in URLs:

    /  \\           would be another folder
    control         cannot be typed, and NUL (refused anyway) ends a name
    < > : " | ? *   are forbidden on Windows
    . at the start  would be `.`, `..` or hidden
    . or space at the end   is lost on Windows
    the first letter of CON, NUL, COM1 and the like, also before a dot: they are devices on Windows
    all outside ASCII, where one of them has several spellings (é) or is invisible: disks of Apple
                    respell names, and find a name under any spelling
    % before two upper-case hexadecimal digits   would be read as one of these

On many disks, two names that differ only in case are the same. The second one in a folder gets its
`distinct_name`, in which all letters are `%XX`, so that no case can be lost.

The empty name is `%00`, because no name contains NUL. `short_name` shortens a name that is too long and adds
`%00` and a hash; the full name has to be kept elsewhere.

Upstream encodes nothing, and earlier versions of this module encoded less. Folders with such names still
stand for them. A file name that this module never makes, such as `.hidden` or `a%41`, stands for itself.
"""

from __future__ import annotations

import re
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from unicodedata import normalize

from swarmstore.errors import TextTooLongError

_EMPTY = "%00"
_LONGEST = 255  # bytes in the name of one file, on every usual file system
_BEGINNING = 80  # bytes of a name that is too long: enough to be recognised by
_ENDS = r"^\.|[. ]\Z"
_ALWAYS_UNSAFE = re.compile(rf"[/\\\x00-\x1f\x7f]|{_ENDS}|%(?=[0-9A-F]{{2}})")
_DEVICES = r"^(?:(?=(?:CON|PRN|AUX|NUL|CONIN\$|CONOUT\$|CLOCK\$|COM[\d¹²³]|LPT[\d¹²³]) *(?:[.:]|\Z)).)"
_UNSAFE = rf"""[/\\\x00-\x1f\x7f<>:"|?*]|{_ENDS}|{_DEVICES}|(?-i:%(?=[0-9A-F]{{2}}))"""
_UNSAFE_SOMEWHERE = re.compile(_UNSAFE, re.IGNORECASE | re.ASCII)
_UNSAFE_OR_OTHER = re.compile(rf"{_UNSAFE}|[^\x00-\x7f]", re.IGNORECASE | re.ASCII)
_UNSAFE_OR_LETTER = re.compile(rf"{_UNSAFE}|[^\x00-\x7f]|[a-z]", re.IGNORECASE | re.ASCII)
_ESCAPES = re.compile(r"(?:%[0-9A-F]{2})+")


def encode_name(field: str, name: str, *, distinct: bool = False) -> str:
    """Return the file name for a name, or its `distinct_name`.

    Raises TextTooLongError, naming `field`, past 255 bytes.
    """
    encoded = distinct_name(name) if distinct else portable_name(name)
    if not _fits(encoded):
        raise TextTooLongError(
            field, f"{name[:40]!a}… is too long for a file name of {_LONGEST} bytes; use a database"
        )
    return encoded


def short_name(name: str, *, distinct: bool = False) -> str:
    """Return the file name, shortened if it is too long: its beginning, `%00` and a hash of the name."""
    encoded = distinct_name(name) if distinct else portable_name(name)
    if _fits(encoded):
        return encoded
    beginning = encoded.encode()[:_BEGINNING].decode(errors="ignore")
    return f"{beginning}%00{blake2b(name.encode(), digest_size=16).hexdigest()}"


def portable_name(name: str) -> str:
    """Encode what some disks cannot hold, lose or change. The result may be too long."""
    escaped = _escaped(_UNSAFE_SOMEWHERE, name)
    if _has_one_spelling(escaped):
        return escaped
    others_too = _escaped(_UNSAFE_OR_OTHER, name)
    return others_too if _fits(others_too) else escaped  # rather respelled on some disks than on none


def distinct_name(name: str) -> str:
    """Encode a name beside another one that some disks take for the same. The result may be too long."""
    return _escaped(_UNSAFE_OR_LETTER, name)


def escape_name(name: str) -> str:
    """Encode only what no disk can hold, as earlier versions did. The result may be too long."""
    return _escaped(_ALWAYS_UNSAFE, name)


def decode_name(encoded: str) -> str:
    """Return the name for a file name; one that this module never makes stands for itself."""
    if encoded == _EMPTY:
        return ""
    try:
        name = _ESCAPES.sub(lambda found: bytes.fromhex(found[0].replace("%", "")).decode(), encoded)
    except UnicodeDecodeError:
        return encoded
    made = (portable_name(name), escape_name(name), distinct_name(name))
    return name if "\0" not in name and _fits(encoded) and encoded in made else encoded


@lru_cache(1024)
def all_for(name: str) -> tuple[str, ...]:
    """Return all file names that stand for a name, whoever made the file; first the one made here."""
    made = [portable_name(name), escape_name(name), distinct_name(name)]
    if name not in {"", ".", ".."} and Path(name).name == name and decode_name(name) == name:
        made.insert(1, name)
    return tuple(each for each in dict.fromkeys(made) if _fits(each))


def folded(file_name: str) -> str:
    """Fold a file name: two are equal then if any usual disk may take one for the other."""
    spelled = normalize("NFKD", file_name.rstrip(". "))
    return normalize("NFKD", spelled.upper().casefold())


def has_letters(name: str) -> bool:
    """Tell whether another name may be folded to the same."""
    return not name.isascii() or name.upper() != name.lower() or name != name.rstrip(". ")


def _escaped(unsafe: re.Pattern[str], name: str) -> str:
    return unsafe.sub(lambda found: "".join(f"%{byte:02X}" for byte in found[0].encode()), name) or _EMPTY


def _has_one_spelling(name: str) -> bool:
    return name.isascii() or (
        normalize("NFC", name) == normalize("NFD", name) == name
        and all(c.isascii() or c.isprintable() for c in name)
    )


def _fits(file_name: str) -> bool:
    return len(file_name.encode(errors="surrogateescape")) <= _LONGEST
