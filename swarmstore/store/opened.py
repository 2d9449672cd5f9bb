"""The backend of an open store: what all parts of `LearningStore` use it through."""

from __future__ import annotations

from swarmstore.contracts.storage import LearningBackend
from swarmstore.errors import StoreClosedError


class Opened:
    """A backend that is used until it is closed."""

    def __init__(self, backend: LearningBackend) -> None:
        self._backend = backend
        self._is_closed = False

    def close(self) -> None:
        """Close the store: release its connections and files. Any later call raises StoreClosedError."""
        self._is_closed = True
        self._backend.close()

    def _check_open(self) -> None:
        if self._is_closed:
            raise StoreClosedError

    @property
    def _storage(self) -> LearningBackend:
        """The backend, as every call uses it. Raises StoreClosedError."""
        self._check_open()
        return self._backend
