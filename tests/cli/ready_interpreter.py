"""The program `swarmstore` many times, in processes of its own that start in a tenth of the time.

An interpreter that has loaded what the program needs forks for each run. The command line itself, which
looks at its environment as it is loaded, is loaded anew; streams are made as Python makes them at its
start, and the process ends as Python ends.
"""

from __future__ import annotations

import gc
import io
import json
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from subprocess import CompletedProcess
from typing import IO

_ORDER = 8  # bytes that say how long what follows is


class ReadyInterpreter:
    """Runs the program with arguments, an environment and streams of their own."""

    def __init__(self, orders: socket.socket) -> None:
        self._orders = orders

    def run(
        self, *arguments: str, environment: Mapping[str, str], stdout: IO[str] | None = None
    ) -> CompletedProcess[str]:
        """As a user would, into pipes or the given file; what it printed and how it ended."""
        with ThreadPoolExecutor(2) as readers:
            (printed, to_print), (told, to_tell) = os.pipe(), os.pipe()
            texts = [readers.submit(_text, end) for end in (printed, told)]
            try:
                code = self._code(["-c", *arguments], environment, [stdout or to_print, to_tell])
            finally:
                os.close(to_print)
                os.close(to_tell)
            return CompletedProcess(arguments, code, *[text.result() for text in texts])

    def _code(self, arguments: list[str], environment: Mapping[str, str], ends: list[IO[str] | int]) -> int:
        order = json.dumps([arguments, {**os.environ, **environment}, os.getcwd()]).encode()  # noqa: PTH109
        numbers = [end if isinstance(end, int) else end.fileno() for end in ends]
        socket.send_fds(self._orders, [len(order).to_bytes(_ORDER, "big")], numbers)
        self._orders.sendall(order)
        return int.from_bytes(_received(self._orders, _ORDER), "big", signed=True)


def _text(pipe: int) -> str:
    with open(pipe, encoding="utf-8", errors="surrogateescape") as lines:
        return lines.read()


@contextmanager
def ready_interpreter() -> Iterator[ReadyInterpreter]:
    """One that runs until the end of the block."""
    ours, its = socket.socketpair()
    with ours, subprocess.Popen([sys.executable, __file__, str(its.fileno())], pass_fds=[its.fileno()]):
        its.close()
        yield ReadyInterpreter(ours)
        ours.close()


def _received(orders: socket.socket, size: int) -> bytes:
    received = b""
    while len(received) < size:
        more = orders.recv(size - len(received))
        if not more:
            raise EOFError
        received += more
    return received


def _load() -> None:
    """Everything but the command line, as the first store that is opened does."""
    import swarmstore.cli.app
    from swarmstore.db.doctor import diagnose

    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/store.db"
        with swarmstore.LearningStore.open(url) as store:
            store.summaries()
        diagnose(url)
    for name in [name for name in sys.modules if name.startswith("swarmstore.cli")]:
        del sys.modules[name]
    gc.freeze()  # children need not look for garbage in it


def _wait_for_order(orders: socket.socket) -> None:
    """Fork for each order, and return in the child."""
    while True:
        size, streams, _, _ = socket.recv_fds(orders, _ORDER, 2)
        if not size:
            sys.exit()
        sys.argv, environment, folder = json.loads(_received(orders, int.from_bytes(size, "big")))
        child = os.fork()
        if not child:
            orders.close()
            os.environ.clear()
            os.environ.update(environment)
            os.chdir(folder)
            _use(streams)
            return
        for stream in streams:
            os.close(stream)
        _, status = os.waitpid(child, 0)
        orders.sendall(os.waitstatus_to_exitcode(status).to_bytes(_ORDER, "big", signed=True))


def _use(streams: list[int]) -> None:
    for number, stream in enumerate(streams, start=1):
        os.dup2(stream, number)
        os.close(stream)
    encoding, _, errors = os.environ.get("PYTHONIOENCODING", "").partition(":")
    errors = errors or ("strict" if encoding else sys.stdout.errors or "strict")
    encoding = encoding or sys.stdout.encoding
    for number, name in enumerate(("stdout", "stderr"), start=1):
        made = io.TextIOWrapper(
            open(number, "wb", closefd=False),  # noqa: SIM115
            encoding,
            "backslashreplace" if name == "stderr" else errors,
            newline="\n",
            line_buffering=name == "stderr",
        )
        setattr(sys, name, made)
        setattr(sys, f"__{name}__", made)


if __name__ == "__main__":
    del sys.path[0]  # the folder of this file
    _load()
    _wait_for_order(socket.socket(fileno=int(sys.argv[1])))
    from swarmstore.cli import main

    main()
