"""A scenario that the store does not have: every command that takes one says which was meant."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from swarmstore import LearningStore, SnapshotNotFoundError
from swarmstore.cli.app import app, main
from swarmstore.cli.options import check_scenarios
from tests.snapshots import simple

COMMANDS = [
    ["sessions", "NAME"],
    ["sessions", "NAME", "--follow"],
    ["show", "scenario", "NAME"],
    ["show", "session", "NAME", "1"],
    ["merge", "NAME"],
    ["learn", "NAME"],
    ["prune", "NAME", "--keep-latest", "1"],
    ["prune", "NAME", "--older-than", "1", "--dry-run"],
    ["forget", "NAME", "1"],
    ["forget", "NAME", "--since", "0", "--dry-run"],
    ["sources", "NAME"],
    ["report", "--scenario", "NAME"],
    ["export", "frames", "--format", "csv", "--scenario", "NAME"],
]


@pytest.fixture
def url(sqlite_url: str) -> str:
    with LearningStore.open(sqlite_url) as store:
        for name in ("troubleshooting", "Deep-Search", "simple_qa"):
            store.save_session(name, simple())
    return sqlite_url


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_misspelled_scenario_is_named_and_nothing_is_done(
    url: str,
    command: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    before = sorted(tmp_path.iterdir())
    given = [each.replace("NAME", "trubleshooting") for each in command]
    monkeypatch.setattr("sys.argv", ["swarmstore", *given, "--url", url])
    with pytest.raises(SystemExit) as ended:
        main()
    printed = capsys.readouterr()
    assert (ended.value.code, printed.out) == (1, "")
    said = "error: there is no scenario 'trubleshooting'; did you mean 'troubleshooting'?\n"
    assert printed.err == said
    assert [path for path in sorted(tmp_path.iterdir()) if path not in before] == []


def test_every_command_that_takes_a_scenario_is_here(capsys: pytest.CaptureFixture[str]) -> None:
    """But `ingest`, whose scenario may be a new one."""
    with pytest.raises(SystemExit):
        app(["--help"])
    names = re.findall(r"^  (\w+) ", capsys.readouterr().out.partition("Set up:")[2], re.MULTILINE)
    for name in [*names, "show scenario", "show session"]:
        with pytest.raises(SystemExit):
            app([*name.split(), "--help"])
        takes_one = re.search(r"  SCENARIO|--scenario", capsys.readouterr().out)
        listed = any(" ".join(command).startswith(name) for command in COMMANDS)
        if name not in {"ingest", "show"}:
            assert (name, bool(takes_one)) == (name, listed)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("deep-search", "did you mean 'Deep-Search'?"),
        ("simple-qa", "did you mean 'simple_qa'?"),
        ("xyz", "`swarmstore scenarios` lists those that there are"),
    ],
)
def test_what_was_meant_is_guessed_whatever_the_case(url: str, given: str, said: str) -> None:
    with LearningStore.open(url) as store, pytest.raises(SnapshotNotFoundError) as refused:
        check_scenarios(store, [given])
    assert str(refused.value) == f"there is no scenario {given!r}; {said}"


def test_a_store_without_scenarios_says_so() -> None:
    with (
        LearningStore.open("sqlite://") as store,
        pytest.raises(SnapshotNotFoundError, match="has none yet"),
    ):
        check_scenarios(store, ["s"])
