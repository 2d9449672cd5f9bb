"""Backends that can do more than the least that all do, as the tests of it see them."""

from __future__ import annotations

from typing import Protocol

from swarmstore.contracts.capabilities import Analysable, Followable, Importable, Paged, Verifiable
from swarmstore.contracts.storage import LearningBackend


class PagedBackend(LearningBackend, Paged, Protocol):
    """A backend that reads sessions page by page."""


class FollowableBackend(LearningBackend, Followable, Protocol):
    """A backend that can be followed."""


class ImportableBackend(LearningBackend, Importable, Protocol):
    """A backend that stores can be imported into."""


class AnalysableBackend(LearningBackend, Analysable, Protocol):
    """A backend that analysts can look into."""


class VerifiableBackend(LearningBackend, Verifiable, Protocol):
    """A backend whose totals can be checked."""
