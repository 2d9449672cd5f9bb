"""Session ids: text, ordered by its bytes, that usually tells when the session began."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import partial
from itertools import count

from swarmstore.errors import InvalidValueError
from swarmstore.forking import new_lock

_TIMESTAMP = re.compile(r"\+?([0-9]+)(?:\.[0-9]{6})?", re.ASCII)
_LIMIT = 2**63
_NUMBER = re.compile(r"\+?[0-9]{1,250}", re.ASCII)  # upstream's ids are names of folders as well


class SessionId(str):
    """A session's name within its scenario. `str(id)` is the text."""

    __slots__ = ()

    def __new__(cls, text: str) -> SessionId:
        """Raises InvalidValueError for what is no text: bytes or an object would become another id."""
        if not isinstance(text, str):
            raise InvalidValueError("session_id", f"must be a str, not {type(text).__name__} {text!r}")
        return super().__new__(cls, text)

    @classmethod
    def of_texts(cls, texts: Iterable[str]) -> list[SessionId]:
        """Make many of what is known to be text, six times as fast as one by one."""
        return list(map(partial(str.__new__, cls), texts))

    @property
    def timestamp(self) -> int | None:
        """The time that the id stands for, in seconds since 1970, or None.

        An id stands for a time if it has the form of upstream's `parse::<u64>()`, ASCII digits with an
        optional '+', or our own form `seconds.microseconds`. Numbers of 2^63 or more do not, because no
        database could order them.
        """
        match = _TIMESTAMP.fullmatch(self)
        digits = match[1].lstrip("0") if match else ""
        if match is None or len(digits) > len(str(_LIMIT)):
            return None
        seconds = int(digits or "0")
        return seconds if seconds < _LIMIT else None

    def is_within(self, first: int, last: int) -> bool:
        """Tell whether the id stands for a time from `first` to `last`, both included."""
        return self.timestamp is not None and first <= self.timestamp <= last

    def __repr__(self) -> str:
        return f"SessionId({str(self)!r})"

    def __str__(self) -> str:
        return str.__str__(self)


class SessionIdGenerator:
    """Makes ids `{seconds:010}.{microseconds:06}` that never repeat and never step back.

    A generator serves one process. Ids of other processes are avoided when a session is saved.
    """

    def __init__(self) -> None:
        self._lock = new_lock()
        self._last = 0

    def next(self) -> SessionId:
        """Make the id of this microsecond, or of the first free one after it."""
        with self._lock.current:
            self._last = max(time.time_ns() // 1000, self._last + 1)
            return session_id_at(self._last)


def free_ids(taken: SessionId) -> Iterator[SessionId]:
    """Iterate over the id itself, then over ids for the same second with later microseconds."""
    yield taken
    stem, _, last = taken.rpartition(".")
    has_microseconds = bool(stem) and len(last) == 6 and last.isascii() and last.isdigit()
    stem, start = (stem, int(last)) if has_microseconds else (str(taken), 0)
    for microsecond in count(start + 1):
        yield SessionId(f"{stem}.{microsecond:06}")


def session_id_at(microseconds: int) -> SessionId:
    """Return the id that is generated for a time in microseconds since 1970."""
    seconds, rest = divmod(microseconds, 1_000_000)
    return SessionId(f"{seconds:010}.{rest:06}")


def is_upstreams(session_id: str) -> bool:
    """Tell whether upstream takes the id for a time: digits with an optional '+', below 2^64."""
    return _NUMBER.fullmatch(session_id) is not None and int(session_id) < 2**64


def upstream_ids(ids: Sequence[SessionId], second_of: Callable[[SessionId], int]) -> dict[SessionId, str]:
    """Choose for each id of a scenario one that upstream can order: itself, or a free second.

    second_of: the time, in seconds since 1970, to use for an id that does not stand for one.

    Sessions keep their order. Those that share a second move to later seconds, or to earlier ones if they
    would get past the newest session, because later seconds belong to future sessions.
    """
    kept = {str(session_id) for session_id in ids if is_upstreams(session_id)}
    others = sorted(
        (second_of(session_id) if session_id.timestamp is None else session_id.timestamp, session_id)
        for session_id in ids
        if session_id not in kept
    )
    newest = max([second for second, _ in others] + [int(text) for text in kept], default=0)
    seconds: list[int] = []
    for second, _ in others:
        seconds.append(_free(max(second, seconds[-1] + 1) if seconds else second, 1, kept))
    moved, bound = list[int](), newest
    for second in reversed(seconds):
        moved.append(_free(min(second, bound), -1, kept))
        bound = moved[-1] - 1
    if moved and moved[-1] >= 0:
        seconds = moved[::-1]
    made = {session_id: _as_id(second) for (_, session_id), second in zip(others, seconds, strict=True)}
    return {session_id: made.get(session_id, str(session_id)) for session_id in ids}


def _free(second: int, step: int, kept: Collection[str]) -> int:
    while _as_id(second) in kept:
        second += step
    return second


def _as_id(second: int) -> str:
    return f"{second:010}"
