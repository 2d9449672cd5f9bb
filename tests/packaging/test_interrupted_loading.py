"""A signal that comes as modules are loaded arrives behind that, and the process can go on with them."""

from __future__ import annotations

import ast
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

import swarmstore
from swarmstore.loading import loading

needs_signals = pytest.mark.skipif(not hasattr(signal, "pthread_kill"), reason="this system has few signals")

AT_A_MODULE = """
import importlib.abc, os, signal, sys, warnings
warnings.simplefilter("ignore")

class Interrupting(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name == {module!r}:
            sys.meta_path.remove(self)
            os.kill(os.getpid(), signal.SIGINT)

sys.meta_path.insert(0, Interrupting())
signal.signal(signal.SIGINT, signal.default_int_handler)

def call():
    import swarmstore
    swarmstore.AsyncLearningStore
    swarmstore.upgrade({url!r})
    swarmstore.LearningStore.open({url!r}).close()

import swarmstore
try:
    call()
except KeyboardInterrupt:
    call()
    print("interrupted, then well")
"""


AT_ONE = [  # each on one database, all on both in the long run
    ("asyncio.transports", "postgresql"),
    ("sqlalchemy.sql.sqltypes", "sqlite"),
    ("sqlalchemy.connectors.asyncio", "sqlite"),
    ("alembic.ddl.impl", "postgresql"),
]
AT_THE_OTHER = [(module, {"sqlite": "postgresql", "postgresql": "sqlite"}[kind]) for module, kind in AT_ONE]


@needs_signals
@pytest.mark.parametrize(
    ("module", "empty_database_url"),
    [*AT_ONE, *[pytest.param(*each, marks=pytest.mark.long) for each in AT_THE_OTHER]],
    indirect=["empty_database_url"],
)
def test_a_first_call_may_be_interrupted_at_any_module(module: str, empty_database_url: str) -> None:
    program = AT_A_MODULE.format(module=module, url=empty_database_url)
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert ended.stdout + ended.stderr == "interrupted, then well\n"


@needs_signals
def test_every_signal_arrives_once_at_the_end() -> None:
    met = list[str]()

    def load() -> None:
        with loading():
            with loading():
                for number in (signal.SIGINT, signal.SIGUSR1, signal.SIGINT):
                    signal.raise_signal(number)
                met.append("inner")
            met.append("outer")

    before = signal.signal(signal.SIGUSR1, lambda *_: met.append("USR1"))
    interrupting = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            load()
        assert met == ["inner", "outer", "USR1"]
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    finally:
        signal.signal(signal.SIGUSR1, before)
        signal.signal(signal.SIGINT, interrupting)


def test_other_threads_have_no_signals_to_hold_back() -> None:
    done = list[bool]()

    def load() -> None:
        with loading():
            done.append(True)

    thread = threading.Thread(target=load)
    thread.start()
    thread.join()
    assert done == [True]


def test_whatever_calls_load_is_loaded_as_a_whole() -> None:
    """The command line may do without: it ends with an interrupt."""
    package = Path(swarmstore.__file__).parent
    bare = [
        f"{path.relative_to(package)}:{node.lineno}"
        for path in package.rglob("*.py")
        if "cli" not in path.parts
        for function in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in function.body
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert bare == []
