"""A throw-away PostgreSQL in a container, through testcontainers."""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import Iterator
from typing import Any

import psycopg

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
    """A fresh server in a container, removed afterwards."""
    os.environ.setdefault("TESTCONTAINERS_RYUK_DISABLED", "true")  # an image of its own to pull
    os.environ.setdefault("TESTCONTAINERS_CONNECTION_MODE", "docker_host")
    os.environ.setdefault("TC_POOLING_INTERVAL", "0.1")
    from testcontainers.community.postgres import PostgresContainer

    _remove_orphans()
    container = (
        PostgresContainer(image, driver=None)
        .with_kwargs(shm_size="256m", labels={_LABEL: str(os.getpid())})
        .with_tmpfs_mount("/var/lib/postgresql/data")
        .with_command([part for name, value in SETTINGS.items() for part in ("-c", f"{name}={value}")])
    )
    container.ports["5432"] = ("127.0.0.1", None)  # type: ignore[assignment]  # docker takes an address too
    with container:
        url = container.get_connection_url()
        with psycopg.connect(url, connect_timeout=10) as connection:
            version = connection.info.server_version
        origin = f"PostgreSQL {version // 10000}.{version % 10000} in a container of {image}"
        yield Server(url, origin, container=container.get_wrapped_container().id)


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
    except docker.errors.ImageNotFound:
        return False
    return True


def _remove_orphans() -> None:
    """Containers of test runs that were killed: nobody else removes them."""
    with _client() as client:
        for container in client.containers.list(all=True, filters={"label": _LABEL}):
            owner = container.labels[_LABEL]
            if owner.isdigit() and not _is_running(int(owner)):
                container.remove(force=True)


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
