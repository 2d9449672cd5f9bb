"""Many processes that begin the same call at the same moment."""

from __future__ import annotations

import contextlib
import io
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from threading import Barrier
from unittest.mock import patch

from swarmstore import LearningSnapshot, LearningStore
from swarmstore.cli import main

_SECONDS = 120
_together: Barrier


def at_once(call: Callable[[str], str], argument: str, processes: int) -> list[str]:
    """What `call(argument)` gives in each of so many processes; whatever it raises is raised."""
    # children of one process that has imported everything begin far closer together than programs do
    context = get_context("forkserver")
    context.set_forkserver_preload([__name__, "alembic.command"])
    barrier = context.Barrier(processes)
    with ProcessPoolExecutor(processes, context, _wait_at, (barrier,)) as pool:
        return list(pool.map(call, [argument] * processes, timeout=_SECONDS))


def _wait_at(barrier: Barrier) -> None:
    global _together  # noqa: PLW0603 - a process of a pool is given things no other way
    _together = barrier


def upgrade_by_command(url: str) -> str:
    """Run `swarmstore upgrade`; what it prints."""
    _together.wait(_SECONDS)
    arguments = ["swarmstore", "upgrade", "--url", url, "--json"]
    with patch.object(sys, "argv", arguments), contextlib.redirect_stdout(io.StringIO()) as printed:
        try:
            main()
        except SystemExit as end:
            if end.code:
                raise RuntimeError(f"swarmstore upgrade ended with {end.code}") from end
    return printed.getvalue()


def open_and_save(url: str) -> str:
    """Open the store and save a session; its id."""
    _together.wait(_SECONDS)
    with LearningStore.open(url) as store:
        return str(store.save_session("s", LearningSnapshot.empty()))
