"""Tests for anybody's backend: inherit from `BackendConformance`, give it a fixture, run pytest.

    class TestMine(BackendConformance):
        @pytest.fixture
        def backend(self):
            return MyBackend()

It needs pytest and Hypothesis: `pip install 'swarmstore[conformance]'`. Each file in `promises` has the
tests of one promise, and the docstring of a test says what is promised. As in `swarmstore`, each name is
loaded when it is first asked for, and `__init__.pyi` is for type checkers.
"""

from swarmstore.extras import module_of
from swarmstore.loading import loaded_when_asked_for

_load, __dir__, __all__ = loaded_when_asked_for(
    __name__, {"capability": "LEARNING_BACKEND Capability", "suite": "BackendConformance"}
)


def __getattr__(name: str) -> object:
    if name in __all__:
        for needed in ("pytest", "hypothesis"):
            module_of("conformance", needed)
    return _load(name)
