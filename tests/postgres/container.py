"""A throw-away PostgreSQL in a container, through testcontainers."""

from __future__ import annotations

import contextlib
import os
import socket
import uuid
from collections.abc import Iterator
from typing import Any

from tests.postgres.afterwards import containers_removed
from tests.postgres.binaries import SETTINGS
from tests.postgres.server import Server, UnavailableError

_LABEL = "swarmstore-test"
_DEFAULT_IMAGES = "postgres:17,swarmstore-postgres:17"


def images() -> list[str]:
    """The images to look for, most wanted first."""
    return os.environ.get("SWARMSTORE_TEST_IMAGE", _DEFAULT_IMAGES).split(",")


def local_image() -> str:
    """An image that is here already. Raises UnavailableError."""
    with _client() as client:
        for image in images():
            if _is_local(client, image):
                return image
    raise UnavailableError(f"Docker answers, but none of its images is {' or '.join(images())}")


def pulled_image() -> str:
    """The first image, pulled. Raises UnavailableError."""
    image = images()[0]
    with _client(timeout=120) as client:
        try:
            client.images.pull(image)
        except Exception as error:
            reason = f"Docker answers, but {image} cannot be pulled: {str(error)[:120]}"
            raise UnavailableError(reason) from error
    return image


@contextlib.contextmanager
def running(image: str) -> Iterator[Server]:
    """A fresh server in a container, removed afterwards, also when this process is killed.

    Raises UnavailableError when it does not start.
    """
    os.environ.setdefault("TESTCONTAINERS_RYUK_DISABLED", "true")  # an image of its own to pull
    os.environ.setdefault("TESTCONTAINERS_CONNECTION_MODE", "docker_host")
    os.environ.setdefault("TC_POOLING_INTERVAL", "0.1")  # seconds
    os.environ.setdefault("TC_MAX_TRIES", "400")
    from testcontainers.community.postgres import PostgresContainer

    run = uuid.uuid4().hex
    container = (
        PostgresContainer(image, driver=None)
        .with_kwargs(shm_size="256m", labels={_LABEL: run})
        .with_tmpfs_mount("/var/lib/postgresql/data")
        .with_command([part for name, value in SETTINGS.items() for part in ("-c", f"{name}={value}")])
    )
    container.ports["5432"] = ("127.0.0.1", None)  # type: ignore[assignment]  # docker takes an address too
    with contextlib.ExitStack() as stack:
        stack.enter_context(containers_removed(f"{_LABEL}={run}"))
        try:
            stack.enter_context(container)
            server = Server.reached(
                container.get_connection_url(),
                f"in a container of {image}",
                container=container.get_wrapped_container().id,
            )
        except Exception as error:
            reason = f"Docker answers, but a container of {image} did not start: {str(error)[:200]}"
            raise UnavailableError(reason) from error
        yield server


@contextlib.contextmanager
def _client(timeout: int = 5) -> Iterator[Any]:
    import docker

    _knock()
    try:
        client = docker.from_env(timeout=timeout)
    except Exception as error:
        raise UnavailableError(f"no Docker: {str(error)[:120]}") from error
    with contextlib.closing(client):
        yield client


def _knock() -> None:
    """See whether anybody listens; Docker's library leaves its socket open when nobody does."""
    host = os.environ.get("DOCKER_HOST", "unix:///var/run/docker.sock")
    if not host.startswith("unix://"):
        return
    with socket.socket(socket.AF_UNIX) as door:
        try:
            door.connect(host.removeprefix("unix://"))
        except OSError as error:
            raise UnavailableError(f"no Docker at {host}: {error}") from error


def _is_local(client: Any, image: str) -> bool:
    import docker.errors

    try:
        client.images.get(image)
    except docker.errors.APIError:  # not here, or no name of an image
        return False
    return True
