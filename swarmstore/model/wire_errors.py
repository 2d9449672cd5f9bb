"""Which entry of a map or list msgspec refused: its own messages say `[...]`."""

from __future__ import annotations

import contextlib
import json
import re
from types import NoneType, UnionType
from typing import Any, get_args, get_origin

import msgspec
from msgspec import structs

_TOKEN = re.compile(r"\.(\w+)|\[(\d+)\]|(\[\.\.\.\])")


def located(error: msgspec.ValidationError, text: str | bytes, type_: Any) -> str:
    """The error as `path: problem`, with the key of each map and the index of each list."""
    problem, _, path = str(error).partition(" - at `")
    path = path.rstrip("`") or "$"
    # msgspec's own path stays where the rest of the text is torn, or where it has a field twice.
    # json reads what is out of range, as an infinity
    with contextlib.suppress(ValueError, RecursionError, LookupError, TypeError):
        path = _spelled_out(path, json.loads(text), type_)
    return f"{path}: {problem.replace('`', '')}"


def entry(key: str | int) -> str:
    """The entry of a map or list as a part of a path: `["A:B"]`, `[0]`."""
    return f"[{json.dumps(key, ensure_ascii=False)}]"


def _spelled_out(path: str, value: Any, type_: Any) -> str:
    steps: list[str | int] = []
    for name, index, unknown in _TOKEN.findall(path):
        step = _culprit(value, type_) if unknown else name or int(index)
        steps.append(step)
        value, type_ = value[step], _type_of_entry(type_, step)
    return "$" + "".join(f".{step}" if _is_field(step) else entry(step) for step in steps)


def _is_field(step: str | int) -> bool:
    return isinstance(step, str) and step.isidentifier()


def _culprit(container: Any, type_: Any) -> str | int:
    """The key or index of the first entry that is not of its type."""
    entries = container.items() if isinstance(container, dict) else enumerate(container)
    for step, value in entries:
        try:
            msgspec.convert(value, _type_of_entry(type_, step))
            json.dumps(value, allow_nan=False)
        except ValueError:  # of both
            found: str | int = step
            return found
    raise LookupError(f"every entry is of type {type_}")


def _type_of_entry(type_: Any, step: Any) -> Any:
    if isinstance(type_, UnionType):
        (type_,) = (member for member in get_args(type_) if member is not NoneType)
    if isinstance(type_, type) and issubclass(type_, msgspec.Struct):
        return next(field.type for field in structs.fields(type_) if field.encode_name == step)
    arguments = get_args(type_)
    return arguments[step] if get_origin(type_) is tuple else arguments[-1]
