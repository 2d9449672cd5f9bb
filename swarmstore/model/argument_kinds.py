"""What a caller gave in place of a snapshot, a model or a key, and what to write instead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import UnionType
from typing import Any, get_args

from swarmstore.errors import InvalidValueError

_READ = "; `{}` reads one from JSON"


def check_kind(field: str, value: object, kind: type | UnionType, advice: str = "") -> None:
    """Refuse what is no object of a class, or of one of several. Raises InvalidValueError."""
    if not isinstance(value, kind):
        wanted = " or ".join(each.__name__ for each in get_args(kind) or (kind,))
        article = "an" if wanted[0] in "AEIOU" else "a"
        raise InvalidValueError(field, f"must be {article} {wanted}, not {_named(value)}{advice}")


def check_parts(field: str, whole: Any, kind: type, parts: Sequence[tuple[str, type]], reader: str) -> None:
    """Refuse what is no object of a class, or has a part that is none of its class.

    reader: what reads such an object from JSON. Raises InvalidValueError.
    """
    check_kind(field, whole, kind, _READ.format(reader))
    check_each("", whole, parts)


def check_each(owner: str, whole: Any, parts: Sequence[tuple[str, type]]) -> None:
    """Refuse an object with a part that is none of its class. Raises InvalidValueError."""
    for name, part in parts:
        check_kind(f"{owner}.{name}" if owner else name, getattr(whole, name), part)


def check_values(owner: str, values: Mapping[Any, object], kind: type) -> None:
    """Refuse a mapping with a value that is no object of a class. Raises InvalidValueError."""
    if set(map(type, values.values())) - {kind}:  # at once, as this runs for every row of every save
        for key, value in values.items():
            check_kind(f"{owner}[{key!r}]", value, kind)


def _named(value: object) -> str:
    kind = type(value).__name__
    return f"{kind} {value!r}" if isinstance(value, int | float | None) else kind
