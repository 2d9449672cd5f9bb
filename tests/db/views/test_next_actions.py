"""A prior's next actions are the rows of the view `next_actions`."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from swarmstore import LearningSnapshot, LearningStore, NextAction, SqlStorage
from swarmstore.conformance.any_snapshots import names, snapshots
from swarmstore.db.analytics.views import VIEWS
from tests.db.views.reading import read

NOTHING = {"success_count": 0, "failure_count": 0, "wilson_low": 0.0, "wilson_high": 1.0}
FIGURES = ("success_count", "failure_count", "success_rate", "probability", "wilson_low", "wilson_high")


@given(saved=st.lists(snapshots(10_000, names), min_size=1, max_size=3))
@settings(max_examples=min(settings().max_examples, 20))  # a database for each
@pytest.mark.property
def test_they_are_the_rows_of_the_view(
    saved: list[LearningSnapshot], another_database: Callable[[], AbstractContextManager[str]]
) -> None:
    with another_database() as url, SqlStorage(url) as storage:
        store = LearningStore(storage)
        for snapshot in saved:
            store.save_session("s", snapshot)
        prior = store.load_scenario("s")
        rows = read(storage, VIEWS["next_actions"], "WHERE scenario = 's'")
    assert {row["action"] for row in rows} == {before for before, _ in _transitions(prior)}
    for before in {row["action"] for row in rows} | {"never seen"}:
        expected = {row["next_action"]: row for row in rows if row["action"] == before}
        found = prior.next_actions(before)
        assert [one.action for one in found] == [one.action for one in sorted(found, key=_surest)]
        assert {one.action for one in found} == expected.keys()
        for one in found:
            row = expected[one.action]
            assert one.observations == row["observations"]
            for name in FIGURES:
                wanted = NOTHING.get(name) if row[name] is None else row[name]
                assert getattr(one, name) == (wanted and pytest.approx(wanted, rel=1e-12)), name


def _transitions(prior: LearningSnapshot) -> set[tuple[str, str]]:
    episodes = prior.episode_transitions
    return {*episodes.success_transitions, *episodes.failure_transitions}


def _surest(one: NextAction) -> tuple[float, float, str]:
    return -one.wilson_low, -one.wilson_high, one.action
