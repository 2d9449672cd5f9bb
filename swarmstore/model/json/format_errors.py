"""Which entry of a map or list msgspec refused: its own messages say `[...]`."""

from __future__ import annotations

import contextlib
import json
import re
from types import NoneType, UnionType
from typing import get_args, get_origin

import msgspec
from msgspec import structs

_TOKEN = re.compile(r"\.(\w+)|\[(\d+)\]|(\[\.\.\.\])")


def located(error: msgspec.ValidationError, text: str | bytes, type_: object) -> str:
    """The error as `path: problem`, with the key of each map and the index of each list."""
    problem, _, path = str(error).partition(" - at `")
    path = path.rstrip("`") or "$"
    # msgspec's own path stays where the rest of the text is torn, or where it has a field twice
    with contextlib.suppress(msgspec.DecodeError, UnicodeError, RecursionError, LookupError, TypeError):
        path = _spelled_out(path, text, type_)
    return f"{path}: {problem.replace('`', '')}"


def entry(key: str | int) -> str:
    """The entry of a map or list as a part of a path: `["A:B"]`, `[0]`."""
    return f"[{json.dumps(key, ensure_ascii=False)}]"


def _spelled_out(path: str, text: str | bytes | msgspec.Raw, type_: object) -> str:
    steps: list[str | int] = []
    for name, index, unknown in _TOKEN.findall(path):
        # one level at a time: deeper ones may have what cannot be decoded at all, as 1e400
        entries = _entries(text)
        step = _culprit(entries, type_) if unknown else name or int(index)
        steps.append(step)
        text, type_ = entries[step], _type_of_entry(type_, step)
    return "$" + "".join(
        f".{step}" if isinstance(step, str) and step.isidentifier() else entry(step) for step in steps
    )


def _entries(text: str | bytes | msgspec.Raw) -> dict[str | int, msgspec.Raw]:
    container = msgspec.json.decode(text, type=dict[str, msgspec.Raw] | list[msgspec.Raw])
    return dict(container.items() if isinstance(container, dict) else enumerate(container))


def _culprit(entries: dict[str | int, msgspec.Raw], type_: object) -> str | int:
    """The key or index of the first entry that is not of its type."""
    for step, text in entries.items():
        try:
            msgspec.json.decode(text, type=_type_of_entry(type_, step))
        except msgspec.ValidationError:
            return step
    raise LookupError(f"every entry is of type {type_}")


def _type_of_entry(type_: object, step: str | int) -> object:
    if isinstance(type_, UnionType):
        (type_,) = (member for member in get_args(type_) if member is not NoneType)
    if isinstance(type_, type) and issubclass(type_, msgspec.Struct):
        return next(field.type for field in structs.fields(type_) if field.encode_name == step)
    arguments = get_args(type_)
    return arguments[step] if get_origin(type_) is tuple and isinstance(step, int) else arguments[-1]
