"""What two processes do with a backend at once; the other one loads no tests."""

from __future__ import annotations

from multiprocessing.connection import Connection

from swarmstore.conformance.samples import simple
from swarmstore.conformance.shorthand import save
from swarmstore.contracts.storage import LearningBackend

NAMES = ("here", "there")
SAVES = 10


def work(backend: LearningBackend, name: str) -> None:
    """Save sessions of one's own, and after each one that both processes save."""
    for number in range(SAVES):
        save(backend, f"{name} {number:02}", simple())
        save(backend, f"both {number:02}", simple())


def work_elsewhere(backend: LearningBackend, ready: Connection) -> None:
    """Begin as soon as this process has its copy of the backend."""
    ready.send(True)
    work(backend, NAMES[1])
