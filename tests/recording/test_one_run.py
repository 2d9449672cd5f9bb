"""One run is one session, however often and in whatever form its trace comes in."""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from swarmstore import LearningStore, TraceError
from swarmstore.contracts.imports import Outcome
from swarmstore.transfer.traces.json_lines import objects_in, read_whole
from tests.recording.making import MANAGER, event, saved, write, write_record
from tests.snapshots import simple

STEPS = [event("Look", tick=0), event("tick_start", MANAGER, tick=1), event("Fix", tick=1)]
PLAIN = "".join(f"{step}\n" for step in STEPS).encode()
FORMS: dict[str, Callable[[bytes], bytes]] = {
    "CRLF": lambda text: text.replace(b"\n", b"\r\n"),
    "blank lines": lambda text: b"\n" + text.replace(b"\n", b"\n \n"),
    "byte order mark": lambda text: b"\xef\xbb\xbf" + text,
    "NULs at the end": lambda text: text.rstrip(b"\n") + b"\0" * 512,
    "no last newline": lambda text: text.rstrip(b"\n"),
    "pretty-printed": lambda text: b"".join(
        json.dumps(json.loads(line), indent=4).encode() + b"\n" for line in text.splitlines()
    ),
    "keys in another order": lambda text: b"".join(
        json.dumps(json.loads(line) | {"more": 1}, sort_keys=True).encode() + b"\n"
        for line in text.splitlines()
    ),
    "gzip": gzip.compress,
}


def total(store: LearningStore) -> tuple[int, int]:
    """Sessions and actions in the scenario's total, which is consistent."""
    assert store.verify_totals(deep=True) == []
    assert store.load_global() == store.load_scenario("s")
    loaded = store.load_scenario("s")
    return loaded.metadata.session_count, sum(stats.visits for stats in loaded.action_stats.values())


@pytest.mark.parametrize("recorded", [True, False])
def test_the_form_of_the_file_makes_no_other_run(
    store: LearningStore, tmp_path: Path, recorded: bool
) -> None:
    if recorded:
        write_record(tmp_path)
    given = {} if recorded else {"scenario": "s", "success": True}
    first = store.ingest(write(tmp_path, *STEPS), **given)  # type: ignore[arg-type]
    assert (first.outcome, first.actions) == (Outcome.ADDED, 2)
    for form, make in FORMS.items():
        trace = tmp_path / ("trace-7.jsonl.gz" if form == "gzip" else "trace-7.jsonl")
        trace.write_bytes(make(PLAIN))
        again = store.ingest(trace, **given)  # type: ignore[arg-type]
        assert (form, again.outcome, again.session_id, again.bad_lines) == (
            form,
            Outcome.UNCHANGED,
            first.session_id,
            [],
        )
    assert total(store) == (1, 2)


@pytest.mark.parametrize("folded", [True, False])
@pytest.mark.parametrize("recorded", [True, False])
def test_the_whole_trace_takes_the_place_of_a_part(
    store: LearningStore, tmp_path: Path, recorded: bool, folded: bool
) -> None:
    """Beside another session, in both totals, under the same id, and for followers too."""
    if recorded:
        write_record(tmp_path)
    given = {} if recorded else {"scenario": "s", "success": True}
    store.save_session("s", simple(5))
    part = store.ingest(write(tmp_path, *STEPS[:1]), **given)  # type: ignore[arg-type]
    assert (part.outcome, part.missing_actions) == (Outcome.ADDED, int(recorded))
    if folded:
        store.fold()
    cursor = list(store.changes())[-1].cursor
    whole = store.ingest(write(tmp_path, *STEPS), **given)  # type: ignore[arg-type]
    assert (whole.outcome, whole.session_id) == (Outcome.REPLACED, part.session_id)
    assert saved(store, whole).episode_transitions.success_transitions == {("Look", "Fix"): 1}
    assert total(store) == (2, 7)
    assert [change.session_id for change in store.changes(cursor)] == [whole.session_id]
    assert store.ingest(tmp_path / "trace-7.jsonl", **given).outcome is Outcome.UNCHANGED  # type: ignore[arg-type]


def test_a_part_of_a_run_that_is_there_changes_nothing_and_is_reported(
    store: LearningStore, tmp_path: Path
) -> None:
    write_record(tmp_path)
    whole = store.ingest(write(tmp_path, *STEPS))
    before = store.load_global()
    part = store.ingest(write(tmp_path, *STEPS[:1]))
    assert (part.outcome, part.session_id) == (Outcome.UNCHANGED, whole.session_id)
    assert (part.fewer_than_stored, part.missing_actions) == (1, 1)
    assert store.load_global() == before


def test_a_file_that_goes_on_growing_stays_one_run(store: LearningStore, tmp_path: Path) -> None:
    """Without a record; each earlier part is known from then on, and another beginning is another run."""
    steps = [event(name, tick=tick) for tick, name in enumerate("ABCD")]
    for length in range(1, 5):
        report = store.ingest(write(tmp_path, *steps[:length]), scenario="s", success=True)
        assert total(store) == (1, length)
    for length in range(1, 5):
        again = store.ingest(write(tmp_path, *steps[:length]), scenario="s", success=True)
        assert (again.outcome, again.session_id) == (Outcome.UNCHANGED, report.session_id)
    assert store.ingest(write(tmp_path, *steps[1:]), scenario="s", success=True).outcome is Outcome.ADDED
    assert store.ingest(write(tmp_path, *steps[:2]), scenario="t", success=True).outcome is Outcome.ADDED
    at = {"scenario": "s", "success": True, "created_at": 1_700_000_000}
    assert store.ingest(write(tmp_path, *steps), **at).outcome is Outcome.ADDED  # type: ignore[arg-type]


def test_runs_that_begin_alike_are_sessions_of_their_own(store: LearningStore, tmp_path: Path) -> None:
    """Also when the part that they share came in first, and has grown to one of them since."""

    def ingested(*actions: str) -> tuple[Outcome, str]:
        steps = [event(action, tick=tick) for tick, action in enumerate(actions)]
        report = store.ingest(write(tmp_path, *steps), scenario="s", success=True)
        return report.outcome, report.session_id

    added, first = ingested("A")
    assert (added, ingested("A", "B")) == (Outcome.ADDED, (Outcome.REPLACED, first))
    outcome, second = ingested("A", "C", "D")
    assert (outcome, second != first) == (Outcome.ADDED, True)
    assert ingested("A", "B") == (Outcome.UNCHANGED, first)
    assert ingested("A") == (Outcome.UNCHANGED, first)
    assert ingested("A", "C", "D", "E") == (Outcome.REPLACED, second)
    assert store.list_sessions("s") == sorted([first, second])
    assert total(store) == (2, 6)


def test_the_engines_id_tells_runs_of_one_millisecond_apart(store: LearningStore, tmp_path: Path) -> None:
    trace = write(tmp_path, *STEPS)
    for name, outcome in (("a", Outcome.ADDED), ("b", Outcome.ADDED), ("a", Outcome.UNCHANGED)):
        write_record(tmp_path, session_id=name)
        assert store.ingest(trace).outcome is outcome
    assert total(store) == (2, 4)


def test_a_run_with_as_many_other_actions_is_refused(store: LearningStore, tmp_path: Path) -> None:
    write_record(tmp_path)
    store.ingest(write(tmp_path, *STEPS))
    with pytest.raises(TraceError, match="as many, but different actions"):
        store.ingest(write(tmp_path, event("Look"), event("Other")))
    write_record(tmp_path, outcome={"Timeout": {}})
    with pytest.raises(TraceError, match="as a successful run"):
        store.ingest(write(tmp_path, *STEPS))
    assert total(store) == (1, 2)


def test_the_whole_of_a_run_whose_part_was_pruned_does_not_come_back(
    store: LearningStore, tmp_path: Path
) -> None:
    """What the part taught is in the totals, and could not be taken out of them."""
    for given in ({}, {"scenario": "s", "success": True}):
        if not given:
            write_record(tmp_path)
        store.ingest(write(tmp_path, *STEPS[:1]), **given)  # type: ignore[arg-type]
        store.prune("s", keep_latest=0)
        assert store.ingest(write(tmp_path, *STEPS), **given).outcome is Outcome.UNCHANGED  # type: ignore[arg-type]
        (tmp_path / "learn_stats_record-7.json").unlink(missing_ok=True)
    assert store.list_sessions("s") == []


def test_a_run_stays_out_of_a_total_that_was_saved_since(store: LearningStore, tmp_path: Path) -> None:
    write_record(tmp_path)
    store.ingest(write(tmp_path, *STEPS[:1]))
    by_hand = simple(9)
    store.save_scenario("s", by_hand)
    store.ingest(write(tmp_path, *STEPS))
    assert store.load_scenario("s") == by_hand
    assert store.load_global().action_stats["Fix"].visits == 1


def test_parts_and_whole_at_once_are_one_session(database_url: str, tmp_path: Path) -> None:
    """Stores of their own, as processes have them."""
    steps = [event(name, tick=tick) for tick, name in enumerate("ABCDEF")]
    traces = []
    for length in range(1, 7):
        folder = tmp_path / str(length)
        folder.mkdir()
        write_record(folder, actions=6)
        traces.append(write(folder, *steps[:length]))

    def work(seed: int) -> None:
        with LearningStore.open(database_url, fold_at=1) as store:
            for trace in random.Random(seed).sample(traces, len(traces)):
                store.ingest(trace)

    with ThreadPoolExecutor(3) as threads:
        list(threads.map(work, range(3)))
    with LearningStore.open(database_url) as store:
        assert total(store) == (1, 6)


def test_a_gzip_file_that_is_cut_off_is_reported_and_completed_later(
    store: LearningStore, tmp_path: Path
) -> None:
    steps = [event(f"A{number}", tick=number) for number in range(2_000)]
    write_record(tmp_path, actions=len(steps))
    packed = gzip.compress("\n".join(steps).encode())
    trace = tmp_path / "trace-7.jsonl.gz"
    trace.write_bytes(packed[: len(packed) * 3 // 4])
    cut = store.ingest(trace)
    assert "damaged or not all there: it ends too early" in cut.bad_lines[-1].reason
    assert 0 < cut.missing_actions < len(steps)
    trace.write_bytes(packed)
    assert store.ingest(trace).outcome is Outcome.REPLACED
    assert total(store) == (1, len(steps))


def test_what_is_unpacked_is_bounded(tmp_path: Path) -> None:
    trace = tmp_path / "trace-7.jsonl.gz"
    trace.write_bytes(gzip.compress(PLAIN))
    with pytest.raises(TraceError, match="more than 100 bytes"):
        read_whole(trace, 100)
    with pytest.raises(TraceError, match="more than 100 bytes"):
        list(objects_in(trace, 100))
    assert read_whole(trace, len(PLAIN)) == PLAIN.rstrip()
    assert len(list(objects_in(trace, len(PLAIN)))) == len(PLAIN.splitlines())


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (PLAIN.decode().encode("utf-16"), "it is UTF-16; save it as UTF-8"),
        (PLAIN.decode().encode("utf-16-le"), "it is UTF-16"),
        (PLAIN.decode().encode("utf-32"), "it is UTF-32"),
        (b"PK\x03\x04rest", "it is a zip archive; unpack it first"),
        (b"\x28\xb5\x2f\xfd rest", "it is zstd; unpack it first"),
    ],
)
def test_other_forms_are_named(tmp_path: Path, content: bytes, said: str) -> None:
    trace = tmp_path / "trace-7.jsonl"
    trace.write_bytes(content)
    with LearningStore.open("sqlite://") as store, pytest.raises(TraceError, match=said):
        store.ingest(trace, scenario="s", success=True)


def test_a_torn_object_of_several_lines_is_reported_and_the_next_one_is_read(tmp_path: Path) -> None:
    whole = json.dumps(json.loads(STEPS[0]), indent=2)
    torn = "\n".join(whole.splitlines()[:3])
    for lines in ([torn, whole], [torn, STEPS[0]], [whole, torn]):
        with LearningStore.open("sqlite://") as store:
            report = store.ingest(write(tmp_path, *lines), scenario="s", success=True)
            assert [bad.line for bad in report.bad_lines] == [1 if lines[0] == torn else 8]
            assert saved(store, report).action_stats["Look"].visits == 1
