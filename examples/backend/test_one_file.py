"""Every promise of a backend, kept by `OneFileBackend`."""

from pathlib import Path

import pytest
from one_file import OneFileBackend

from swarmstore.conformance import LEARNING_BACKEND, BackendConformance, Capability


class TestOneFile(BackendConformance):
    capabilities = LEARNING_BACKEND | {
        Capability.ANY_ACTION_NAMES,
        Capability.LONG_SCENARIO_NAMES,
        Capability.PROCESSES,
    }

    @pytest.fixture
    def backend(self, tmp_path: Path) -> OneFileBackend:
        return OneFileBackend(tmp_path / "store.pickle")
