"""Which entry of a map or list msgspec refused: its own messages say `[...]`."""

from __future__ import annotations

import json
import re
from typing import Any

import msgspec

_TOKEN = re.compile(r"\.(\w+)|\[(\d+)\]|(\[\.\.\.\])")


def located(error: msgspec.ValidationError, text: str | bytes, type_: Any) -> str:
    """The error as `path: problem`, with the key of each map and the index of each list."""
    problem, _, path = str(error).partition(" - at `")
    try:
        document = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):  # torn or too deep after the bad field
        return f"{path.rstrip('`') or '$'}: {problem.replace('`', '')}"
    steps: list[str | int] = []
    for name, index, unknown in _TOKEN.findall(path.rstrip("`")):
        steps.append(_culprit(document, steps, type_) if unknown else name or int(index))
    where = "".join(
        f".{step}" if _is_field(step) else f"[{json.dumps(step, ensure_ascii=False)}]" for step in steps
    )
    return f"${where}: {problem.replace('`', '')}"


def _is_field(step: str | int) -> bool:
    return isinstance(step, str) and step.isidentifier()


def _culprit(document: Any, steps: list[str | int], type_: Any) -> str | int:
    """The key or index of the first bad entry, by bisection: a half without it converts."""
    container = _at(document, steps)
    keys: list[Any] = list(container) if isinstance(container, dict) else list(range(len(container)))
    while len(keys) > 1:
        first = keys[: len(keys) // 2]
        keys = keys[len(first) :] if _converts(_only(document, steps, first), type_) else first
    found: str | int = keys[0]
    return found


def _at(document: Any, steps: list[str | int]) -> Any:
    for step in steps:
        document = document[step]
    return document


def _only(document: Any, steps: list[str | int], keys: list[Any]) -> Any:
    """The document with nothing but these entries in the container that the steps lead to."""
    if not steps:
        return (
            {key: document[key] for key in keys}
            if isinstance(document, dict)
            else [document[k] for k in keys]
        )
    step, rest = steps[0], steps[1:]
    changed: Any = dict(document) if isinstance(document, dict) else list(document)
    changed[step] = _only(document[step], rest, keys)
    return changed


def _converts(document: Any, type_: Any) -> bool:
    try:
        msgspec.convert(document, type_)
    except msgspec.ValidationError:
        return False
    return True
