"""`swarmstore doctor`: what it prints, how it ends, and what its guide promises."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from swarmstore import LearningStore
from swarmstore.db.doctor.findings import CODES, Diagnosis, Severity
from tests.cli.running import data, done, run
from tests.doctor.sick import execute, findings, is_sqlite
from tests.helpers.shipped import SHIPPED
from tests.snapshots import any_named, full, model, simple

GUIDE = (Path(__file__).parents[2] / "docs" / "reference" / "doctor.md").read_text()


@pytest.fixture
def url(database_url: str) -> str:
    with LearningStore.open(database_url) as store:
        store.save_session("simple_qa", simple())
    return database_url


def test_a_healthy_store_ends_with_0_and_says_so(url: str) -> None:
    shown = done("doctor", url=url)
    assert "no problems found" in shown
    assert re.search(r"simple_qa +1 +\d+ seconds?", shown)
    assert re.search(r"\(global\) +1 +\d+ seconds?", shown)
    assert re.search("skipped: .*names of facts.* --deep", shown)
    assert "skipped" not in done("doctor", "--deep", url=url)


def test_a_store_of_everything_has_no_findings(database_url: str) -> None:
    with LearningStore.open(database_url) as store:
        store.import_store(SHIPPED)
        for number in range(6):
            store.save_session("s", full() if number % 2 else any_named(), f"{number}")
        store.storage.delete_sessions("s", store.list_sessions("s")[:2])
        store.save_scenario("t", full())
        store.save_offline_model("t", model())
    assert findings(database_url, deep=True) == []


def test_json_has_the_promised_shape(url: str) -> None:
    diagnosis = data("doctor", url=url)
    assert list(diagnosis) == list(Diagnosis.__dataclass_fields__)
    assert diagnosis["revision"] == diagnosis["expected_revision"]
    assert (diagnosis["scenarios"], diagnosis["sessions"], diagnosis["pool_size"]) == (1, 1, 5)
    assert [(one["total"], one["scenario"], one["sessions"]) for one in diagnosis["pending"]] == [
        (0, None, 1),
        (1, "simple_qa", 1),
    ]
    assert all(0 <= one["oldest_seconds"] < 600 for one in diagnosis["pending"])
    assert diagnosis["findings"] == []
    assert {"check", "reason"} == set(diagnosis["skipped"][0])
    if is_sqlite(url):
        assert (diagnosis["journal_mode"], diagnosis["synchronous"]) == ("wal", "full")
        assert diagnosis["database"].startswith("SQLite 3.")
        assert diagnosis["connections"] is None
    else:
        assert diagnosis["database"].startswith("PostgreSQL ")
        assert set(diagnosis["connections"]) == {"limit", "in_use"}


def test_an_error_ends_with_1(url: str) -> None:
    execute(url, "DROP INDEX ix_sessions_scenario_id_session_ts")
    ended = run("doctor", url=url)
    assert (ended.returncode, ended.stderr) == (1, "")
    assert "error  schema-drift" in ended.stdout
    assert "→ `CREATE INDEX ix_sessions_scenario_id_session_ts" in ended.stdout
    assert ended.stdout.endswith("1 error\n")
    assert "no problems found" not in ended.stdout
    (found,) = _findings(url)
    assert found == {
        "severity": "error",
        "code": "schema-drift",
        "subject": "ix_sessions_scenario_id_session_ts",
        "problem": "index ix_sessions_scenario_id_session_ts of sessions is missing",
        "advice": found["advice"],
    }


def _findings(url: str) -> Any:
    return json.loads(run("doctor", "--json", url=url).stdout)["findings"]


def test_warnings_alone_end_with_3(url: str) -> None:
    execute(
        url, "ALTER TABLE sessions ADD COLUMN extra INTEGER", "ALTER TABLE sessions ADD COLUMN more INTEGER"
    )
    ended = run("doctor", url=url)
    assert (ended.returncode, ended.stderr) == (3, "")
    assert ended.stdout.count("warning  schema-addition") == 1  # with one advice for both
    assert ended.stdout.endswith("2 warnings\n")
    execute(url, "DROP INDEX ix_sessions_scenario_id_session_ts")
    worse = run("doctor", url=url)
    assert worse.returncode == 1
    assert worse.stdout.endswith("1 error, 2 warnings\n")
    assert [one["severity"] for one in _findings(url)] == ["error", "warning", "warning"]


def test_what_is_only_good_to_know_ends_with_0(migrated_postgres_url: str) -> None:
    role = f"reader_{migrated_postgres_url.rsplit('_', 1)[1]}"
    execute(
        migrated_postgres_url,
        f"CREATE ROLE {role} LOGIN PASSWORD 'hunter2'",
        f"GRANT USAGE ON SCHEMA swarmstore TO {role}",
        f"GRANT SELECT ON ALL TABLES IN SCHEMA swarmstore TO {role}",
    )
    try:
        url = re.sub(r"//[^@]*@", f"//{role}:hunter2@", migrated_postgres_url)
        shown = done("doctor", "--deep", url=url)
        assert shown.endswith("1 info\n")
        assert "info  role-reads-only" in shown
        assert "hunter2" not in shown
    finally:
        execute(migrated_postgres_url, f"DROP OWNED BY {role}", f"DROP ROLE {role}")


def test_a_database_without_tables_ends_with_1(postgres_url: str) -> None:
    ended = run("doctor", url=postgres_url)
    assert ended.returncode == 1
    assert "→ run `swarmstore upgrade`" in ended.stdout
    assert json.loads(run("doctor", "--json", url=postgres_url).stdout)["revision"] is None


@pytest.mark.parametrize("content", [b"", b"no database"])
def test_what_is_no_database_is_an_error_without_a_traceback(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "store.db"
    file.write_bytes(content)
    ended = run("doctor", url=f"sqlite:///{file}")
    assert ended.returncode == 1
    assert "Traceback" not in ended.stderr
    assert "backup" in ended.stderr if content else "swarmstore upgrade" in ended.stdout
    assert file.read_bytes() == content


def test_a_server_that_is_not_there_is_one_line() -> None:
    ended = run("doctor", url="postgresql://me:hunter2@127.0.0.1:1/nothing")
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.startswith("error: the database cannot be reached")
    assert "hunter2" not in ended.stderr


def test_the_guide_has_every_code_with_its_severity() -> None:
    rows = re.findall(r"^\| `([\w-]+)` \| (\w+) \| .+ \| .+ \|$", GUIDE, re.MULTILINE)
    assert dict(rows) == {code: str(severity) for code, severity in CODES.items()}
    assert [Severity(severity).rank for _, severity in rows] == sorted(
        Severity(severity).rank for _, severity in rows
    )


def test_every_code_is_provoked_by_a_test() -> None:
    tests = "".join(file.read_text() for file in Path(__file__).parent.glob("test_*.py"))
    assert [code for code in CODES if f'"{code}"' not in tests] == []


def test_the_guide_has_the_shape_of_json() -> None:
    shown = json.loads(GUIDE.partition("```json\n")[2].partition("```")[0])
    assert list(shown) == list(Diagnosis.__dataclass_fields__)
    assert {"severity", "code", "subject", "problem", "advice"} == set(shown["findings"][0])
    assert set(shown["pending"][0]) == {"total", "scenario", "sessions", "oldest_seconds"}
