"""What commands print with --json, as types: the published schemas are made of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypedDict, TypeVar

_Command = TypeVar("_Command", bound=Callable[..., None])

PRINTED: dict[Callable[..., None], tuple[Callable[[], object], ...]] = {}
"""For each command, the types that it may print. They are called for, as `--help` need not load them."""


class Problem(TypedDict):
    """An error: the name of its class, and what happened."""

    type: str
    message: str


class ErrorOutput(TypedDict):
    """What is written to stderr in place of a result."""

    error: Problem


def prints(*kinds: Callable[[], object]) -> Callable[[_Command], _Command]:
    """Note what a command prints with --json: one of these types."""

    def note(command: _Command) -> _Command:
        PRINTED[command] = kinds
        return command

    return note
