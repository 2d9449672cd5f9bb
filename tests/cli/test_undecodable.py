"""Names of files that are no UTF-8: results are told all the same, the name escaped."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from swarmstore import ConfigurationError, InvalidTextError, LearningStore
from swarmstore.cli.app import app
from swarmstore.db.dialects.urls import parse_url
from tests.helpers.shipped import SHIPPED
from tests.snapshots import simple

NAME = os.fsdecode(b"lat\xe9n")
SHOWN = "lat\\udce9n"
TRACES = SHIPPED.parent / "traces"

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Runs swarmstore in this process, on a SQLite file of such a name."""

    def running(*arguments: str | Path) -> Result:
        ended = CliRunner().invoke(
            app, [*map(str, arguments), "--url", f"sqlite:///{tmp_path / NAME}.db"], env={"COLUMNS": "200"}
        )
        assert ended.exception is None or isinstance(ended.exception, SystemExit), ended.exception
        return ended

    return running


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A session, and a folder of such a name in the place of a scenario."""
    folder = tmp_path / "store"
    session = folder / "scenarios" / "s" / "sessions" / "1700000000"
    session.mkdir(parents=True)
    simple().save_json(session / "stats.json")
    (folder / "scenarios" / NAME).mkdir()
    return folder


def test_an_import_tells_what_it_did_and_of_the_folder(run: Run, store: Path) -> None:
    ended = run("import", store, "--json")
    assert ended.exit_code == 1
    report = json.loads(ended.stdout)
    assert report["sessions"] == {"added": 1}
    (problem,) = report["problems"]
    assert SHOWN in problem["path"]
    ended = run("import", store)
    assert (ended.exit_code, SHOWN in ended.stdout) == (1, True)


def test_every_command_that_prints_a_path_escapes_it(run: Run, store: Path, tmp_path: Path) -> None:
    run("import", store)
    trace, out = tmp_path / f"{NAME}.jsonl", tmp_path / f"{NAME}-out"
    shutil.copy(TRACES / "trace-5.jsonl", trace)
    out.mkdir()
    of_run = ("--scenario", "s", "--success", "--created-at", "5")
    commands: dict[tuple[str | Path, ...], tuple[Callable[[Any], str], int]] = {
        ("upgrade",): (lambda said: said["url"].replace("%5C", "\\"), 0),
        ("doctor",): (lambda said: said["url"].replace("%5C", "\\"), 0),
        ("ingest", trace, *of_run): (lambda said: said["traces"][0]["trace"], 0),
        ("ingest", f"{trace}.gone"): (lambda said: said["problems"][0]["path"], 1),
        ("export", out / "files"): (lambda said: said["folder"], 0),
        ("export", out / "frames", "--format", "csv", "--view", "totals"): (lambda said: said["folder"], 0),
        ("report", "-o", out / "report.html"): (lambda said: said["file"], 0),
    }
    for command, (told, code) in commands.items():
        ended = run(*command, "--json")
        assert ended.exit_code == code, (command, ended.output)
        assert SHOWN in told(json.loads(ended.stdout))
        assert run(*command).exit_code == code, command


def test_a_url_of_a_server_is_text() -> None:
    with pytest.raises(ConfigurationError, match="is not UTF-8"):
        parse_url(f"postgresql://{NAME}@host/db")


def test_a_scenario_is_refused_before_any_query(tmp_path: Path) -> None:
    with LearningStore.open(f"sqlite:///{tmp_path / 'swarm.db'}") as opened:
        for call in (
            lambda: opened.report(tmp_path / "x.html", scenario=NAME),
            lambda: opened.export_frames(tmp_path / "x", "csv", scenario=NAME),
            lambda: opened.frame("totals", scenario=NAME),
        ):
            with pytest.raises(InvalidTextError, match=r"scenario: .*lone surrogate"):
                call()
    assert not (tmp_path / "x").exists()
