"""Which PostgreSQL the tests get: the first of several ways that works, or all reasons why not."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from typing import TypeVar

import psycopg
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from tests.postgres import binaries, container
from tests.postgres.server import Controlled, Server, UnavailableError

URL_VARIABLE = "SWARMSTORE_TEST_URL"
WAY_VARIABLE = "SWARMSTORE_TEST_SERVER"

_Made = TypeVar("_Made")
Way = Callable[[], contextlib.AbstractContextManager[_Made]]


@contextlib.contextmanager
def postgres() -> Iterator[Server]:
    """A server from the first way that works.

    SWARMSTORE_TEST_URL, else a container of an image that is here, else binaries, else a container
    of an image that can be pulled. SWARMSTORE_TEST_SERVER=docker or =binaries insists on one.

    Raises UnavailableError with all that was tried.
    """
    if url := os.environ.get(URL_VARIABLE):
        yield _given(url)
        return
    ways = _ways(container.running, binaries.running)
    with _first_of(ways, f"{URL_VARIABLE} is not set") as server:
        yield server


@contextlib.contextmanager
def controlled() -> Iterator[Controlled]:
    """A server that a test may end and freeze: never a given one, else from the same ways.

    Raises UnavailableError with all that was tried.
    """
    ways: list[Way[Controlled]] = _ways(container.controlled, binaries.controlled)
    with _first_of(ways, "a given server is not for ending it") as server:
        yield server


@contextlib.contextmanager
def _first_of(ways: list[Way[_Made]], *reasons: str) -> Iterator[_Made]:
    tried = list(reasons)
    for way in ways:
        try:
            server = way()
            entered = contextlib.ExitStack()
            found = entered.enter_context(server)
        except UnavailableError as error:
            tried.append(str(error))
            continue
        with entered:
            yield found
            return
    raise UnavailableError("\n".join(f"  - {reason}" for reason in tried))


def _ways(
    containers: Callable[[str], contextlib.AbstractContextManager[_Made]], processes: Way[_Made]
) -> list[Way[_Made]]:
    local: Way[_Made] = lambda: containers(container.local_image())  # noqa: E731
    pulled: Way[_Made] = lambda: containers(container.pulled_image())  # noqa: E731
    match os.environ.get(WAY_VARIABLE, ""):
        case "":
            return [local, processes, pulled]
        case "docker":
            return [local, pulled]
        case "binaries":
            return [processes]
        case other:
            raise UnavailableError(f"  - {WAY_VARIABLE} is {other!r}; it can be docker or binaries")


def _given(url: str) -> Server:
    """The server that somebody chose: when it cannot be used, no other takes its place."""
    try:
        shown = make_url(url).render_as_string(hide_password=True)
    except ArgumentError as error:  # the text may have a password anywhere: it is not shown
        raise UnavailableError(f"  - {URL_VARIABLE} is set, but not to a URL: {error}") from error
    try:
        return Server.reached(url, f"at {shown} ({URL_VARIABLE})")
    except psycopg.Error as error:
        raise UnavailableError(f"  - {URL_VARIABLE} is {shown}, which cannot be used: {error}") from error
