"""Help: whole sentences that fit, placeholders in capitals, commands by what they are for."""

from __future__ import annotations

import re

import pytest
from typer.main import get_command

from swarmstore.cli.app import COMMANDS, app
from tests.cli.running import run

GROUPS = ["global", "scenario", "session"]  # of `show`
NAMES = [*get_command(app).commands]  # type: ignore[attr-defined]
CALLS = [[], *[[name] for name in NAMES], *[["show", name] for name in GROUPS]]
COMMANDS_ALONE = [call for call in CALLS if call and call != ["show"]]


@pytest.mark.parametrize("columns", ["80", "120"])
@pytest.mark.parametrize("call", CALLS, ids=" ".join)
def test_help_fits_and_cuts_nothing(call: list[str], columns: str) -> None:
    ended = run(*call, "--help", COLUMNS=columns)
    usage, *lines = ended.stdout.splitlines()
    assert (ended.returncode, ended.stderr) == (0, "")
    assert max(map(len, lines)) <= int(columns)
    assert "..." not in "\n".join(lines)
    assert not re.search(r"[<{]\w+( \w+)?[>}]|\[(x[<>]|required|default|env var)", ended.stdout)
    assert re.fullmatch(
        r"Usage: swarmstore( [a-z]+)* \[OPTIONS\]( (\[?[A-Z_]+\]?|\[ARGS\])(\.\.\.)?)*", usage
    )
    assert run(*call, "-h", COLUMNS=columns).stdout == ended.stdout


@pytest.mark.parametrize("call", CALLS, ids=" ".join)
def test_every_option_and_argument_is_told_of_in_whole_sentences(call: list[str]) -> None:
    shown = run(*call, "--help", COLUMNS="80").stdout
    command = get_command(app)
    for name in call:
        command = command.commands[name]  # type: ignore[attr-defined]
    for parameter in command.params:
        told = parameter.help  # type: ignore[attr-defined]
        assert told.endswith("."), (call, parameter.name)
        assert " ".join(told.split()) in " ".join(shown.split()), (call, parameter.name)


@pytest.mark.parametrize("call", COMMANDS_ALONE, ids=" ".join)
def test_every_command_has_an_example_on_one_line_and_json(call: list[str]) -> None:
    shown = run(*call, "--help", COLUMNS="80").stdout
    examples = re.findall(rf"^  Example: swarmstore {' '.join(call)}\b.*\n\n", shown, re.MULTILINE)
    assert len(examples) == shown.count("Example:") > 0
    assert "--json" in shown


def test_commands_are_listed_by_what_they_are_for_with_a_whole_sentence_each() -> None:
    shown = run("--help", COLUMNS="80").stdout
    assert re.findall(r"^([A-Z].*):$", shown, re.MULTILINE) == ["Options", *COMMANDS]
    rows = re.findall(r"^  (\w+) +(.+(?:\n {8,}.+)*)$", shown.partition("Set up:")[2], re.MULTILINE)
    assert {name for name, _ in rows} == set(NAMES)
    assert [row for row in rows if not row[1].endswith(".")] == []
