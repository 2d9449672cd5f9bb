"""What a backend promises, takes and gives: the one package that backends and their callers share.

`LearningBackend` is what every backend is; the other protocols are what some can do besides.
`__init__.pyi` lists the public names, each loaded when it is first asked for.
"""

import lazy_loader

from swarmstore.loading import loading

_load, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)


def __getattr__(name: str) -> object:
    with loading():
        return _load(name)
