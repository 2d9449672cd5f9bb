"""One total that no count can hold, beside others: what commands say of it and of those."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from swarmstore import ActionStats, LearningSnapshot, LearningStore
from swarmstore.model.limits import MAX_TOTAL
from tests.cli.running import data, done, run
from tests.snapshots import full, simple


def in_header() -> LearningSnapshot:
    snapshot = full()
    snapshot.metadata.total_actions = MAX_TOTAL
    return snapshot


def in_facts() -> LearningSnapshot:
    snapshot = simple()
    snapshot.action_stats["A"] = ActionStats(visits=MAX_TOTAL)
    return snapshot


@pytest.fixture(params=[in_header, in_facts])
def at_most(request: pytest.FixtureRequest) -> LearningSnapshot:
    made: LearningSnapshot = request.param()
    return made


def fill(url: str, at_most: LearningSnapshot) -> None:
    """Of fine, over and well the total of over overflows."""
    with LearningStore.open(url) as store:
        for scenario in ("fine", "over", "well"):
            store.save_session(scenario, full(), "1700000000")
        store.save_scenario("over", at_most)
        for moment in ("1700000060", "1700000120"):
            store.save_session("over", full(), moment)


def test_scenarios_lists_all_of_them(database_url: str) -> None:
    fill(database_url, in_header())
    rows = [line.split() for line in done("scenarios", url=database_url).splitlines()]
    assert ["over", "3", "overflow", "overflow", "overflow", "2023-11-14", "22:15:20"] in rows
    assert [row[0] for row in rows if row and row[-2:-1] == ["2023-11-14"]] == ["fine", "over", "well"]
    listed = data("scenarios", url=database_url)
    assert [one["total_actions"] is None for one in listed] == [False, True, False]
    assert [one["sessions"] for one in listed] == [1, 3, 1]


def test_what_reads_all_names_the_scenario_and_the_others_can_be_had(
    database_url: str, at_most: LearningSnapshot, tmp_path: Path
) -> None:
    fill(database_url, at_most)
    frames = ["export", str(tmp_path / "frames"), "--format", "csv"]
    report = ["report", "-o", str(tmp_path / "report.html")]
    for command in (frames, report):
        ended = run(*command, url=database_url)
        assert (ended.returncode, ended.stdout) == (1, "")
        assert "the total of scenario 'over' passes 2^63 - 1" in ended.stderr
        assert done(*command, "--scenario", "fine", url=database_url)
        assert "'over'" in run(*command, "--scenario", "over", url=database_url).stderr


def test_what_goes_by_scenario_does_the_others(
    database_url: str, at_most: LearningSnapshot, tmp_path: Path
) -> None:
    fill(database_url, at_most)
    ended = run("export", str(tmp_path / "out"), "--json", url=database_url)
    assert (tmp_path / "out" / "scenarios" / "well" / "stats.json").exists()
    assert [problem["key"] for problem in json.loads(ended.stdout)["problems"]] == ["scenario:over"]
    assert done("verify", "--deep", url=database_url)
    assert run("fold", url=database_url).returncode == 0  # it says on stderr what does not fit
    assert done("rebuild", url=database_url)
    assert done("show", "scenario", "well", url=database_url)
    assert done("show", "global", url=database_url)
    ended = run("show", "scenario", "over", url=database_url)
    assert (ended.returncode, ended.stdout) == (1, "")
