"""Every result for people names the database on its last line, and none for programs does."""

from __future__ import annotations

from pathlib import Path

import pytest

from swarmstore import InvalidUrlError, shown_url
from tests.cli.running import answer, done
from tests.helpers.shipped import SHIPPED

COMMANDS = [
    ["upgrade"],
    ["scenarios"],
    ["sessions", "simple_qa", "--latest", "1"],
    ["show", "global"],
    ["show", "scenario", "simple_qa"],
    ["show", "session", "simple_qa", "1795424253"],
    ["sources"],
    ["report", "-o", "{folder}/report.html"],
    ["learn", "simple_qa"],
    ["merge", "simple_qa"],
    ["import", str(SHIPPED)],
    ["ingest", str(SHIPPED.parent / "traces" / "trace-5.jsonl")],
    ["export", "{folder}/files"],
    ["export", "{folder}/frames", "--format", "csv", "--view", "totals"],
    ["verify"],
    ["fold"],
    ["rebuild"],
    ["prune", "--all", "--keep-latest", "100"],
    ["forget", "simple_qa", "1795424253", "--dry-run"],
]


def test_results_name_the_database(url: str, tmp_path: Path) -> None:
    for command in COMMANDS:
        arguments = [each.format(folder=tmp_path) for each in command]
        assert answer(*arguments, url=url)
        assert shown_url(url) not in done(*arguments, "--json", url=url) or command == ["upgrade"]


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("sqlite:////data/swarm.db", "sqlite:////data/swarm.db"),
        ("postgresql://me:hunter2@host/db", "postgresql://me:***@host/db"),
        ("postgresql+psycopg://host/db?password=hunter2", "postgresql://host/db?password=***"),
    ],
)
def test_a_url_is_shown_without_its_secrets(url: str, shown: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert shown_url(url) == shown
    monkeypatch.setenv("SWARMSTORE_URL", url)
    assert shown_url() == shown


def test_what_is_no_url_cannot_be_shown() -> None:
    with pytest.raises(InvalidUrlError):
        shown_url("")
