"""What commands print with --json is as the published schemas say: `run` checks it in every test."""

from __future__ import annotations

import json
from subprocess import CompletedProcess

import pytest
from jsonschema import ValidationError

import swarmstore
from tests.cli.every_command import COMMANDS, ENDS_WITH_1
from tests.cli.running import check_json, data, run
from tests.docs.commands import commands as all_commands


def test_every_command_is_called() -> None:
    assert {command.name for command in all_commands()} == set(COMMANDS)


def test_every_command_prints_what_its_schema_says(commands: dict[str, list[str]]) -> None:
    for name, call in commands.items():
        ended = run(*call, "--json")
        assert ended.returncode == int(not ended.stdout) == int(name in ENDS_WITH_1), (name, ended.stderr)


def test_a_distribution_is_as_its_schema_says(monkeypatch: pytest.MonkeyPatch, sqlite_url: str) -> None:
    """In place of a cluster, which few machines have; the tests of `grant` have roles."""
    report = swarmstore.DistributionReport("…", ["scenarios"], ["sessions"], changed=[], dry_run=True)
    monkeypatch.setattr(swarmstore, "distribute", lambda *_given, **_settings: report)
    assert data("distribute", url=sqlite_url)["spread"] == ["sessions"]


def test_what_a_schema_does_not_say_is_noticed() -> None:
    good = {"file": "report.html", "bytes": 3}
    check_json(CompletedProcess(["report", "--json"], 0, json.dumps(good), ""))
    for bad in (good | {"more": 1}, good | {"bytes": "3"}, {"file": "report.html"}):
        with pytest.raises(ValidationError):
            check_json(CompletedProcess(["report", "--json"], 0, json.dumps(bad), ""))
    with pytest.raises(ValidationError):
        check_json(CompletedProcess(["report", "--json"], 1, "", '{"error": "no object"}'))
