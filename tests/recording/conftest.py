"""Fixtures for ingesting traces."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from swarmstore import LearningStore


@pytest.fixture
def store(database_url: str) -> Iterator[LearningStore]:
    """An empty store on a database of each kind."""
    with LearningStore.open(database_url) as opened:
        yield opened
