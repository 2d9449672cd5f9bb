"""How far long work is, on stderr and only where somebody watches."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import swarmstore
from swarmstore.cli.output import errors, goes_to_terminal


@contextmanager
def told(what: str) -> Iterator[swarmstore.Progress]:
    """A progress bar, and what to call with how much is done and how much there is."""
    if not goes_to_terminal(errors):
        yield lambda _done, _total: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=errors, transient=True) as bar:
        task = bar.add_task(what, total=None)

        def tell(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        yield tell
