"""Fixtures of the command line's tests."""

from __future__ import annotations

import pytest

from swarmstore import LearningStore
from tests.cli.running import SHIPPED


@pytest.fixture
def url(database_url: str) -> str:
    """A store with the shipped one imported."""
    with LearningStore.open(database_url) as store:
        store.import_store(SHIPPED, origin="shipped")
    return database_url
