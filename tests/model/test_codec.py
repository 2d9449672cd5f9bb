"""JSON in upstream's shape: both ways, and what is wrong with text that is not it."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from swarmstore import (
    ActionStats,
    AmbiguousNameError,
    InvalidTextError,
    LearningSnapshot,
    NonFiniteNumberError,
    OfflineModel,
    OptimalParameters,
    SnapshotFormatError,
    StrategySwitchEvent,
)
from swarmstore.conformance.any_snapshots import models, plain_names, snapshots
from swarmstore.model.json.codec import (
    decode_model,
    decode_snapshot,
    encode_model,
    read_model,
    snapshot_from_wire,
    snapshot_to_wire,
)
from swarmstore.model.json.joined_keys import SplitKeys
from tests.snapshots import any_named, full, model

UPSTREAM = json.loads("""
{"version":1,
 "metadata":{"scenario_name":"x","task_description":null,"created_at":1700000060,"session_count":1,
   "total_episodes":2,"total_actions":73,"phase":"bootstrap"},
 "episode_transitions":{"success_transitions":{"A:B":6},"failure_transitions":{"B:C":7},
   "success_episodes":1,"failure_episodes":1},
 "ngram_stats":{"trigrams":{"A:B:C":[5,4]},"quadgrams":{"A:B:C:D":[1,2]}},
 "selection_performance":{"strategy_stats":{"Greedy":{"visits":36,"successes":26,"failures":10,"usage_count":3,
     "episodes_success":4,"episodes_failure":0}},
   "switch_history":[{"from":"FIFO","to":"UCB1","visits_at_switch":6,"success_rate_at_switch":0.2,
     "from_strategy_success_rate":0.1}],
   "current_strategy":"Greedy","strategy_start_visits":72,"strategy_start_success_rate":0.6},
 "contextual_stats":{},
 "action_stats":{"Diagnose":{"visits":37,"successes":34,"failures":3,"discoveries":0,"total_duration":18019,
   "kpi_total":0.0,"kpi_count":0}}}
""")


def test_upstreams_text_comes_back_as_the_same_data_in_the_same_order() -> None:
    text = LearningSnapshot.from_json(json.dumps(UPSTREAM)).to_json()
    assert json.loads(text) == UPSTREAM
    assert [*json.loads(text)] == [*UPSTREAM]
    assert text.startswith('{\n  "version": 1,\n')


@pytest.mark.property
@given(snapshots(actions=plain_names))
def test_a_snapshot_survives_json(snapshot: LearningSnapshot) -> None:
    loaded = LearningSnapshot.from_json(snapshot.to_json())
    assert loaded == snapshot
    assert loaded.to_json() == snapshot.to_json()


@pytest.mark.property
@given(models())
def test_a_model_survives_json(given_model: OfflineModel) -> None:
    assert decode_model(encode_model(given_model)) == given_model


def test_everything_survives_json_to_the_sign_of_zero() -> None:
    loaded = LearningSnapshot.from_json(full().to_json())
    assert loaded == full()
    assert str(loaded.contextual_stats["A", "B"].kpi_total) == "-0.0"


def test_maps_are_written_in_byte_order() -> None:
    snapshot = full()
    keys = list(json.loads(snapshot.to_json())["episode_transitions"]["success_transitions"])
    assert keys == sorted(keys)


def test_optional_fields_are_written_as_upstream_does() -> None:
    data = json.loads(LearningSnapshot.empty().to_json())
    assert data["metadata"]["scenario_name"] is None
    assert "phase" not in data["metadata"]
    assert "group_id" not in data["metadata"]
    assert data["selection_performance"]["current_strategy"] is None
    order = json.loads(encode_model(model()))["action_order"]
    assert order["lora"] == {"id": 3, "scale": 0.1}
    assert json.loads(encode_model(OfflineModel()))["action_order"] is None


def test_absent_optionals_and_unknown_fields_are_accepted() -> None:
    data = _copy(UPSTREAM)
    for field in ("scenario_name", "task_description", "phase"):
        del data["metadata"][field]
    del data["selection_performance"]["current_strategy"]
    del data["action_stats"]["Diagnose"]["kpi_total"]
    del data["action_stats"]["Diagnose"]["kpi_count"]
    data["unknown"] = data["metadata"]["unknown"] = {"x": [1]}
    snapshot = LearningSnapshot.from_json(json.dumps(data))
    assert snapshot.metadata.phase is None
    assert snapshot.action_stats["Diagnose"].kpi_total == 0.0


def test_keys_are_split_at_the_first_colons() -> None:
    data = _copy(UPSTREAM)
    data["episode_transitions"]["success_transitions"] = {"a:b:c": 1, ":": 2}
    data["ngram_stats"]["trigrams"] = {"a:b:c:d": [1, 2]}
    data["contextual_stats"] = {"prev:action": data["action_stats"]["Diagnose"]}
    snapshot = LearningSnapshot.from_json(json.dumps(data))
    assert snapshot.episode_transitions.success_transitions == {("a", "b:c"): 1, ("", ""): 2}
    assert snapshot.ngram_stats.trigrams == {("a", "b", "c:d"): (1, 2)}
    assert snapshot.contextual_stats["prev", "action"].visits == 37
    assert json.loads(snapshot.to_json()) == data


def test_keys_that_are_remembered_are_split_in_the_same_way() -> None:
    data = _copy(UPSTREAM)
    for most in (100, 0):  # what there is no room for is split each time
        keys = SplitKeys(most)
        data["episode_transitions"]["success_transitions"] = {"a:b:c": 1, ":": 2, f"new:{most}": 3}
        text = json.dumps(data)
        for _ in range(2):
            assert decode_snapshot(LearningSnapshot, text, keys) == decode_snapshot(LearningSnapshot, text)
    data["ngram_stats"]["trigrams"] = {"a:b": [1, 2]}
    with pytest.raises(SnapshotFormatError, match="3 names"):
        decode_snapshot(LearningSnapshot, json.dumps(data), keys)


def test_a_name_that_would_come_back_as_another_is_refused() -> None:
    with pytest.raises(AmbiguousNameError, match=r"success_transitions: \('a:b', 'c'\)"):
        any_named().to_json()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (
            lambda s: s.action_stats.update({"a": ActionStats(kpi_total=math.nan)}),
            "action_stats['a'].kpi_total",
        ),
        (
            lambda s: s.contextual_stats.update({("a", "b"): ActionStats(kpi_total=math.inf)}),
            "contextual_stats['a:b'].kpi_total",
        ),
        (
            lambda s: s.selection_performance.switch_history.append(
                StrategySwitchEvent("a", "b", 1, -math.inf, 0.0)
            ),
            "selection_performance.switch_history[3].success_rate_at_switch",
        ),
        (
            lambda s: s.selection_performance.switch_history.append(
                StrategySwitchEvent("a", "b", 1, 0.0, math.nan)
            ),
            "selection_performance.switch_history[3].from_strategy_success_rate",
        ),
        (
            lambda s: setattr(s.selection_performance, "strategy_start_success_rate", math.nan),
            "selection_performance.strategy_start_success_rate",
        ),
    ],
)
def test_what_json_has_no_number_for_is_refused(
    change: Callable[[LearningSnapshot], object], field: str
) -> None:
    snapshot = full()
    change(snapshot)
    with pytest.raises(NonFiniteNumberError) as refused:
        snapshot.to_json()
    assert refused.value.field == field


def test_a_model_that_json_has_no_number_for_is_refused() -> None:
    with pytest.raises(NonFiniteNumberError, match=r"parameters\.ucb1_c"):
        encode_model(OfflineModel(parameters=OptimalParameters(ucb1_c=math.nan)))


def test_a_lone_surrogate_is_refused() -> None:
    snapshot = LearningSnapshot(action_stats={"a\ud800": ActionStats()})
    with pytest.raises(InvalidTextError, match=r"'a\\ud800' contains a lone surrogate"):
        snapshot.to_json()


def test_escaped_names_may_be_any() -> None:
    read = snapshot_to_wire(any_named(), escaped=True)
    assert snapshot_from_wire(LearningSnapshot, read, escaped=True) == any_named()
    with pytest.raises(AmbiguousNameError):
        snapshot_to_wire(any_named())


def _copy(data: Any) -> Any:
    return json.loads(json.dumps(data))


def _put(path: str, value: object) -> str:
    data = _copy(UPSTREAM)
    *owners, last = path.split("/")
    owner = data
    for step in owners:
        owner = owner[int(step) if isinstance(owner, list) else step]
    if value is ...:
        del owner[last]
    else:
        owner[last] = value
    return json.dumps(data)


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("metadata/created_at", ..., "$.metadata: Object missing required field created_at"),
        ("contextual_stats", ..., "$: Object missing required field contextual_stats"),
        ("metadata/phase", "warmup", "$.metadata.phase: Invalid enum value 'warmup'"),
        (
            "episode_transitions/success_transitions/X:Y",
            "6",
            '$.episode_transitions.success_transitions["X:Y"]: Expected int, got str',
        ),
        ("episode_transitions/success_transitions/X:Y", 1.5, '["X:Y"]: Expected int, got float'),
        (
            "ngram_stats/trigrams/X:Y:Z",
            [1, None],
            '$.ngram_stats.trigrams["X:Y:Z"][1]: Expected int, got null',
        ),
        ("ngram_stats/trigrams/X:Y:Z", [1], '$.ngram_stats.trigrams["X:Y:Z"]: Expected array of length 2'),
        ("ngram_stats/trigrams/X:Y", [1, 2], '$.ngram_stats.trigrams["X:Y"]: the key must be 3 names'),
        ('ngram_stats/trigrams/X"\n', [1, 2], r'$.ngram_stats.trigrams["X\"\n"]: the key must be 3 names'),
        ("ngram_stats/quadgrams/X:Y:Z", [1, 2], '$.ngram_stats.quadgrams["X:Y:Z"]: the key must be 4 names'),
        ("metadata/total_actions", 1.0, "$.metadata.total_actions: Expected int, got float"),
        ("metadata/total_actions", True, "$.metadata.total_actions: Expected int, got bool"),
        ("metadata/scenario_name", 5, "$.metadata.scenario_name: Expected str | null, got int"),
        (
            "contextual_stats/X",
            UPSTREAM["action_stats"]["Diagnose"],
            '$.contextual_stats["X"]: the key must be 2',
        ),
        ("action_stats/a b", {"visits": 1}, '$.action_stats["a b"]: Object missing required field successes'),
        (
            "selection_performance/switch_history",
            [UPSTREAM["selection_performance"]["switch_history"][0], {"from": 1}],
            "$.selection_performance.switch_history[1].from: Expected str, got int",
        ),
        (
            "action_stats/Diagnose/kpi_total",
            None,
            "$.action_stats.Diagnose.kpi_total: Expected float, got null",
        ),
    ],
)
def test_a_bad_field_is_named_with_its_path(path: str, value: object, said: str) -> None:
    with pytest.raises(SnapshotFormatError) as refused:
        LearningSnapshot.from_json(_put(path, value))
    assert said in str(refused.value)


def test_of_several_bad_fields_the_first_is_named() -> None:
    data = _copy(UPSTREAM)
    data["episode_transitions"]["success_transitions"] = {"A:B": 1, "C:D": 2, "X:Y": "6", "Z:Z": None}
    data["action_stats"]["Diagnose"]["visits"] = "37"
    with pytest.raises(SnapshotFormatError) as refused:
        LearningSnapshot.from_json(json.dumps(data))
    where = '$.episode_transitions.success_transitions["X:Y"]'
    assert str(refused.value) == f"{where}: Expected int, got str"


@pytest.mark.parametrize(
    "rest",
    [
        "",
        ',"z":"\\ud800"}',
        ',"episode_transitions":{}}',
        ',"episode_transitions":5}',
        ',"z":' + "[" * 100_000,
    ],
)
def test_a_bad_field_is_named_whatever_follows_it(rest: str) -> None:
    data = {"episode_transitions": {"success_transitions": {"A:B": "6"}}}
    with pytest.raises(SnapshotFormatError, match=r"^\$\.episode_transitions\.success_transitions.*got str$"):
        LearningSnapshot.from_json(json.dumps(data)[:-1] + rest)


def test_a_bad_field_is_named_before_bytes_that_are_no_text() -> None:
    text = b'{"version":"1","metadata":"\xff"}'
    with pytest.raises(SnapshotFormatError, match=r"^\$\.version: Expected int, got str$"):
        LearningSnapshot.from_json(text)


@pytest.mark.parametrize("number", ["18446744073709551615", "18446744073709551616", "1" + "0" * 400])
def test_an_integer_is_never_read_as_a_double(number: str) -> None:
    text = json.dumps(UPSTREAM).replace('"total_actions": 73', f'"total_actions": {number}')
    try:
        read = LearningSnapshot.from_json(text).metadata.total_actions
    except SnapshotFormatError as error:
        assert "$.metadata.total_actions" in str(error)  # noqa: PT017 (either is right)
    else:
        assert read == int(number)
        assert type(read) is int


def test_an_integer_is_read_where_a_double_belongs() -> None:
    text = json.dumps(UPSTREAM).replace('"kpi_total": 0.0', '"kpi_total": 3')
    kpi = LearningSnapshot.from_json(text).action_stats["Diagnose"].kpi_total
    assert (kpi, type(kpi)) == (3.0, float)


@pytest.mark.parametrize(
    "text", ["", "{", json.dumps(UPSTREAM)[:-40], "[]", "nonsense", b"\xff{}", "[" * 100_000]
)
def test_text_that_is_no_snapshot_is_refused(text: str | bytes) -> None:
    with pytest.raises(SnapshotFormatError):
        LearningSnapshot.from_json(text)


def test_files_are_named_when_they_are_torn(tmp_path: Path) -> None:
    torn = tmp_path / "stats.json"
    torn.write_text(json.dumps(UPSTREAM)[:100])
    with pytest.raises(SnapshotFormatError, match=str(torn)):
        LearningSnapshot.load_json(torn)
    with pytest.raises(SnapshotFormatError, match=str(torn)):
        read_model(torn)
    with pytest.raises(FileNotFoundError):
        LearningSnapshot.load_json(tmp_path / "missing.json")


def test_files_are_written_as_a_whole(tmp_path: Path) -> None:
    path = tmp_path / "stats.json"
    full().save_json(path)
    assert LearningSnapshot.load_json(path) == full()
    with pytest.raises(AmbiguousNameError):
        any_named().save_json(path)
    assert LearningSnapshot.load_json(path) == full()
    assert [entry.name for entry in tmp_path.iterdir()] == ["stats.json"]


def test_whoever_reads_a_file_while_it_is_replaced_has_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "stats.json"
    full().save_json(path)
    with path.open() as reader:
        LearningSnapshot.empty().save_json(path)
        assert LearningSnapshot.from_json(reader.read()) == full()
