"""A throw-away PostgreSQL in a container, through testcontainers."""

from __future__ import annotations

import contextlib
import os
import socket
import uuid
from collections.abc import Iterator
from typing import Any

from tests.postgres.afterwards import containers_removed
from tests.postgres.binaries import DURABLE, SETTINGS, free_port, wait_until_ready
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


class Container:
    """A server in a container: `Controlled`."""

    def __init__(self, server: Server, container: Any) -> None:
        self.server, self._container = server, container

    def start(self) -> None:
        """Start, and wait until it answers. Raises UnavailableError."""
        self._container.start()
        wait_until_ready(self.server.dsn, lambda: True, lambda: str(self._container.logs(tail=20)))

    def stop(self) -> None:
        """Shut down in order, without waiting for clients."""
        self._container.kill(signal="SIGINT")
        self._container.wait(timeout=30)

    def kill(self) -> None:
        """End at once, as a crash does."""
        self._container.kill()
        self._container.wait(timeout=30)

    def pause(self) -> None:
        """Freeze: connections stay open, and nothing answers."""
        self._container.pause()

    def resume(self) -> None:
        """Go on after `pause`."""
        self._container.unpause()


@contextlib.contextmanager
def running(image: str) -> Iterator[Server]:
    """A fresh server in a container, removed afterwards, also when this process is killed.

    Raises UnavailableError when it does not start.
    """
    with _started(image, SETTINGS, "tmpfs") as started:
        yield started.server


@contextlib.contextmanager
def controlled(image: str) -> Iterator[Container]:
    """As `running`, with the means to end it and to start it again on the same port."""
    with _started(image, DURABLE, "volume", free_port()) as started:
        yield started


@contextlib.contextmanager
def _started(image: str, settings: dict[str, str], kept: str, port: int | None = None) -> Iterator[Container]:
    """A container that keeps its data in a `tmpfs` or a `volume`, at a port of its own."""
    os.environ.setdefault("TESTCONTAINERS_RYUK_DISABLED", "true")  # an image of its own to pull
    os.environ.setdefault("TESTCONTAINERS_CONNECTION_MODE", "docker_host")
    os.environ.setdefault("TC_POOLING_INTERVAL", "0.1")  # seconds
    os.environ.setdefault("TC_MAX_TRIES", "400")
    from docker.types import Mount
    from testcontainers.community.postgres import PostgresContainer

    run = uuid.uuid4().hex
    data = Mount(target="/var/lib/postgresql/data", source=None, type=kept)
    container = (
        PostgresContainer(image, driver=None)
        .with_kwargs(shm_size="256m", labels={_LABEL: run}, mounts=[data])
        .with_command([part for item in settings.items() for part in ("-c", "=".join(item))])
    )
    container.ports["5432"] = ("127.0.0.1", port)  # type: ignore[assignment]  # docker takes an address too
    with contextlib.ExitStack() as stack:
        stack.enter_context(containers_removed(f"{_LABEL}={run}"))
        try:
            stack.enter_context(container)
            wrapped = container.get_wrapped_container()
            url = container.get_connection_url()
            server = Server.reached(url, f"in a container of {image}", container=wrapped.id)
        except Exception as error:
            reason = f"Docker answers, but a container of {image} did not start: {str(error)[:200]}"
            raise UnavailableError(reason) from error
        yield Container(server, wrapped)


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
