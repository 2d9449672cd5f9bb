"""`swarmstore sessions`: what it lists, of which sessions, and from when on."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from typing import cast

import pytest

from swarmstore import LearningPhase, LearningSnapshot, LearningStore, SessionSummary
from swarmstore.cli import output
from swarmstore.contracts import capabilities
from tests.cli.running import answer, data, done, run
from tests.snapshots import simple


def made(number: int) -> LearningSnapshot:
    snapshot = simple()
    snapshot.metadata.phase = [LearningPhase.RELEASE, None][number % 2]
    snapshot.metadata.group_id = f"g{number % 3}"
    snapshot.metadata.total_actions = 1_000 + number
    snapshot.metadata.total_episodes = number + 2
    snapshot.episode_transitions.success_episodes = number
    snapshot.episode_transitions.failure_episodes = 2
    return snapshot


@pytest.fixture
def url(database_url: str) -> str:
    """Six sessions, one a day from 2026-01-31 on, and one whose id is not a time."""
    with LearningStore.open(database_url) as store:
        for number in range(6):
            store.save_session("s", made(number), str(1_769_862_600 + 86_400 * number))
        store.save_session("s", made(6), "by-hand")
    return database_url


def test_a_session_is_listed_with_its_outcome_and_what_its_metadata_say(url: str) -> None:
    rows = [line.split() for line in done("sessions", "s", url=url).splitlines()]
    assert ["1769862600", "2026-01-31", "12:30:00", "0/2", "1,000", "release", "g0"] in rows
    assert ["1769949000", "2026-02-01", "12:30:00", "1/2", "1,001", "g1"] in rows
    assert ["by-hand", "6/2", "1,006", "release", "g0"] in rows
    listed = data("sessions", "s", url=url)
    assert listed[0] == {
        "session_id": "1769862600",
        "timestamp": 1769862600,
        "total_episodes": 2,
        "total_actions": 1000,
        "success_episodes": 0,
        "failure_episodes": 2,
        "phase": "release",
        "group_id": "g0",
    }
    assert (len(listed), listed[-1]["timestamp"]) == (7, None)


@pytest.mark.parametrize(
    ("options", "actions"),
    [
        (["--latest", "2"], [1005, 1006]),
        (["--since", "2026-02-03", "--until", "2026-02-04T12:30"], [1003, 1004]),
        (["--phase", "release"], [1000, 1002, 1004, 1006]),
        (["--group", "g1"], [1001, 1004]),
        (["--group", "g1", "--phase", "release", "--latest", "5"], [1004]),
    ],
    ids=str,
)
def test_options_choose_sessions(url: str, options: list[str], actions: list[int]) -> None:
    assert [each["total_actions"] for each in data("sessions", "s", *options, url=url)] == actions
    shown = done("sessions", "s", *options, url=url)
    assert [number in shown for number in ("1,000", "1,005")] == [1000 in actions, 1005 in actions]


def test_none_that_pass_are_said(url: str) -> None:
    assert answer("sessions", "s", "--group", "none", url=url) == "there are no such sessions of 's'\n"
    assert data("sessions", "s", "--group", "none", url=url) == []


@pytest.mark.parametrize(
    "options",
    [("--phase", "none"), ("--latest", "-1"), ("--follow", "--latest", "1"), ("--follow", "--group", "g")],
)
def test_wrong_filters_are_called_wrongly(url: str, options: tuple[str, ...]) -> None:
    ended = run("sessions", "s", *options, url=url)
    assert (ended.returncode, ended.stdout) == (2, "")


@pytest.mark.parametrize("json", [[], ["--json"]], ids=["people", "programs"])
def test_the_first_are_printed_before_the_others_are_read(
    url: str, json: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(output, "_PAGE", 2)
    monkeypatch.setattr(capabilities, "SUMMARIES", 2)
    read = LearningStore.session_summaries
    seen = list[bool]()

    def reading(*given: object, **filters: object) -> Iterator[SessionSummary]:
        for one in read(*given, **filters):  # type: ignore[arg-type]
            stdout = cast("io.TextIOWrapper", sys.stdout)
            stdout.flush()
            seen.append("1769862600" in cast("io.BytesIO", stdout.buffer).getvalue().decode())
            yield one

    monkeypatch.setattr(LearningStore, "session_summaries", reading)
    shown = done("sessions", "s", *json, url=url)
    assert "by-hand" in shown
    assert seen[3:] == [True] * 4
