"""Modules are loaded as a whole, also where a signal comes meanwhile, as of Ctrl-C.

What modules of libraries know of each other half loaded stays so: the process could never use them.
"""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from importlib import import_module
from types import FrameType

from swarmstore.errors import ConfigurationError

_NAMES = ("SIGINT", "SIGTERM", "SIGALRM", "SIGHUP", "SIGUSR1", "SIGUSR2", "SIGBREAK")
_NUMBERS = tuple(getattr(signal, name) for name in _NAMES if hasattr(signal, name))


@contextmanager
def loading() -> Iterator[None]:
    """Within it, modules are loaded: handlers of signals, which may raise, are called at its end.

    Signals interrupt the main thread alone.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    handlers = {number: found for number in _NUMBERS if callable(found := signal.getsignal(number))}
    noted: dict[int, None] = {}
    goes_on = True

    def note(number: int, frame: FrameType | None) -> None:
        if goes_on:
            noted[number] = None
        else:  # of a block whose end was interrupted
            handlers[number](number, frame)

    try:
        with suppress(ValueError):  # an interpreter within another program has no signals
            for number in handlers:
                signal.signal(number, note)
        yield
    except ImportError:
        if sys.meta_path:
            raise
        raise ConfigurationError(
            "the interpreter is ending and cannot load the modules that this call needs; call it earlier, or "
            "from a function registered with atexit"
        ) from None
    finally:
        goes_on = False
        for number, handler in handlers.items():
            if signal.getsignal(number) is note:
                signal.signal(number, handler)
        _raise(list(noted))


def loaded_when_asked_for(
    package: str, names: Mapping[str, str]
) -> tuple[Callable[[str], object], Callable[[], list[str]], list[str]]:
    """Make `__getattr__`, `__dir__` and `__all__` of a package, of its names by the module that has them."""
    modules = {name: module for module, of_module in names.items() for name in of_module.split()}

    def load(name: str) -> object:
        if name not in modules:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        with loading():
            found: object = getattr(import_module(f"{package}.{modules[name]}"), name)
        setattr(sys.modules[package], name, found)
        return found

    return load, lambda: sorted(modules), sorted(modules)


def _raise(numbers: Sequence[int]) -> None:
    """Have each of these signals arrive, whatever the handler of another one raises."""
    if numbers:
        try:
            signal.raise_signal(numbers[0])
        finally:
            _raise(numbers[1:])
