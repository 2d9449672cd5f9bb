"""A number that nothing can hold is named with its entry, as any other bad field is."""

from __future__ import annotations

import json
from typing import Any

import pytest

from swarmstore import LearningSnapshot, SnapshotFormatError
from swarmstore.model.json.codec import decode_model, encode_model
from tests.snapshots import full, model


def _with(text: str, path: list[str | int], number: str) -> str:
    data = json.loads(text)
    owner: Any = data
    for step in path[:-1]:
        owner = owner[step]
    owner[path[-1]] = "@"
    return json.dumps(data).replace('"@"', number)


@pytest.mark.parametrize("number", ["1e400", "-1e400", "1" + "0" * 5000])
@pytest.mark.parametrize(
    ("path", "said"),
    [
        (["action_stats", "A", "kpi_total"], "$.action_stats.A.kpi_total"),
        (["action_stats", "A", "visits"], "$.action_stats.A.visits"),
        (["contextual_stats", "A:B", "kpi_total"], '$.contextual_stats["A:B"].kpi_total'),
        (["ngram_stats", "trigrams", "A:B:C", 1], '$.ngram_stats.trigrams["A:B:C"][1]'),
        (
            ["selection_performance", "switch_history", 0, "success_rate_at_switch"],
            "$.selection_performance.switch_history[0].success_rate_at_switch",
        ),
        (["metadata", "created_at"], "$.metadata.created_at"),
    ],
)
def test_its_entry_is_named(path: list[str | int], said: str, number: str) -> None:
    snapshot = full()
    snapshot.ngram_stats.trigrams["A", "B", "C"] = (1, 2)
    with pytest.raises(SnapshotFormatError) as refused:
        LearningSnapshot.from_json(_with(snapshot.to_json(), path, number))
    assert str(refused.value).startswith(f"{said}: ")
    assert "out of range" in str(refused.value)


def test_the_first_of_several_is_named_whatever_is_wrong_with_it() -> None:
    text = full().to_json().replace('"kpi_total"', '"kpi_total": 1e400, "was"')
    with pytest.raises(
        SnapshotFormatError, match=r'^\$\.contextual_stats\["[^"]+"\]\.kpi_total: Number out of range$'
    ):
        LearningSnapshot.from_json(text)


def test_a_models_entry_is_named() -> None:
    text = _with(encode_model(model()), ["recommended_paths", 0, "success_rate"], "1e999")
    with pytest.raises(
        SnapshotFormatError, match=r"^\$\.recommended_paths\[0\]\.success_rate: Number out of range$"
    ):
        decode_model(text)
