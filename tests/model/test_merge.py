"""Merging: weights, rounding, and the edges that golden cases do not reach."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swarmstore import (
    Additive,
    CountOutOfRangeError,
    CountOverflowError,
    LearningSnapshot,
    SuccessWeighted,
    TimeDecay,
    merge_snapshots,
)
from swarmstore.conformance.any_snapshots import snapshots
from swarmstore.model.merge import merge_weights, round_half_up
from tests.snapshots import full, simple


@pytest.mark.parametrize(
    ("value", "rounded"),
    [
        (0.0, 0),
        (0.49999999999999994, 0),
        (0.5, 1),
        (1.5, 2),
        (2.5, 3),
        (2.4999999999999996, 2),
        (4503599627370497.5, 4503599627370498),
        (9007199254740991.0, 2**53 - 1),
        (9007199254740993.0, 2**53),
        (2.0**60, 2**60),
    ],
)
def test_rounding_is_rusts(value: float, rounded: int) -> None:
    assert round_half_up(value) == rounded


@pytest.mark.property
@given(st.floats(min_value=0, max_value=2.0**62))
def test_rounding_is_the_nearest_integer_halves_up(value: float) -> None:
    exact = Fraction(value)
    assert round_half_up(value) == (exact + Fraction(1, 2)).__floor__()


def test_weights() -> None:
    assert merge_weights([(1, 1)] * 3, TimeDecay(1)) == [0.25, 0.5, 1.0]
    assert merge_weights([(1, 1)] * 2, TimeDecay(2)) == [0.5**0.5, 1.0]
    assert merge_weights([], TimeDecay(2)) == []
    assert merge_weights([(7, 3), (5, 0)], SuccessWeighted()) == [1 + 7 / 3, 1.0]
    assert merge_weights([(7, 3)], Additive()) is None


@pytest.mark.parametrize("half_life", [0, -1, 1.5, "3", True, None])
def test_a_half_life_below_one_is_refused(half_life: int) -> None:
    with pytest.raises(CountOutOfRangeError, match="half_life_sessions"):
        TimeDecay(half_life)


@pytest.mark.parametrize("strategy", [Additive(), TimeDecay(1), SuccessWeighted()])
def test_one_snapshot_is_copied_whatever_the_strategy(
    strategy: Additive | TimeDecay | SuccessWeighted,
) -> None:
    given_one = full()
    merged = merge_snapshots([given_one], strategy)
    assert merged == given_one
    merged.action_stats["A"].visits = 99
    assert given_one == full()


def test_additive_does_not_pass_through_doubles() -> None:
    merged = merge_snapshots([simple(2**53 + 1), simple(0)], Additive())
    assert merged.episode_transitions.success_transitions["A", "B"] == 2**53 + 1


def test_a_sum_past_two_to_the_63_is_an_error() -> None:
    with pytest.raises(CountOverflowError, match=r"success_transitions\('A', 'B'\)"):
        merge_snapshots([simple(2**63 - 1), simple(1)], Additive())
    assert merge_snapshots([simple(2**63 - 2), simple(1)], Additive()).action_stats["A"].visits == 2**63 - 1


def test_merging_changes_none_of_its_snapshots() -> None:
    one, two = full(), full()
    merge_snapshots([one, two], SuccessWeighted())
    assert (one, two) == (full(), full())


@pytest.mark.property
@given(st.lists(snapshots(), min_size=2, max_size=4))
def test_additive_merges_may_be_done_in_steps(parts: list[LearningSnapshot]) -> None:
    at_once = merge_snapshots(parts, Additive())
    stepwise = parts[0]
    for part in parts[1:]:
        stepwise = merge_snapshots([stepwise, part], Additive())
    stepwise.metadata.created_at = at_once.metadata.created_at
    assert stepwise == at_once
