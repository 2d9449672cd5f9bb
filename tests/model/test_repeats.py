"""Which sessions look like a total that was saved again."""

from __future__ import annotations

from dataclasses import replace

from swarmstore import ActionStats, Additive, LearningSnapshot, merge_snapshots
from swarmstore.model.repeated_totals import Learned, TotalsBefore
from tests.snapshots import simple


def repeats(*sessions: LearningSnapshot) -> list[bool]:
    before = TotalsBefore()
    return [before.is_repeated_by(session, Learned.by(session)) for session in sessions]


def test_each_doubling_is_seen() -> None:
    five = merge_snapshots([simple(number) for number in range(1, 6)], Additive())
    ten = merge_snapshots([five, five], Additive())
    assert repeats(five, five, ten, simple(), ten) == [False, True, True, False, False]


def test_short_runs_that_are_alike_are_two_runs() -> None:
    later = simple()
    later.metadata.created_at += 1
    assert repeats(simple(), later, simple(3)) == [False, False, False]
    assert repeats(simple(), simple()) == [False, True]  # created at the same time: the very first again
    assert repeats(LearningSnapshot.empty(), LearningSnapshot.empty()) == [False, False]


def test_actions_are_compared_where_there_are_no_transitions() -> None:
    def acted(visits: int) -> LearningSnapshot:
        return replace(LearningSnapshot.empty(), action_stats={"A": ActionStats(visits)})

    assert repeats(acted(1), acted(2), acted(3), acted(5)) == [False, False, True, False]
