"""OfflineAnalyzer gives upstream's models."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path
from typing import Any

import pytest

from swarmstore import OfflineAnalyzer
from swarmstore.model.json.codec import encode_model
from tests.golden.cases import folders, read, snapshots, without

CASES = folders("offline")
MOST = 10


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_model_is_upstreams(case: Path, tmp_path: Path) -> None:
    (tmp_path / "model.json").write_text(encode_model(OfflineAnalyzer(snapshots(case)).analyze()))
    assert_same_model(read(tmp_path / "model.json"), read(case / "expected.json"))


def assert_same_model(ours: Any, theirs: Any) -> None:
    """All but `updated_at`, and equally good paths in any order: upstream's is random.

    Of the last rate upstream may have taken others of equally good paths than we do.
    """
    paths, expected = ours["recommended_paths"], theirs["recommended_paths"]
    assert without(ours, "updated_at", "recommended_paths") == without(
        theirs, "updated_at", "recommended_paths"
    )
    assert [path["success_rate"] for path in paths] == [path["success_rate"] for path in expected]
    last = paths[-1]["success_rate"] if len(paths) == MOST else None
    for rate, group in groupby(paths, key=lambda path: path["success_rate"]):
        same_rate = [path for path in expected if path["success_rate"] == rate]
        if rate != last:
            assert sorted(group, key=str) == sorted(same_rate, key=str)


def test_no_snapshots_give_the_defaults() -> None:
    model = OfflineAnalyzer([]).analyze()
    assert (model.analyzed_sessions, model.recommended_paths) == (0, [])
    assert model.parameters.ucb1_c == pytest.approx(2**0.5)
    assert model.strategy_config.maturity_threshold == 10
