"""Reading sessions in a process of its own, a few batches ahead of what saves them.

Python runs one thread at a time, so that a thread would read when nothing is saved. The process is a
program of its own and not one of `multiprocessing`, which would run the main module of a caller that
does not expect it. It ends with its standard input.
"""

from __future__ import annotations

import gc
import logging
import os
import pickle
import signal
import struct
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from itertools import islice
from typing import IO, cast

from swarmstore.errors import ReaderEndedError
from swarmstore.transfer.importing.session_reader import FoundBatch, SessionReader, WantedFile

MakeReader = Callable[[], SessionReader]
"""Makes a reader, here or, pickled, in another process."""
Batch = Sequence[WantedFile]
_AHEAD = 2
_length = struct.Struct(">Q")

logger = logging.getLogger("swarmstore")


@contextmanager
def reading(make: MakeReader, batches: Iterable[Batch], *, beside: bool) -> Iterator[Iterator[FoundBatch]]:
    """The batches as they were found, in their order.

    beside: read in a process of its own where one can be begun. It ends with the block. The iterator
    raises ReaderEndedError when somebody else ends it.
    """
    process = _begun(make) if beside else None
    if process is None:
        yield map(make().read, batches)
        return
    try:
        yield process.found(batches)
    finally:
        process.end()


def _begun(make: MakeReader) -> _Process | None:
    """None where this program cannot run another Python."""
    if not sys.executable or getattr(sys, "frozen", False):
        return None
    try:
        return _Process(make)
    except (OSError, EOFError) as error:
        logger.warning(
            "reading files in this process, because no other one can be started: %s", error or "it ended"
        )
        return None


class _Process:
    def __init__(self, make: MakeReader) -> None:
        path = os.pathsep.join(each or os.getcwd() for each in sys.path)  # noqa: PTH109 - as text
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "swarmstore.transfer.importing"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": path},
        )
        self._given = cast(IO[bytes], self._process.stdin)
        self._answers = cast(IO[bytes], self._process.stdout)
        # asks in a thread: both sides could wait for the other to read on
        self._thread = ThreadPoolExecutor(1, "swarmstore-reading")
        try:
            _send(self._given, make)
            _receive(self._answers)
        except BaseException:
            self.end()
            raise

    def found(self, batches: Iterable[Batch]) -> Iterator[FoundBatch]:
        rest = iter(batches)
        asked = deque(self._thread.submit(self._ask, batch) for batch in islice(rest, _AHEAD))
        while asked:
            try:
                answer = asked.popleft().result()
            except (EOFError, BrokenPipeError):
                raise ReaderEndedError(
                    f"the process that reads the files ended unexpectedly ({self._process.wait()}); what was "
                    "imported stays: import again for the rest, or, to do without that process, with "
                    "reader_process=False (--no-reader-process)"
                ) from None
            asked.extend(self._thread.submit(self._ask, batch) for batch in islice(rest, 1))
            yield pickle.loads(answer)  # noqa: S301 - from a process of ours

    def end(self) -> None:
        """It has nothing to lose."""
        self._process.kill()
        self._thread.shutdown(cancel_futures=True)
        with suppress(BrokenPipeError), self._process:
            pass

    def _ask(self, batch: Batch) -> bytes:
        _send(self._given, batch)
        return _receive(self._answers)


def serve(given: IO[bytes], answers: IO[bytes]) -> None:
    """Be that process: make the reader that is given, and answer with what it finds."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who began it is told, too, and ends it
    if hasattr(signal, "SIGPIPE"):
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # or who began it is gone
    gc.disable()  # it would look at what is remembered again and again
    try:
        reader = pickle.loads(_receive(given))()  # noqa: S301 - from the process that began this one
        _send(answers, "ready")
        while True:
            _send(answers, reader.read(pickle.loads(_receive(given))))  # noqa: S301 - as above
            gc.collect(0)
    except EOFError:
        return


def _send(pipe: IO[bytes], given: object) -> None:
    content = pickle.dumps(given, pickle.HIGHEST_PROTOCOL)
    pipe.write(_length.pack(len(content)))
    pipe.write(content)
    pipe.flush()


def _receive(pipe: IO[bytes]) -> bytes:
    head = pipe.read(_length.size)
    content = pipe.read(_length.unpack(head)[0]) if len(head) == _length.size else b""
    if not content:
        raise EOFError
    return content
