"""What each command prints, to whom, and how it ends."""

from __future__ import annotations

import json
import re
from importlib.metadata import version
from pathlib import Path
from pkgutil import iter_modules

import pytest
from sqlalchemy import text

from swarmstore import REVISION, LearningSnapshot, LearningStore, SessionId, TimeDecay
from swarmstore.cli import commands
from tests.cli.ready_interpreter import ReadyInterpreter
from tests.cli.running import answer, data, done, run
from tests.helpers.internals import database_of
from tests.helpers.shipped import SHIPPED
from tests.snapshots import any_named, simple

COMMANDS = [
    ["upgrade"],
    ["doctor"],
    ["scenarios"],
    ["sessions"],
    ["show", "global"],
    ["show", "scenario"],
    ["show", "session"],
    ["learn"],
    ["import"],
    ["ingest"],
    ["export"],
    ["merge"],
    ["verify"],
    ["fold"],
    ["rebuild"],
    ["prune"],
    ["forget"],
    ["sources"],
    ["grant"],
    ["distribute"],
    ["copy"],
    ["backup"],
    ["restore"],
    ["report"],
]


def test_the_version_is_told_with_that_of_the_tables() -> None:
    assert run("--version").stdout == f"swarmstore {version('swarmstore')}, schema revision {REVISION}\n"


def test_every_command_is_tested_here() -> None:
    listed = re.findall(r"^  (\w+) ", run("--help").stdout.partition("Set up:")[2], re.MULTILINE)
    assert set(listed) == {command[0] for command in COMMANDS}


def test_each_command_is_a_module_of_its_name() -> None:
    modules = {module.name.rstrip("_") for module in iter_modules(commands.__path__)}
    assert modules == {command[0] for command in COMMANDS}


def test_import_prints_what_it_did_and_again_changes_nothing(database_url: str) -> None:
    first = done("import", str(SHIPPED), url=database_url)
    assert "120 added" in first
    assert "120 unchanged" in done("import", str(SHIPPED), url=database_url)
    report = data("import", str(SHIPPED), url=database_url)
    assert report["sessions"] == {"unchanged": 120}
    assert report["problems"] == []


@pytest.mark.parametrize("option", ["--reader-process", "--no-reader-process"])
def test_an_import_may_read_in_another_process(database_url: str, option: str) -> None:
    assert "120 added" in done("import", str(SHIPPED), option, url=database_url)


def test_an_import_with_problems_ends_with_1_and_names_them(database_url: str, tmp_path: Path) -> None:
    session = tmp_path / "scenarios" / "s" / "sessions" / "1" / "stats.json"
    session.parent.mkdir(parents=True)
    session.write_text("{")
    ended = run("import", str(tmp_path), url=database_url)
    assert ended.returncode == 1
    assert f"not imported: {session}" in ended.stdout
    assert "Traceback" not in ended.stderr


def test_show_scenario_is_upstreams_file(url: str) -> None:
    for scenario in ("troubleshooting", "simple_qa", "deep_search"):
        expected = json.loads((SHIPPED / "scenarios" / scenario / "stats.json").read_text())
        assert data("show", "scenario", scenario, url=url) == expected


def test_show_session_and_global_are_upstreams_files(url: str) -> None:
    session = SHIPPED / "scenarios" / "simple_qa" / "sessions" / "1795424253" / "stats.json"
    assert data("show", "session", "simple_qa", "1795424253", url=url) == json.loads(session.read_text())
    expected = json.loads((SHIPPED / "global_stats.json").read_text())
    assert data("show", "global", url=url) == expected


def test_show_prints_tables_for_people(url: str) -> None:
    shown = done("show", "scenario", "troubleshooting", url=url)
    assert "Diagnose the failing service and restart it" in shown
    assert re.search(r"CheckStatus +48 +100.0 %", shown)
    assert re.search(r"Diagnose → done +19 +0 +100.0 %", shown)


def test_scenarios_and_sessions_are_listed(url: str) -> None:
    assert re.search(r"troubleshooting +48 +48 +45.8 % +392 +2026-11-23 08:58:36", done("scenarios", url=url))
    listed = data("scenarios", url=url)
    assert [entry["scenario"] for entry in listed] == ["deep_search", "simple_qa", "troubleshooting"]
    assert listed[2]["sessions"] == listed[2]["session_count"] == 48
    assert "1795424253" in done("sessions", "simple_qa", url=url)
    assert "2026-11-23 08:57:33" in done("sessions", "simple_qa", url=url)
    assert len(data("sessions", "simple_qa", url=url)) == 36
    done("prune", "simple_qa", "--keep-latest", "0", url=url)
    assert answer("sessions", "simple_qa", url=url) == "there are no such sessions of 'simple_qa'\n"
    assert data("sessions", "simple_qa", url=url) == []


def test_learn_keeps_and_prints_the_model(url: str) -> None:
    model = data("learn", "troubleshooting", "--latest", "10", url=url)
    assert model["analyzed_sessions"] == 10
    assert "thompson" in done("learn", "troubleshooting", url=url)
    with LearningStore.open(url) as store:
        assert store.load_offline_model("troubleshooting").analyzed_sessions == 48


def test_merge_prints_a_slice_of_history(url: str) -> None:
    merged = data("merge", "troubleshooting", "--strategy", "time-decay:3", "--latest", "5", url=url)
    with LearningStore.open(url) as store:
        expected = store.merge_sessions("troubleshooting", TimeDecay(3), latest=5)
    expected.metadata.created_at = merged["metadata"]["created_at"]
    assert merged == json.loads(expected.to_json())
    assert merged["metadata"]["session_count"] == 5
    times = ("--since", "1795424314", "--until", "1795424316")
    assert data("merge", "troubleshooting", *times, url=url)["metadata"]["session_count"] == 2
    assert "Merge of troubleshooting" in done("merge", "troubleshooting", url=url)


def test_a_backup_is_put_back(sqlite_url: str, tmp_path: Path) -> None:
    with LearningStore.open(sqlite_url) as store:
        store.save_session("s", simple())
    target = tmp_path / "backup.db"
    assert answer("backup", str(target), url=sqlite_url) == f"backed up into {target}\n"
    refused = run("backup", str(target), "--url", sqlite_url)
    assert (refused.returncode, "there already" in refused.stderr) == (1, True)
    new = f"sqlite:///{tmp_path}/new.db"
    assert data("restore", str(target), url=new) == {"path": str(target)}
    assert "s " in done("scenarios", url=new)


def test_fold_adds_what_waits_once(url: str) -> None:
    with LearningStore.open(url) as store:
        store.save_session("s", simple())
    assert answer("fold", url=url) == "2 pending additions made to the cached totals\n"
    assert data("fold", url=url) == {"added": 0}
    assert answer("fold", url=url) == "nothing was pending\n"


def test_verify_rebuild_and_prune(url: str) -> None:
    assert "all totals are consistent" in done("verify", "--deep", url=url)
    assert data("verify", url=url) == []
    with LearningStore.open(url) as store:
        store.save_session("simple_qa", simple())
        store.fold()
        _spoil(store)
    spoiled = run("verify", url=url)
    assert spoiled.returncode == 1
    assert re.search(r"simple_qa +header +total_actions +1 +366", spoiled.stdout)
    assert "swarmstore rebuild" in spoiled.stdout
    (found,) = json.loads(run("verify", "--json", url=url).stdout)
    assert (found["scenario"], found["found"], found["expected"]) == ("simple_qa", "1", "366")
    assert "5 totals rebuilt" in done("rebuild", url=url) or "4 totals rebuilt" in done("rebuild", url=url)
    assert data("verify", "--deep", url=url) == []
    keep_10 = ("prune", "simple_qa", "--keep-latest", "10")
    assert answer(*keep_10, "--dry-run", url=url) == "simple_qa: 27 sessions would be removed\n"
    pruned = {"dry_run": False, "scenarios": [{"scenario": "simple_qa", "sessions": 27}]}
    assert data(*keep_10, url=url) == pruned
    assert len(data("sessions", "simple_qa", url=url)) == 10
    assert data("verify", "--deep", url=url) == []


def _spoil(store: LearningStore) -> None:
    database = database_of(store.storage)
    schema = "" if database.engine.dialect.name == "sqlite" else "swarmstore."
    spoil = text(
        f"UPDATE {schema}rollups SET total_actions = 1 WHERE scenario_name = 's' AND scenario_id > 0"
    )
    database.write(lambda session: session.execute(spoil))


def test_upgrade_prints_what_it_did(empty_database_url: str) -> None:
    assert "upgraded from nothing to revision" in done("upgrade", url=empty_database_url)
    assert "up to date" in done("upgrade", url=empty_database_url)
    assert data("upgrade", url=empty_database_url)["before"] is not None


def test_passwords_are_never_printed(postgres_url: str) -> None:
    secret = "hunter2"
    url = re.sub(r"//([^:@]+)(:[^@]*)?@", rf"//\1:{secret}@", postgres_url)
    for command in (["upgrade"], ["doctor"], ["scenarios"], ["fold"], ["upgrade", "--json"]):
        ended = run(*command, url=url)
        assert secret not in ended.stdout + ended.stderr
        # where the server asks for a password, the wrong one is an error
        assert f"//{url.partition('//')[2].partition(':')[0]}:***@" in ended.stdout + ended.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["show", "scenario", "nowhere"], "there is no scenario 'nowhere'; `swarmstore scenarios` lists"),
        (["show", "session", "simple_qa", "1"], "nothing is saved under 'session:simple_qa:1'"),
        (["import", "/nowhere"], "is not a store"),
        (["merge", "simple_qa", "--strategy", "median"], "'median' is not a strategy"),
        (["merge", "simple_qa", "--strategy", "time-decay:0"], "half_life_sessions"),
        (["scenarios", "--url", "mysql://user:hunter2@host/db"], "'mysql' databases are not supported"),
        (["scenarios", "--url", "sqlite:////nowhere/store.db"], "does not exist"),
        (["show", "scenario", "a\udcff"], r"there is no scenario 'a\udcff'"),
    ],
)
def test_errors_are_one_line_on_stderr(url: str, arguments: list[str], said: str) -> None:
    ended = run(*arguments, url=url)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.startswith("error: ")
    assert said in ended.stderr
    assert "Traceback" not in ended.stderr
    assert "hunter2" not in ended.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize("command", [["scenarios"], ["show", "global", "--json"], ["doctor"], ["--help"]])
def test_output_that_cannot_be_written_is_one_line_on_stderr(
    url: str, program: ReadyInterpreter, command: list[str]
) -> None:
    with Path("/dev/full").open("w") as full:
        ended = program.run(*command, environment={"SWARMSTORE_URL": url}, stdout=full)
    said = "No space left on device"
    if "--json" in command:
        assert json.loads(ended.stderr) == {"error": {"type": "OSError", "message": said}}
    else:
        assert ended.stderr == f"error: {said}\n"
    assert ended.returncode == 1


def test_files_of_the_system_that_cannot_be_used_are_one_line_on_stderr(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    at = str(tmp_path / "file" / "below")
    for command in (
        ["import", str(SHIPPED)],
        ["scenarios", "--url", f"sqlite:///{tmp_path / ('x' * 300)}"],
        ["import", str(tmp_path / ("x" * 300)), "--url", f"sqlite:///{tmp_path / 'store.db'}"],
    ):
        ended = run(*command, XDG_DATA_HOME=at, HOME=at)
        assert (ended.returncode, ended.stdout) == (1, ""), command
        assert ended.stderr.startswith("error: "), command
        assert ended.stderr.count("\n") == 1
        assert str(tmp_path) in ended.stderr


def test_a_wrong_call_ends_with_2() -> None:
    assert run("sessions").returncode == 2
    assert run("nonsense").returncode == 2
    assert run("learn", "s", "--latest", "0").returncode == 2


def test_looking_creates_no_file(tmp_path: Path) -> None:
    file = tmp_path / "typo.db"
    for command in (["scenarios"], ["doctor"], ["show", "global"]):
        assert run(*command, url=f"sqlite:///{file}").returncode == 1
    assert not file.exists()


def test_without_a_url_the_store_is_in_the_users_data_folder(tmp_path: Path) -> None:
    home = {"XDG_DATA_HOME": str(tmp_path), "HOME": str(tmp_path)}
    assert run("import", str(SHIPPED), **home).returncode == 0
    assert "troubleshooting" in run("scenarios", **home).stdout


def test_names_cannot_control_the_terminal(sqlite_url: str) -> None:
    with LearningStore.open(sqlite_url) as store:
        store.save_session("\x1b[31m[bold]red", simple(1, "\x1b]0;title\x07"), SessionId("1\n2"))
    for command in (
        ["scenarios"],
        ["sessions", "\x1b[31m[bold]red"],
        ["show", "scenario", "\x1b[31m[bold]red"],
    ):
        shown = done(*command, url=sqlite_url)
        assert "\x1b" not in shown
        assert "\x07" not in shown
    assert r"\x1b[31m[bold]red" in done("scenarios", url=sqlite_url)


def test_names_that_json_keys_cannot_hold_are_an_error_there_only(sqlite_url: str) -> None:
    with LearningStore.open(sqlite_url) as store:
        store.save_session("s", any_named())
    assert "a:b" in done("show", "scenario", "s", url=sqlite_url)
    ended = run("show", "scenario", "s", "--json", url=sqlite_url)
    assert ended.returncode == 1
    assert "':' before its last name" in ended.stderr


def test_another_schema_can_be_named(postgres_url: str) -> None:
    done("upgrade", "--schema", "other", url=postgres_url)
    with LearningStore.open(postgres_url, schema="other") as store:
        store.save_session("s", LearningSnapshot.empty())
    assert len(data("sessions", "s", "--schema", "other", url=postgres_url)) == 1
    assert run("sessions", "s", url=postgres_url).returncode == 1


def test_forget_shows_the_totals_and_takes_them_back(url: str) -> None:
    """`--dry-run` changes nothing, an import goes as a whole, and what cannot be done ends with 1."""
    before = data("sources", url=url)
    origin = before[0]["origin"]
    told = data("forget", "--origin", origin, "--dry-run", url=url)
    assert (len(told["sessions"]), told["totals"][0]["session_count"]) == (120, None)
    assert data("sources", url=url) == before
    one = data("scenarios", url=url)[0]
    shown = done("forget", one["scenario"], str(one["last_session"]), url=url)
    assert "1 session forgotten" in shown
    assert "warning: 1 of these sessions did not count in any total" in shown
    assert "nothing left" in done("forget", "--origin", origin, url=url)
    for arguments in (["forget"], ["forget", "--origin", origin]):
        assert run(*arguments, url=url).returncode == 1
    assert origin not in done("sources", url=url)
