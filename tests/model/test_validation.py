"""Every field of a snapshot, with everything that may not be in it.

A field's name in an error is where it is: the same text sets it here.
"""

from __future__ import annotations

import pickle
from dataclasses import replace
from http import HTTPStatus
from operator import attrgetter
from typing import Any

import pytest
from hypothesis import given

from swarmstore import (
    AmbiguousNameError,
    CountOutOfRangeError,
    InvalidValueError,
    LearningPhase,
    LearningSnapshot,
    NonFiniteNumberError,
    SessionId,
    TextTooLongError,
    UnknownPhaseError,
)
from swarmstore.conformance.any_snapshots import snapshots
from swarmstore.model.stats import ActionStats
from swarmstore.model.validation import check_bound, check_limit, check_range, check_session, check_total
from tests.model.refused_values import LONG_TEXTS, NO_DOUBLES, NO_TEXTS, put
from tests.snapshots import any_named, full

ACTION_COUNTS = ("visits", "successes", "failures", "discoveries", "total_duration_ms", "kpi_count")
STRATEGY_COUNTS = ("visits", "successes", "failures", "usage_count", "episodes_success", "episodes_failure")
ACTIONS = ("contextual_stats[('A', 'B')]", "action_stats['A']")

COUNTS = [
    "metadata.session_count",
    "metadata.total_episodes",
    "metadata.total_actions",
    "episode_transitions.success_transitions[('A', 'B')]",
    "episode_transitions.failure_transitions[('A', 'C')]",
    "episode_transitions.success_episodes",
    "episode_transitions.failure_episodes",
    *(f"selection_performance.strategy_stats['UCB1'].{name}" for name in STRATEGY_COUNTS),
    "selection_performance.strategy_start_visits",
    *(f"{owner}.{name}" for owner in ACTIONS for name in ACTION_COUNTS),
]
SMALL_COUNTS = ["version", "metadata.created_at"]  # times and versions do not add up in totals
PAIRS = ["ngram_stats.trigrams[('A', 'B', 'C')]", "ngram_stats.quadgrams[('A', 'B', 'C', 'D')]"]
DOUBLES = [
    "selection_performance.strategy_start_success_rate",
    *(f"{owner}.kpi_total" for owner in ACTIONS),
]
TEXTS = ["metadata.scenario_name", "metadata.task_description"]
SHORT_TEXTS = ["metadata.group_id", "selection_performance.current_strategy"]
NAMES = [
    ("episode_transitions.success_transitions", 2, 1),
    ("episode_transitions.failure_transitions", 2, 1),
    ("ngram_stats.trigrams", 3, (1, 1)),
    ("ngram_stats.quadgrams", 4, (1, 1)),
    ("contextual_stats", 2, ActionStats()),
]
SWITCH = "selection_performance.switch_history[1]"

NO_COUNTS: list[Any] = [-1, -(2**63), 2**63, 2**64, 10**30, True, False, HTTPStatus.OK, 1.0, "1", None]
NO_FLOATS: list[Any] = ["1", None, True, 2**53, 1j]


def with_entry(field: str, key: object, value: object) -> LearningSnapshot:
    """A snapshot with one more entry in one of its maps."""
    snapshot = full()
    attrgetter(field)(snapshot)[key] = value
    return snapshot


def assert_refused(snapshot: LearningSnapshot, error: type[InvalidValueError], field: str) -> None:
    for check in (check_session, check_total):
        with pytest.raises(InvalidValueError) as refused:
            check(snapshot)
        assert (type(refused.value), refused.value.field) == (error, field)


@pytest.mark.parametrize("field", COUNTS + SMALL_COUNTS)
def test_a_count_is_an_integer_in_its_range(field: str) -> None:
    for bad in NO_COUNTS:
        assert_refused(put(full(), field, bad), CountOutOfRangeError, field)
    for good in (0, 1, 2**53 - 1):
        check_session(put(full(), field, good))
        check_total(put(full(), field, good))


@pytest.mark.parametrize("field", COUNTS)
def test_a_count_may_be_larger_in_totals(field: str) -> None:
    for large in (2**53, 2**63 - 1):
        check_total(put(full(), field, large))
        with pytest.raises(CountOutOfRangeError) as refused:
            check_session(put(full(), field, large))
        assert refused.value.field == field


@pytest.mark.parametrize("field", SMALL_COUNTS)
def test_a_time_or_version_may_not(field: str) -> None:
    assert_refused(put(full(), field, 2**53), CountOutOfRangeError, field)


@pytest.mark.parametrize("field", PAIRS)
def test_ngrams_have_two_counts(field: str) -> None:
    for bad in NO_COUNTS:
        assert_refused(put(full(), field, (bad, 1)), CountOutOfRangeError, field)
        assert_refused(put(full(), field, (1, bad)), CountOutOfRangeError, field)
    for bad in ((1,), (1, 2, 3), [1, 2], 1, None):
        assert_refused(put(full(), field, bad), InvalidValueError, field)
    check_total(put(full(), field, (2**53, 2**63 - 1)))
    with pytest.raises(CountOutOfRangeError):
        check_session(put(full(), field, (0, 2**53)))


@pytest.mark.parametrize("field", DOUBLES)
def test_a_double_is_finite(field: str) -> None:
    for bad in NO_DOUBLES:
        assert_refused(put(full(), field, bad), NonFiniteNumberError, field)
    for bad in NO_FLOATS:
        assert_refused(put(full(), field, bad), InvalidValueError, field)
    for good in (0.0, -0.0, 5e-324, -1e290, 1e290, 7):
        check_session(put(full(), field, good))


@pytest.mark.parametrize("field", [f"{owner}.kpi_total" for owner in ACTIONS])
def test_a_kpi_leaves_room_to_be_added_up(field: str) -> None:
    for bad in (1.0000000000000001e291, -1.7e308):
        assert_refused(put(full(), field, bad), NonFiniteNumberError, field)


@pytest.mark.parametrize("field", TEXTS + SHORT_TEXTS)
def test_a_text_has_neither_nul_nor_lone_surrogates(field: str) -> None:
    for bad, error in NO_TEXTS:
        assert_refused(put(full(), field, bad), error, field)
    for good in (None, "", "x" * 512, "語" * 170):
        check_session(put(full(), field, good))


@pytest.mark.parametrize("field", SHORT_TEXTS)
def test_a_short_text_has_at_most_512_bytes(field: str) -> None:
    for bad in LONG_TEXTS:
        assert_refused(put(full(), field, bad), TextTooLongError, field)


@pytest.mark.parametrize("field", TEXTS)
def test_other_texts_are_of_any_length(field: str) -> None:
    check_session(put(full(), field, "語" * 100_000))


@pytest.mark.parametrize("bad", ["", "warmup", "Release", b"release", 1])
def test_a_phase_is_one_of_three(bad: Any) -> None:
    assert_refused(put(full(), "metadata.phase", bad), UnknownPhaseError, "metadata.phase")


@pytest.mark.parametrize("phase", [None, *LearningPhase, "bootstrap"])
def test_a_phase_may_be_its_name(phase: Any) -> None:
    check_session(put(full(), "metadata.phase", phase))


@pytest.mark.parametrize(("field", "length", "value"), NAMES, ids=[case[0] for case in NAMES])
def test_every_name_of_a_key_is_checked(field: str, length: int, value: object) -> None:
    for place in range(length):
        for bad, error in NO_TEXTS:
            key = ["a"] * length
            key[place] = bad
            assert_refused(with_entry(field, tuple(key), value), error, field)


@pytest.mark.parametrize(("field", "length", "value"), NAMES, ids=[case[0] for case in NAMES])
def test_a_key_is_a_tuple_of_its_length(field: str, length: int, value: object) -> None:
    for bad in ("ab", "abc", ("a",) * (length - 1), ("a",) * (length + 1), (), None, frozenset("ab")):
        assert_refused(with_entry(field, bad, value), InvalidValueError, field)


def test_the_names_of_actions_and_strategies_are_checked() -> None:
    for bad, error in NO_TEXTS:
        assert_refused(LearningSnapshot(action_stats={bad: ActionStats()}), error, "action_stats")
        snapshot = full()
        snapshot.selection_performance.strategy_stats[bad] = (
            snapshot.selection_performance.strategy_stats.pop("UCB1")
        )
        assert_refused(snapshot, error, "selection_performance.strategy_stats")
    for long in LONG_TEXTS:
        snapshot = full()
        snapshot.selection_performance.strategy_stats[long] = (
            snapshot.selection_performance.strategy_stats.pop("UCB1")
        )
        assert_refused(snapshot, TextTooLongError, "selection_performance.strategy_stats")


@pytest.mark.parametrize(
    ("name", "said", "bad", "error"),
    [
        *(("visits_at_switch", "visits_at_switch", bad, CountOutOfRangeError) for bad in NO_COUNTS),
        *(
            (name, name, bad, NonFiniteNumberError)
            for name in ("success_rate_at_switch", "from_strategy_success_rate")
            for bad in NO_DOUBLES
        ),
        *(
            (name, said, bad, error)
            for name, said in (("from_", "from"), ("to", "to"))
            for bad, error in [*NO_TEXTS, *((long, TextTooLongError) for long in LONG_TEXTS)]
        ),
    ],
)
def test_every_switch_is_checked(name: str, said: str, bad: Any, error: type[InvalidValueError]) -> None:
    snapshot = full()
    history = snapshot.selection_performance.switch_history
    history[1] = replace(history[1], **{name: bad})
    assert_refused(snapshot, error, f"{SWITCH}.{said}")


@pytest.mark.parametrize("bad", NO_COUNTS)
def test_a_limit_is_a_number_of_sessions(bad: Any) -> None:
    with pytest.raises(CountOutOfRangeError, match=r"^limit: "):
        check_limit(bad)


def test_a_bound_is_any_u64_and_a_range_above_all_timestamps_is_empty() -> None:
    bounds = (0, 2**63 - 1, 2**63, 2**64 - 1)
    assert [check_bound("to", bound) for bound in bounds] == list(bounds)
    assert [check_range(0, bound) for bound in bounds] == [(0, min(bound, 2**63 - 1)) for bound in bounds]
    assert [check_range(bound, 2**64 - 1) for bound in bounds] == [
        (0, 2**63 - 1),
        (2**63 - 1, 2**63 - 1),
        (1, 0),
        (1, 0),
    ]
    for bad in (-1, 2**64, 1.5, "1", True, None):
        with pytest.raises(CountOutOfRangeError, match=r"^to: "):
            check_bound("to", bad)


def test_errors_survive_a_process_boundary() -> None:
    for error in (TextTooLongError("a", "b"), AmbiguousNameError("c", "d")):
        copy = pickle.loads(pickle.dumps(error))
        assert (type(copy), copy.field, str(copy)) == (type(error), error.field, str(error))


def test_any_name_may_be_held() -> None:
    check_session(any_named())
    check_session(put(full(), "metadata.scenario_name", str(SessionId("7"))))


@pytest.mark.property
@given(snapshots())
def test_what_the_strategies_make_is_valid(snapshot: LearningSnapshot) -> None:
    check_session(snapshot)
    check_total(snapshot)
