"""Ids of action sequences, made from the 1 to 4 names themselves.

So readers need no join, names may be long, and rows of different databases fit together.
"""

from __future__ import annotations

from hashlib import blake2b

Names = tuple[str, ...]


def sequence_id(names: Names) -> int:
    """BLAKE2b-64 over each name's length in UTF-8 (4 bytes, big-endian) and bytes, signed."""
    digest = blake2b(digest_size=8)
    for name in names:
        encoded = name.encode()
        digest.update(len(encoded).to_bytes(4, "big"))
        digest.update(encoded)
    return int.from_bytes(digest.digest(), "big", signed=True)
