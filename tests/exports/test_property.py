"""Whatever a store holds, its export is imported as an equal store."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from swarmstore import LearningSnapshot, LearningStore, OfflineModel, SessionId, SessionKey
from swarmstore.conformance.any_snapshots import models, names, snapshots
from swarmstore.contracts.imports import Outcome
from swarmstore.files.upstream_limits import MOST
from swarmstore.model.json.codec import decode_snapshot
from swarmstore.model.limits import MAX_TOTAL
from tests.helpers.store_contents import content, files

pytestmark = [pytest.mark.property, pytest.mark.long]

ids = st.sampled_from(
    [
        "0",
        "0.000001",
        "5",
        "0000000005",
        "0000000005.000001",
        "+5",
        "6",
        "abc",
        "a/b",
        "..",
        "9" * 40,
        " ",
        "é",
    ]
)
sessions = st.dictionaries(st.tuples(names, ids), snapshots(), max_size=5)


@settings(max_examples=max(5, settings().max_examples // 10))  # each makes two databases
@given(
    sessions=sessions,
    removed=st.sets(ids, max_size=2),
    totals=st.dictionaries(names, snapshots(most=MAX_TOTAL), max_size=2),
    total=st.none() | snapshots(most=MAX_TOTAL),
    offline=st.dictionaries(names, models(), max_size=2),
)
def test_an_export_is_imported_as_an_equal_store(
    another_database: Callable[[], AbstractContextManager[str]],
    sessions: dict[tuple[str, str], LearningSnapshot],
    removed: set[str],
    totals: dict[str, LearningSnapshot],
    total: LearningSnapshot | None,
    offline: dict[str, OfflineModel],
) -> None:
    with (
        another_database() as url,
        another_database() as empty_url,
        TemporaryDirectory() as folder,
        LearningStore.open(url, synchronous="off") as store,
        LearningStore.open(empty_url, synchronous="off") as empty,
    ):
        for (scenario, session_id), snapshot in sessions.items():
            store.save_session(scenario, snapshot, session_id)
        for scenario, session_id in sessions:
            if session_id in removed:
                store.storage.delete(SessionKey(scenario, SessionId(session_id)))
        for scenario, snapshot in totals.items():
            store.save_scenario(scenario, snapshot)
        if total is not None:
            store.save_global(total)
        for scenario, model in offline.items():
            store.save_offline_model(scenario, model)

        assert store.export_store(folder).problems == []
        written = files(Path(folder))
        repeated = store.export_store(folder)
        assert files(Path(folder)) == written
        assert {*repeated.sessions, *repeated.totals, *repeated.models} <= {Outcome.UNCHANGED}

        for path in Path(folder).rglob("*stats.json"):
            assert_readable(path)
        assert empty.import_store(folder, origin="export").problems == []
        assert content(empty) == content(store)
        empty.import_store(folder, origin="export")
        assert content(empty) == content(store)


def assert_readable(path: Path) -> None:
    """What upstream's reader, and the way it finds sessions, ask of a file."""
    snapshot = decode_snapshot(LearningSnapshot, path.read_bytes())
    episodes = snapshot.episode_transitions
    assert snapshot.contextual_stats == {}
    assert all(count <= MOST for count in episodes.success_transitions.values())
    if path.parent.parent.name == "sessions":
        assert int(path.parent.name) < 2**64
