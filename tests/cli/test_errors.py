"""Errors and interrupts: one line on stderr, an object with --json, and the same exit code."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from swarmstore import LearningStore, Progress
from tests.cli.running import run
from tests.helpers.shipped import SHIPPED

TRACE = str(SHIPPED.parent / "traces" / "trace-5.jsonl")


@pytest.mark.parametrize(
    ("arguments", "code", "kind", "said"),
    [
        (["show", "scenario", "nowhere"], 1, "SnapshotNotFoundError", "there is no scenario 'nowhere'"),
        (["import", "/nowhere"], 1, "ConfigurationError", "is not a store"),
        (["scenarios", "--url", "mysql://u:hunter2@host/d"], 1, "InvalidUrlError", "'mysql' databases"),
        (["report", "-o", "/nowhere/r.html"], 1, "FileNotFoundError", "No such file or directory"),
        (["forget", "simple_qa", "\udcff"], 1, "InvalidTextError", "surrogate"),
        (["sessions"], 2, "MissingParameter", "SCENARIO"),
        (["merge", "simple_qa", "--since", "soon"], 2, "BadParameter", "'soon' is not a time"),
        (["prune", "simple_qa"], 2, "BadParameter", "give --keep-latest"),
        (["fold", "--nope"], 2, "NoSuchOption", "--nope"),
        (["nonsense"], 2, "UsageError", "nonsense"),
        (["export", "x", "--format", "xlsx"], 2, "BadParameter", "xlsx"),
    ],
    ids=lambda given: " ".join(given).encode("ascii", "replace").decode() if isinstance(given, list) else "",
)
def test_an_error_is_an_object_with_json_and_its_exit_code_stays(
    url: str, arguments: list[str], code: int, kind: str, said: str
) -> None:
    for ended in (run(*arguments, "--json", url=url), run("--json", *arguments, url=url)):
        assert (ended.returncode, ended.stdout) == (code, "")
        assert ended.stderr.count("\n") == 1
        error = json.loads(ended.stderr)["error"]
        assert (error.keys(), error["type"]) == ({"type", "message"}, kind)
        assert said in error["message"]
        assert "hunter2" not in ended.stderr
    for_people = run(*arguments, url=url)
    assert (for_people.returncode, for_people.stdout) == (code, "")
    assert ("error: " if code == 1 else "Error: ") in for_people.stderr


def test_what_is_no_option_does_not_ask_for_json(url: str) -> None:
    ended = run("forget", "simple_qa", "--", "--json", url=url)
    assert (ended.returncode, ended.stderr[:7]) == (1, "error: ")


def test_help_and_the_version_are_text_also_with_json() -> None:
    for arguments in (["--help"], ["scenarios", "--help"], ["--version"]):
        ended = run("--json", *arguments)
        assert (ended.returncode, ended.stderr) == (0, "")
        assert "swarmstore" in ended.stdout


INTERRUPTED = {
    "import": ("import_store", [str(SHIPPED)], "importing", "files"),
    "export": ("export_store", ["{folder}/out"], "exporting", "sessions and totals"),
    "export of views": ("export_frames", ["{folder}/out", "--format", "csv"], "exporting", "views"),
    "copy": ("copy_to", ["{url}", "sqlite:///{folder}/copy.db"], "copying", "sessions"),
    "prune": ("prune", ["simple_qa", "--keep-latest", "1"], "pruning simple_qa", "sessions"),
    "fold": ("fold", [], "folding", "totals"),
    "rebuild": ("rebuild_totals", [], "rebuilding", "totals"),
    "verify": ("verify_totals", [], "verifying", "checks"),
}


def interrupted(*told: tuple[int, int]) -> Callable[..., object]:
    def call(*_given: object, progress: Progress, **_options: object) -> object:
        for done, total in told:
            progress(done, total)
        raise KeyboardInterrupt

    return call


@pytest.mark.parametrize("name", INTERRUPTED)
def test_an_interrupt_says_what_was_done_so_far(
    url: str, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    method, arguments, work, counted = INTERRUPTED[name]
    command = [name.split(maxsplit=1)[0], *(each.format(folder=tmp_path, url=url) for each in arguments)]
    for told, reached in (
        (((1, 9), (1_200, 3_000)), f"with 1,200 of 3,000 {counted} done"),
        ((), "before any progress"),
    ):
        monkeypatch.setattr(LearningStore, method, interrupted(*told))
        ended = run(*command, url=url)
        line = f"interrupted while {work}, {reached}"
        assert (ended.returncode, ended.stdout, ended.stderr) == (130, "", f"error: {line}\n")
        ended = run(*command, "--json", url=url)
        assert (ended.returncode, ended.stdout) == (130, "")
        assert json.loads(ended.stderr) == {"error": {"type": "KeyboardInterrupt", "message": line}}


def test_traces_that_were_ingested_before_an_interrupt_are_counted(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ingest = LearningStore.ingest
    left = [True, True]

    def second(*given: object, **options: object) -> object:
        if not left:
            raise KeyboardInterrupt
        left.pop()
        return ingest(*given, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(LearningStore, "ingest", second)
    ended = run("ingest", TRACE, TRACE, TRACE, url=url)
    assert (ended.returncode, ended.stdout) == (130, "")
    assert ended.stderr == "error: interrupted while ingesting, with 2 of 3 traces done\n"


@pytest.mark.parametrize(
    ("module", "extra", "command"),
    [
        ("pyarrow", "arrow", ["export", "{folder}/frames", "--format", "parquet"]),
        ("jinja2", "report", ["report", "-o", "{folder}/report.html"]),
        ("vl_convert", "report", ["report", "-o", "{folder}/report.html"]),
    ],
)
def test_an_extra_that_is_missing_is_named_with_the_command_that_installs_it(
    url: str, module: str, extra: str, command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    ended = run(*(each.format(folder=tmp_path) for each in command), url=url)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr == f"error: this needs {module}: pip install 'swarmstore[{extra}]'\n"
