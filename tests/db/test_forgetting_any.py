"""Whatever was saved, folded and imported: forgetting leaves what a store has that never had it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from swarmstore import (
    FileSystemStorage,
    GlobalKey,
    LearningSnapshot,
    LearningStore,
    MemoryStorage,
    ScenarioKey,
    SessionId,
    Settings,
    SqlStorage,
)
from swarmstore.conformance.any_snapshots import plain_names, snapshots
from swarmstore.conformance.shorthand import timeless
from tests.db.views.exact_sums import exact

SCENARIOS = ("s", "t")
pytestmark = [pytest.mark.property, pytest.mark.long]


class Step(NamedTuple):
    """A session that is saved, whether it is to be forgotten, and whether totals are folded after it."""

    scenario: str
    content: LearningSnapshot
    doomed: bool
    fold: bool


contents = snapshots(most=2**40, actions=plain_names).map(exact)
steps = st.lists(
    st.builds(Step, st.sampled_from(SCENARIOS), contents, st.booleans(), st.booleans()), max_size=3
)


@pytest.fixture
def storage(database_url: str) -> Iterator[SqlStorage]:
    with SqlStorage(database_url, Settings(fold_in_background=False, synchronous="off")) as opened:
        yield opened


def save(storage: SqlStorage, memory: MemoryStorage, prefix: str, steps: list[Step]) -> dict[str, list[str]]:
    """Save sessions, those that stay in memory as well; the ids of the others by scenario."""
    doomed: dict[str, list[str]] = {}
    for step in steps:
        scenario = prefix + step.scenario
        made = storage.save_session(scenario, step.content)
        if step.doomed:
            doomed.setdefault(scenario, []).append(str(made))
        else:
            memory.save_session(scenario, step.content, made)
        if step.fold:
            storage.fold()
    return doomed


def assert_same(storage: SqlStorage, memory: MemoryStorage, prefix: str) -> None:
    for scenario in [prefix + name for name in SCENARIOS]:
        key = ScenarioKey(scenario)
        assert timeless(storage.load(key)) == timeless(memory.load(key))
        assert storage.list_sessions(scenario) == memory.list_sessions(scenario)
    assert timeless(storage.load(GlobalKey())) == timeless(memory.load(GlobalKey()))


def test_totals_are_those_of_a_store_that_never_had_the_sessions(storage: SqlStorage) -> None:
    runs = count()

    @settings(max_examples=settings().max_examples * 2)
    @given(before=steps, after=steps, group=st.booleans())
    def run(before: list[Step], after: list[Step], group: bool) -> None:
        prefix, memory, store = f"{next(runs)} ", MemoryStorage(), LearningStore(storage)
        storage.delete(GlobalKey())
        for step in (*before, *after):
            step.content.metadata.group_id = f"{prefix} doomed" if step.doomed else None
        doomed = save(storage, memory, prefix, before)
        told: dict[str | None, LearningSnapshot | None] = {None: timeless(storage.load(GlobalKey()))}
        if group:
            report = store.forget(group_id=f"{prefix} doomed", dry_run=True)
            told |= {name: timeless(total) for name, total in report.totals.items()}
            store.forget(group_id=f"{prefix} doomed")
        else:
            for scenario, ids in doomed.items():
                report = store.forget(scenario, ids, dry_run=True)
                told |= {name: timeless(total) for name, total in report.totals.items()}
                store.forget(scenario, ids)
        assert_same(storage, memory, prefix)
        for name, total in told.items():
            key = GlobalKey() if name is None else ScenarioKey(name)
            assert timeless(storage.load(key)) == total
        save(storage, memory, prefix, [step._replace(doomed=False) for step in after])
        assert_same(storage, memory, prefix)

    run()
    assert storage.verify_totals(deep=True) == []


def test_forgetting_an_import_is_never_having_imported_it(storage: SqlStorage, tmp_path: Path) -> None:
    """Its sessions, and the totals in its files; imported again, it is there as it was."""
    runs = count()

    @settings(max_examples=settings().max_examples // 3)  # each is two imports
    @given(
        before=steps,
        imported=st.lists(st.tuples(st.sampled_from(SCENARIOS), contents), min_size=1, max_size=3),
        after=steps,
        mode=st.sampled_from(["files", "sessions"]),
    )
    def run(
        before: list[Step],
        imported: list[tuple[str, LearningSnapshot]],
        after: list[Step],
        mode: Literal["files", "sessions"],
    ) -> None:
        prefix, memory, store = f"{next(runs)} ", MemoryStorage(), LearningStore(storage)
        storage.delete(GlobalKey())
        with TemporaryDirectory(dir=tmp_path) as folder:
            files = FileSystemStorage(folder)
            for number, (scenario, content) in enumerate(imported):
                files.save_session(prefix + scenario, content, SessionId(str(number)))
            save(storage, memory, prefix, [step._replace(doomed=False) for step in before])
            store.import_store(folder, origin=prefix, totals=mode)
            at_first = [timeless(storage.load(ScenarioKey(prefix + name))) for name in SCENARIOS]
            store.forget(origin=prefix)
            assert_same(storage, memory, prefix)
            store.import_store(folder, origin=prefix, totals=mode)
            again = [timeless(storage.load(ScenarioKey(prefix + name))) for name in SCENARIOS]
            if not before:  # the newest session is another one by now
                assert again == at_first
            save(storage, memory, prefix, [step._replace(doomed=False) for step in after])
            store.forget(origin=prefix)
        assert_same(storage, memory, prefix)

    run()
    assert storage.verify_totals(deep=True) == []
