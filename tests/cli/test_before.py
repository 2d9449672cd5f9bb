"""`--url`, `--schema` and `--json` before the name of a command: the same as after it, which wins."""

from __future__ import annotations

import pytest

from swarmstore import LearningSnapshot, LearningStore
from tests.cli.running import done, run

NOWHERE = "sqlite:////nowhere/store.db"


@pytest.mark.parametrize(
    "command", [["scenarios"], ["show", "global"], ["sources", "simple_qa"]], ids=" ".join
)
def test_options_may_come_before_or_after_the_name(url: str, command: list[str]) -> None:
    after = done(*command, "--url", url, "--json", url=NOWHERE)
    assert done("--url", url, "--json", *command, url=NOWHERE) == after
    assert done("--json", *command, url=url) == after
    assert done("--url", NOWHERE, *command, "--json", "--url", url, url=NOWHERE) == after
    first, *rest = command
    assert done("--url", NOWHERE, first, "--url", url, *rest, "--json", url=NOWHERE) == after


def test_a_schema_may_come_before_the_name(postgres_url: str) -> None:
    done("--schema", "other", "upgrade", url=postgres_url)
    with LearningStore.open(postgres_url, schema="other") as store:
        store.save_session("s", LearningSnapshot.empty())
    assert '"s"' in done("--schema", "other", "--json", "scenarios", url=postgres_url)
    assert '"s"' in done("--schema", "another", "scenarios", "--schema", "other", "--json", url=postgres_url)
    assert run("--schema", "another", "scenarios", url=postgres_url).returncode == 1


@pytest.mark.parametrize("command", [["copy", "a", "b"], ["no-command"]], ids=" ".join)
def test_what_does_not_take_them_is_called_wrongly(command: list[str]) -> None:
    ended = run("--url", NOWHERE, *command)
    assert (ended.returncode, ended.stdout) == (2, "")
