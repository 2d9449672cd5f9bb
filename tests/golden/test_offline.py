"""OfflineAnalyzer gives upstream's models."""

from __future__ import annotations

from pathlib import Path

import pytest

from swarmstore import OfflineAnalyzer
from swarmstore.model.json.codec import encode_model
from tests.golden.cases import assert_same_model, folders, read, snapshots

CASES = folders("offline")


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_model_is_upstreams(case: Path, tmp_path: Path) -> None:
    (tmp_path / "model.json").write_text(encode_model(OfflineAnalyzer(snapshots(case)).analyze()))
    assert_same_model(read(tmp_path / "model.json"), read(case / "expected.json"))


def test_no_snapshots_give_the_defaults() -> None:
    model = OfflineAnalyzer([]).analyze()
    assert (model.analyzed_sessions, model.recommended_paths) == (0, [])
    assert model.parameters.ucb1_c == pytest.approx(2**0.5)
    assert model.strategy_config.maturity_threshold == 10
