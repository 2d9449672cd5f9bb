"""`swarmstore prune` of many scenarios, as from cron; and `swarmstore merge` of a phase and a group."""

from __future__ import annotations

import pytest

from swarmstore import LearningPhase, LearningStore
from tests.cli.running import answer, data, run
from tests.snapshots import simple

DAY = 86_400
FIRST = 1_769_862_600  # 2026-01-31 12:30


@pytest.fixture
def url(database_url: str) -> str:
    """Two scenarios with a session a day, and one with a session of this moment."""
    with LearningStore.open(database_url) as store:
        for number in range(4):
            for scenario in ("a", "b"):
                snapshot = simple()
                snapshot.metadata.phase = list(LearningPhase)[number % 2]
                snapshot.metadata.group_id = f"g{number // 2}"
                store.save_session(scenario, snapshot, str(FIRST + DAY * number))
        store.save_session("c", simple())
    return database_url


def test_all_scenarios_are_pruned_a_line_each_and_nothing_to_do_is_success(url: str) -> None:
    command = ("prune", "--all", "--keep-latest", "2")
    assert answer(*command, "--dry-run", url=url).splitlines() == [
        "a: 2 sessions would be removed",
        "b: 2 sessions would be removed",
        "c: 0 sessions would be removed",
    ]
    assert answer(*command, url=url).splitlines() == [
        "a: 2 sessions removed",
        "b: 2 sessions removed",
        "c: 0 sessions removed",
    ]
    assert data(*command, url=url) == {
        "dry_run": False,
        "scenarios": [{"scenario": name, "sessions": 0} for name in "abc"],
    }


def test_named_scenarios_alone_are_pruned(url: str) -> None:
    assert answer("prune", "b", "c", "--older-than", "30d", url=url).splitlines() == [
        "b: 4 sessions removed",
        "c: 0 sessions removed",
    ]
    assert [len(data("sessions", name, url=url)) for name in "abc"] == [4, 0, 1]


def test_a_scenario_that_is_named_twice_is_pruned_and_told_once(url: str) -> None:
    command = ("prune", "a", "a", "--keep-latest", "1")
    assert answer(*command, "--dry-run", url=url) == "a: 3 sessions would be removed\n"
    assert data(*command, url=url)["scenarios"] == [{"scenario": "a", "sessions": 3}]


def test_with_both_rules_the_newest_stay_and_so_do_younger_ones(url: str) -> None:
    rules = ("--older-than", "2026-02-02", "--keep-latest")
    assert answer("prune", "a", *rules, "1", "--dry-run", url=url) == "a: 2 sessions would be removed\n"
    assert answer("prune", "a", *rules, "3", url=url) == "a: 1 session removed\n"
    assert data("sessions", "a", url=url)[0]["session_id"] == str(FIRST + DAY)


def test_nothing_is_removed_when_one_of_the_names_is_wrong(url: str) -> None:
    ended = run("prune", "a", "nowhere", "--keep-latest", "0", url=url)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert len(data("sessions", "a", url=url)) == 4


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--keep-latest", "1"], "name scenarios, or give --all"),
        (["a", "--all", "--keep-latest", "1"], "name scenarios, or give --all"),
        (["--all"], "give --keep-latest, --older-than or both"),
        (["--all", "--older-than", "soon"], "'soon' is not a time"),
    ],
    ids=lambda given: given if isinstance(given, str) else " ".join(given),
)
def test_a_wrong_call_removes_nothing(url: str, arguments: list[str], said: str) -> None:
    ended = run("prune", *arguments, url=url)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert said in ended.stderr


def test_an_empty_store_has_nothing_to_prune(database_url: str) -> None:
    with LearningStore.open(database_url):
        pass
    assert answer("prune", "--all", "--keep-latest", "0", url=database_url) == ""


def test_a_phase_and_a_group_are_merged(url: str) -> None:
    for options, count in (
        (["--phase", "bootstrap"], 2),
        (["--group", "g1"], 2),
        (["--phase", "bootstrap", "--group", "g1"], 1),
    ):
        assert data("merge", "a", *options, url=url)["metadata"]["session_count"] == count, options
    assert data("merge", "a", "--group", "none", url=url)["action_stats"] == {}


@pytest.mark.parametrize("none", [("--group", "g9"), ("--since", "2099-01-01"), ("--latest", "0")])
def test_a_merge_of_no_session_says_so(url: str, none: tuple[str, str]) -> None:
    assert answer("merge", "a", *none, url=url) == "there are no such sessions of 'a'\n"
    assert data("merge", "a", *none, url=url)["metadata"]["total_actions"] == 0
