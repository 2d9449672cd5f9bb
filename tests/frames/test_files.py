"""What other tools read from files and frames is, value for value, what the views say."""

from __future__ import annotations

import csv
from collections.abc import Callable
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import duckdb
import polars
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest

from swarmstore import LearningStore
from swarmstore.analytics.frames.table_files import CsvWriter
from swarmstore.db.analytics.views import VIEWS
from swarmstore.errors import ConfigurationError, StoreUnavailableError, UnknownViewError
from tests.frames.stores import alike, fill, rows_in
from tests.helpers.internals import database_of
from tests.snapshots import simple

READERS: dict[str, Callable[[Path], pa.Table]] = {
    "pyarrow": pq.read_table,
    "duckdb": lambda path: duckdb.read_parquet(str(path)).to_arrow_table(),
    "polars": lambda path: polars.read_parquet(path).to_arrow(),
}
UNIQUE = [name for name in VIEWS if name != "totals"]


@pytest.fixture
def url(database_url: str) -> str:
    fill(database_url)
    return database_url


def types_of(view: str) -> list[str]:
    return [str(column.type) for column in VIEWS[view].columns]


def as_rows(table: pa.Table) -> list[tuple[Any, ...]]:
    return list(zip(*[column.to_pylist() for column in table.columns], strict=True))


def test_parquet_read_by_others_gives_every_views_rows(url: str, tmp_path: Path) -> None:
    with LearningStore.open(url) as store:
        report = store.export_frames(tmp_path / "frames", "parquet")
    assert [written.view for written in report.files] == list(VIEWS)
    for written in report.files:
        expected = alike(rows_in(url, written.view, VIEWS[written.view].order), types_of(written.view))
        assert len(expected) == written.rows
        for name, read in READERS.items():
            table = read(tmp_path / "frames" / written.file)
            assert table.column_names == [column.name for column in VIEWS[written.view].columns]
            assert alike(as_rows(table), types_of(written.view)) == expected, (written.view, name)


def test_what_gets_lost_easily_is_in_the_views(url: str) -> None:
    with LearningStore.open(url) as store:
        hashes = store.frame("models")["action_set_hash"]
        transitions = store.frame("transitions", scenario="")
        totals = store.frame("totals")
        sessions = store.frame("saved_sessions")
    assert (hashes.type, hashes.to_pylist()) == (pa.uint64(), [2**64 - 7] * 2)
    assert "" in transitions["action"].to_pylist()
    assert any(len(name) == 3000 for name in transitions["action"].to_pylist())
    assert {None, 0} <= set(transitions["success_count"].to_pylist())
    assert totals["scenario"].null_count == 1
    assert "" in totals["scenario"].to_pylist()
    assert sessions["session_time"].null_count == 2
    assert sessions.schema.field("session_time").type == pa.timestamp("us", tz="UTC")
    assert sessions.schema.field("session_time").metadata[b"description"]


def test_csv_tells_missing_from_empty(url: str, tmp_path: Path) -> None:
    with LearningStore.open(url) as store:
        store.export_frames(tmp_path, "csv", views=["total_transitions", "saved_sessions", "models"])
    text = (tmp_path / "total_transitions.csv").read_text()
    assert text.startswith('"kind","scenario_id"')
    assert '"global",0,,"",""' in text or '"global",,,"",""' in text
    with (tmp_path / "saved_sessions.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 5
    assert 'two\nlines, "quoted"' in {row["task_description"] for row in rows}
    assert str(2**64 - 7) in (tmp_path / "models.csv").read_text()
    read = duckdb.execute(
        "SELECT * FROM read_csv(?, allow_quoted_nulls=false)", [str(tmp_path / "total_transitions.csv")]
    )
    expected = rows_in(url, "total_transitions", VIEWS["total_transitions"].order)
    assert read.fetchall() == expected


def test_a_double_in_csv_is_a_double_to_every_reader(database_url: str, tmp_path: Path) -> None:
    """Whole ones fill all rows that a reader guesses types from; the fraction comes after them."""
    with LearningStore.open(database_url) as store:
        for number in range(121):
            run = simple()
            run.episode_transitions.success_episodes = 1
            run.episode_transitions.failure_episodes = int(number == 120)
            store.save_session("s", run, str(1_700_000_000 + number))
        store.export_frames(tmp_path, "csv", views=["saved_sessions"])
    path = tmp_path / "saved_sessions.csv"
    wanted = [1.0] * 120 + [0.5]
    assert polars.read_csv(path)["success_rate"].to_list() == wanted
    assert pa_csv.read_csv(path)["success_rate"].to_pylist() == wanted
    asked = "SELECT success_rate, typeof(success_rate) FROM read_csv(?, sample_size = 50)"
    assert duckdb.execute(asked, [str(path)]).fetchall() == [(rate, "DOUBLE") for rate in wanted]


def test_csv_has_each_double_and_quotes_text() -> None:
    doubles = [1.0, -0.0, 100.0, 1e15, 1e16, 2.0**63, 1e300, 5e-324, 1e-5, 0.1, -2.5, None]
    texts = ["a", 'q"', "", "two\nlines", "a,b", "1", "日本", None, "é", " ", "\r", "x"]
    batch = pa.record_batch({'"d"': pa.array(doubles), "t": pa.array(texts), "i": pa.array(range(12))})
    file = BytesIO()
    writer = CsvWriter(file, batch.schema)
    for some in (batch.slice(0, 5), batch.slice(5, 0), batch.slice(5)):
        writer.write_batch(some)
    head, *rows = csv.reader(StringIO(file.getvalue().decode(), newline=""))
    assert head == ['"d"', "t", "i"]
    assert [row[0] and float(row[0]) for row in rows] == [*doubles[:-1], ""]
    assert all(not row[0] or "." in row[0] or "e" in row[0] for row in rows)
    assert rows[1][0] == "-0.0"
    assert [row[1] for row in rows] == [text or "" for text in texts]
    assert '2.5,"\r",10\n,"x",11\n' in file.getvalue().decode()
    assert '1e+300,"日本",6\n5e-324,,7\n' in file.getvalue().decode()
    assert '100.0,"",2\n' in file.getvalue().decode()


def test_a_stream_is_read_by_other_tools_and_leaves_nothing_open(url: str) -> None:
    with LearningStore.open(url) as store:
        with store.frame_batches("transitions") as batches:
            counted = duckdb.execute("SELECT count(*), sum(success_count) FROM batches").fetchall()
        with store.frame_batches("transitions") as batches:
            next(iter(batches))
        assert database_of(store.storage).engine.pool.checkedout() == 0  # type: ignore[attr-defined]
        frame = store.frame("transitions")
    assert counted == [(frame.num_rows, sum(n or 0 for n in frame["success_count"].to_pylist()))]


def test_all_files_are_of_one_moment(database_url: str, tmp_path: Path) -> None:
    with LearningStore.open(database_url) as store:
        store.save_session("s", simple())

        def save_meanwhile(_done: int, _total: int) -> None:
            store.save_session("s", simple())

        store.export_frames(tmp_path, "parquet", progress=save_meanwhile)
        assert len(store.list_sessions("s")) == 1 + len(VIEWS)
    for view in ("saved_sessions", "transitions", "learning_curve", "total_transitions"):
        rows = pq.read_table(tmp_path / f"{view}.parquet").to_pylist()
        assert len([row for row in rows if row["scenario"] == "s"]) == 1, view
    assert {row["session_count"] for row in pq.read_table(tmp_path / "totals.parquet").to_pylist()} == {1}


def test_one_scenario_and_chosen_views(url: str, tmp_path: Path) -> None:
    with LearningStore.open(url) as store:
        report = store.export_frames(tmp_path, "parquet", scenario="plain")
        assert [written.view for written in report.files] == list(VIEWS)
        for written in report.files:
            scenarios = pq.read_table(tmp_path / written.file)["scenario"].to_pylist()
            assert set(scenarios) <= {"plain"}
        assert store.frame("transitions", scenario="never saved").num_rows == 0
        (one,) = store.export_frames(tmp_path / "one", "parquet", views=["paths", "paths"]).files
    assert {path.name for path in (tmp_path / "one").iterdir()} - {".swarmstore.lock"} == {one.file}


def test_what_does_not_exist_is_said_before_anything_is_written(database_url: str, tmp_path: Path) -> None:
    folder = tmp_path / "frames"
    with LearningStore.open(database_url) as store:
        for use in (
            lambda: store.frame("nope"),
            lambda: store.frame_batches("nope").__enter__(),
            lambda: store.export_frames(folder, "parquet", views=["transitions", "nope"]),
        ):
            with pytest.raises(
                UnknownViewError, match="'nope' is not a view; there are saved_sessions, transitions"
            ):
                use()
        with pytest.raises(ConfigurationError, match="'xlsx' is not a file format; use parquet or csv"):
            store.export_frames(folder, "xlsx")
    assert not folder.exists()


def test_a_failed_export_leaves_the_files_of_the_one_before(url: str, tmp_path: Path) -> None:
    with LearningStore.open(url) as store:
        store.export_frames(tmp_path, "parquet")
        before = {path.name: path.read_bytes() for path in tmp_path.glob("*.parquet")}
        store.save_session("plain", simple())

        def fail_late(done: int, _total: int) -> None:
            if done == len(VIEWS):
                raise StoreUnavailableError("gone")

        with pytest.raises(StoreUnavailableError):
            store.export_frames(tmp_path, "parquet", progress=fail_late)
        assert {path.name: path.read_bytes() for path in tmp_path.glob("*.parquet")} == before
        assert [path for path in tmp_path.iterdir() if path.suffix == ".tmp"] == []


def test_times_are_utc_whatever_the_server_and_the_client_think(
    migrated_postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with LearningStore.open(migrated_postgres_url) as store:
        store.save_session("s", simple(), "253402214399")  # the last one that views have
    monkeypatch.setenv("PGTZ", "Pacific/Kiritimati")
    with LearningStore.open(migrated_postgres_url) as store:
        (found,) = store.frame("saved_sessions")["session_time"].to_pylist()
    assert found.isoformat() == "9999-12-30T23:59:59+00:00"
