"""The SQL-backed store for what swarms of AI agents learn.

Open a store with `LearningStore.open(url)`; everything else is reached from there. Errors all
derive from `SwarmstoreError`; `help(swarmstore.errors)` shows the tree.

`__init__.pyi` lists the public names; each is loaded when it is first asked for, so that an agent
loads no more than it uses.
"""

import typing  # noqa: F401 - dataclasses look for it, and would find it half loaded by another thread

import lazy_loader

from swarmstore.loading import loading

_load, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)


def __getattr__(name: str) -> object:
    with loading():
        return _load(name)
