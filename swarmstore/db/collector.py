"""Python's collector of cycles, put off while rows become many objects at once.

Each new object brings its next run nearer, and each full run looks at all that the process holds:
reading a hundred sessions would pay for several of them. Snapshots have no cycles to be found.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

from swarmstore.forking import in_children, new_lock

_lock = new_lock()
_within = 0  # blocks that threads are in now
_was_on = False


@contextmanager
def put_off() -> Iterator[None]:
    """Collect nothing before the end of the block, nor of such blocks in other threads."""
    global _within, _was_on  # noqa: PLW0603 - the collector is the process's, too
    with _lock.current:
        if _within == 0:
            _was_on = gc.isenabled()
            gc.disable()
        _within += 1
    try:
        yield
    finally:
        with _lock.current:
            _within -= 1
            if _within == 0 and _was_on:
                gc.enable()


def _begin_anew() -> None:
    """A child has only the thread that forked it: the others' blocks never end there."""
    global _within  # noqa: PLW0603 - as above
    if _within and _was_on:
        gc.enable()
    _within = 0


in_children(_begin_anew)
