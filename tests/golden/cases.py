"""Reading the golden cases, and comparing data with what JSON allows for."""

from __future__ import annotations

import json
import math
from itertools import groupby
from pathlib import Path
from typing import Any

from swarmstore import Additive, LearningSnapshot, MergeStrategy, SuccessWeighted, TimeDecay

FOLDER = Path(__file__).parent
DROPPED = ("discoveries", "total_duration", "kpi_total", "kpi_count", "usage_count")
"""What upstream loses in a merge of two or more."""
MOST_PATHS = 10
"""How many recommended paths a model has at most."""


def folders(kind: str) -> list[Path]:
    """The cases of a kind in their order."""
    found = sorted(path for path in (FOLDER / kind).iterdir() if path.is_dir())
    assert found, kind
    return found


def inputs(case: Path) -> list[Path]:
    """The numbered snapshots of a case."""
    return sorted(case.glob("[0-9]*.json"))


def snapshots(case: Path) -> list[LearningSnapshot]:
    """The numbered snapshots of a case, read."""
    return [LearningSnapshot.load_json(path) for path in inputs(case)]


def read(path: Path) -> Any:
    """Plain data."""
    return json.loads(path.read_text())


def strategy_of(name: str, half_life: int | None) -> MergeStrategy:
    """A strategy by upstream's name. Raises CountOutOfRangeError for a half-life of 0."""
    match name:
        case "additive":
            return Additive()
        case "success-weighted":
            return SuccessWeighted()
        case _:
            assert half_life is not None
            return TimeDecay(half_life_sessions=half_life)


def as_data(snapshot: LearningSnapshot) -> Any:
    """A snapshot as the data that its JSON holds."""
    return json.loads(snapshot.to_json())


def without(data: Any, *names: str) -> Any:
    """The data without these fields, at any depth."""
    if isinstance(data, dict):
        return {key: without(value, *names) for key, value in data.items() if key not in names}
    if isinstance(data, list):
        return [without(value, *names) for value in data]
    return data


def close(ours: Any, theirs: Any) -> bool:
    """Equal but for doubles, which upstream's reader may have moved to a neighbour."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        return ours.keys() == theirs.keys() and all(close(ours[key], theirs[key]) for key in ours)
    if isinstance(ours, list) and isinstance(theirs, list):
        return len(ours) == len(theirs) and all(map(close, ours, theirs))
    if isinstance(ours, float) and isinstance(theirs, float):
        return abs(ours - theirs) <= math.ulp(max(abs(ours), abs(theirs)))
    return bool(ours == theirs)


def assert_same_model(ours: Any, theirs: Any) -> None:
    """All but `updated_at`, and equally good paths in any order: upstream's is random.

    Of the last rate upstream may have taken others of equally good paths than we do.
    """
    paths, expected = ours["recommended_paths"], theirs["recommended_paths"]
    assert without(ours, "updated_at", "recommended_paths") == without(
        theirs, "updated_at", "recommended_paths"
    )
    assert [path["success_rate"] for path in paths] == [path["success_rate"] for path in expected]
    last = paths[-1]["success_rate"] if len(paths) == MOST_PATHS else None
    for rate, group in groupby(paths, key=lambda path: path["success_rate"]):
        same_rate = [path for path in expected if path["success_rate"] == rate]
        if rate != last:
            assert sorted(group, key=str) == sorted(same_rate, key=str)
