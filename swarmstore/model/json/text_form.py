"""What bytes are that should be UTF-8 text: a byte order mark before it, or something else altogether."""

from __future__ import annotations

import codecs

GZIP = b"\x1f\x8b"

_UNPACK = "unpack it first"
_CONVERT = "save it as UTF-8"
_OTHERS: tuple[tuple[bytes, str], ...] = (
    (GZIP, f"it is gzip; {_UNPACK}"),
    (b"PK\x03\x04", f"it is a zip archive; {_UNPACK}"),
    (b"\x28\xb5\x2f\xfd", f"it is zstd; {_UNPACK}"),
    (codecs.BOM_UTF32_LE, f"it is UTF-32; {_CONVERT}"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, f"it is UTF-32; {_CONVERT}"),
    (codecs.BOM_UTF16_LE, f"it is UTF-16; {_CONVERT}"),
    (codecs.BOM_UTF16_BE, f"it is UTF-16; {_CONVERT}"),
    (b"{\0", f"it is UTF-16; {_CONVERT}"),
    (b"\0{", f"it is UTF-16; {_CONVERT}"),
)


def without_bom(content: bytes) -> bytes:
    """Leave out the byte order mark that some editors write before UTF-8."""
    return content.removeprefix(codecs.BOM_UTF8)


def other_form(content: bytes) -> str | None:
    """Say what these bytes are, and what to do, where their beginning shows that they are no UTF-8."""
    return next((said for beginning, said in _OTHERS if content.startswith(beginning)), None)
