"""The methods of the model: values worked out by hand from upstream's formulas."""

from __future__ import annotations

import math
from functools import partial
from typing import Any

import pytest

from swarmstore import (
    ActionStats,
    EpisodeTransitions,
    InvalidValueError,
    LearnedActionOrder,
    LearningPhase,
    LearningSnapshot,
    LoraConfig,
    NgramStats,
    SelectionPerformance,
    SnapshotMetadata,
    StrategyStats,
    StrategySwitchEvent,
    UnknownPhaseError,
)

TRANSITIONS = EpisodeTransitions(
    success_transitions={("A", "B"): 3, ("A", "C"): 1, ("A", "D"): 1, ("B", "C"): 5},
    failure_transitions={("A", "B"): 1, ("A", "C"): 3},
)
NGRAMS = NgramStats(
    trigrams={("A", "B", "C"): (3, 1), ("A", "B", "D"): (0, 2), ("A", "B", "E"): (0, 0)},
    quadgrams={("A", "B", "C", "D"): (1, 3), ("A", "B", "C", "E"): (1, 3)},
)


def test_transition_rate() -> None:
    assert TRANSITIONS.success_transition_rate("A", "B") == 0.75
    assert TRANSITIONS.success_transition_rate("B", "C") == 1.0
    assert TRANSITIONS.success_transition_rate("C", "A") == 0.5


def test_next_actions_are_those_that_followed_surest_first() -> None:
    prior = LearningSnapshot(episode_transitions=TRANSITIONS)
    first, second, third = prior.next_actions("A")
    assert (first.action, first.success_count, first.failure_count) == ("B", 3, 1)
    assert (first.observations, first.success_rate, first.probability) == (4, 0.75, 4 / 9)
    assert (round(first.wilson_low, 4), round(first.wilson_high, 4)) == (0.3006, 0.9544)
    assert (second.action, second.success_rate) == ("D", 1.0)  # once in one: less is certain of it
    assert (third.action, third.success_rate) == ("C", 0.25)
    assert prior.next_actions("C") == []


def test_next_actions_of_candidates_are_these_tried_or_not() -> None:
    prior = LearningSnapshot(episode_transitions=TRANSITIONS)
    found = prior.next_actions("A", ["new", "C", "B", "new"])
    assert [one.action for one in found] == ["B", "C", "new"]
    new = found[-1]
    assert (new.observations, new.success_rate, new.probability) == (0, None, 0.0)
    assert (new.wilson_low, new.wilson_high) == (0.0, 1.0)
    (nothing,) = LearningSnapshot.empty().next_actions("A", ["new"])
    assert nothing.probability is None


@pytest.mark.parametrize("given", ["Look", b"Look", 5])
def test_one_action_is_no_list_of_actions(given: Any) -> None:
    order = LearnedActionOrder.for_actions(["L"], ["o"], ["L", "o"])
    prior = LearningSnapshot(episode_transitions=TRANSITIONS)
    for asked in (
        partial(prior.next_actions, "A"),
        LearnedActionOrder.compute_hash,
        partial(LearnedActionOrder.for_actions, [], []),
        order.is_exact_match,
        order.match_rate,
    ):
        with pytest.raises(InvalidValueError, match="must be a list of actions"):
            asked(given)


def test_an_untried_action_comes_before_one_that_never_helped() -> None:
    prior = LearningSnapshot(episode_transitions=EpisodeTransitions({}, {("A", "bad"): 9}))
    assert [one.action for one in prior.next_actions("A", ["bad", "new"])] == ["new", "bad"]


def test_transition_value_is_the_difference_of_shares() -> None:
    assert TRANSITIONS.transition_value("A", "B") == pytest.approx(3 / 10 - 1 / 4)
    assert TRANSITIONS.transition_value("A", "C") == pytest.approx(1 / 10 - 3 / 4)
    assert TRANSITIONS.transition_value("X", "Y") == 0.0
    assert EpisodeTransitions({("A", "B"): 2}).transition_value("A", "B") == 1.0


def test_recommended_next_actions_are_the_successful_ones_best_first() -> None:
    recommended = TRANSITIONS.recommended_next_actions("A")
    assert [action for action, _ in recommended] == ["D", "B", "C"]
    assert [value for _, value in recommended] == pytest.approx([0.1, 0.05, -0.65])
    assert TRANSITIONS.recommended_next_actions("C") == []


def test_ngram_rates_and_values() -> None:
    assert NGRAMS.trigram_success_rate("A", "B", "C") == 0.75
    assert NGRAMS.trigram_success_rate("A", "B", "E") == 0.5
    assert NGRAMS.quadgram_success_rate("A", "B", "C", "D") == 0.25
    assert NGRAMS.quadgram_success_rate("A", "B", "C", "X") == 0.5
    assert NGRAMS.trigram_value("A", "B", "C") == 0.5
    assert NGRAMS.trigram_value("A", "B", "D") == -1.0
    assert NGRAMS.trigram_value("X", "Y", "Z") == 0.0
    assert (NGRAMS.trigram_count(), NGRAMS.quadgram_count()) == (3, 2)


def test_recommended_after_is_best_first_and_by_name_where_equal() -> None:
    assert NGRAMS.recommended_after("A", "B") == [("C", 0.5), ("E", 0.0), ("D", -1.0)]
    assert NGRAMS.recommended_after_three("A", "B", "C") == [("D", -0.5), ("E", -0.5)]
    assert NGRAMS.recommended_after("B", "A") == []


def test_action_averages() -> None:
    stats = ActionStats(
        visits=4, successes=3, discoveries=2, total_duration_ms=10, kpi_total=1.5, kpi_count=2
    )
    assert (stats.success_rate(), stats.avg_duration()) == (0.75, 2.5)
    assert (stats.avg_discoveries(), stats.avg_kpi()) == (0.5, 0.75)
    assert (ActionStats().success_rate(), ActionStats().avg_duration(), ActionStats().avg_kpi()) == (
        0.5,
        0,
        0,
    )


def test_strategy_rates() -> None:
    stats = StrategyStats(visits=4, successes=1, episodes_success=1, episodes_failure=3)
    assert (stats.success_rate(), stats.episode_success_rate()) == (0.25, 0.25)
    assert (StrategyStats().success_rate(), StrategyStats().episode_success_rate()) == (0.5, 0.5)


def test_switching_strategies_is_remembered() -> None:
    performance = SelectionPerformance()
    performance.record_action(success=True)
    performance.record_episode_end(success=True)
    assert performance == SelectionPerformance()
    performance.start_strategy("UCB1", 0, 0.5)
    performance.record_action(success=True)
    performance.record_action(success=False)
    performance.record_episode_end(success=True)
    performance.start_strategy("UCB1", 2, 0.5)
    assert performance.switch_history == []
    performance.start_strategy("Greedy", 3, 0.6)
    performance.record_episode_end(success=False)
    assert performance.switch_history == [StrategySwitchEvent("UCB1", "Greedy", 3, 0.6, 0.5)]
    assert performance.strategy_stats == {
        "UCB1": StrategyStats(2, 1, 1, 2, 1, 0),
        "Greedy": StrategyStats(0, 0, 0, 1, 0, 1),
    }
    assert performance.current_strategy == "Greedy"
    assert (performance.strategy_start_visits, performance.strategy_start_success_rate) == (3, 0.6)
    assert performance.strategy_effectiveness("UCB1") == 0.5
    assert performance.strategy_effectiveness("Thompson") is None


def test_best_strategy_needs_ten_visits() -> None:
    performance = SelectionPerformance({"UCB1": StrategyStats(9, 9, 0)})
    assert performance.best_strategy() is None
    performance.strategy_stats["UCB1"].visits = 10
    assert performance.best_strategy() == ("UCB1", 0.9)
    performance.strategy_stats = {"b": StrategyStats(10, 5), "a": StrategyStats(20, 10)}
    assert performance.best_strategy() == ("a", 0.5)


@pytest.mark.parametrize(
    ("failure_rate", "stats", "expected"),
    [
        (0.0, {}, "Greedy"),
        (1.0, {}, "UCB1"),
        (0.5, {}, "UCB1"),
        (0.4, {}, "Greedy"),
        (0.5, {"Thompson": StrategyStats(10, 6)}, "Thompson"),
        (0.5, {"Greedy": StrategyStats(10, 6), "Thompson": StrategyStats(10, 6)}, "Greedy"),
        (1.0, {"UCB1": StrategyStats(10, 2)}, "Greedy"),
    ],
)
def test_recommended_strategy(failure_rate: float, stats: dict[str, StrategyStats], expected: str) -> None:
    assert SelectionPerformance(stats).recommended_strategy(failure_rate, 100) == expected


def test_phases_are_read_in_any_case() -> None:
    assert LearningPhase.parse("Release") is LearningPhase.RELEASE
    with pytest.raises(UnknownPhaseError, match=r"'warmup'.*bootstrap, release, validate"):
        LearningPhase.parse("warmup")


def test_metadata_is_built_up_by_copies() -> None:
    start = SnapshotMetadata()
    built = start.with_scenario("s").with_task("t").with_phase(LearningPhase.RELEASE).with_group_id("g1")
    assert (built.scenario_name, built.task_description, built.phase, built.group_id) == (
        "s",
        "t",
        "release",
        "g1",
    )
    assert start.scenario_name is None
    assert LearningSnapshot.empty().with_metadata(built).metadata == built
    assert start.session_count == 1


def test_match_rate_is_jaccards() -> None:
    order = LearnedActionOrder.for_actions(["A", "B"], ["C"], ["A", "B", "C"])
    assert order.match_rate(["A", "B", "C"]) == 1.0
    assert order.match_rate(["C", "D"]) == 0.25
    assert order.match_rate([]) == 0.0
    assert LearnedActionOrder([], [], 0).match_rate([]) == 1.0
    assert LearnedActionOrder([], [], 0).match_rate(["A"]) == 0.0


def test_exact_match_is_by_hash_and_not_by_order() -> None:
    order = LearnedActionOrder.for_actions(["A"], ["B"], ["B", "A"])
    assert order.is_exact_match(["A", "B"])
    assert not order.is_exact_match(["A", "C"])


@pytest.mark.parametrize(
    ("actions", "expected"),
    [  # what Rust's DefaultHasher gives, as upstream wrote it into stores
        ([], 15130871412783076140),
        (["CheckStatus", "ReadLogs", "AnalyzeMetrics", "Diagnose", "Restart"], 16750126869212197995),
        (
            ["CheckStatus", "ReadLogs", "AnalyzeMetrics", "Diagnose", "Restart", "Grep"],
            10578333015593872922,
        ),
    ],
)
def test_the_hash_is_rusts(actions: list[str], expected: int) -> None:
    assert LearnedActionOrder.compute_hash(actions) == expected
    assert LearnedActionOrder.compute_hash(reversed(actions)) == expected


def test_copies_of_an_order_and_an_adapter() -> None:
    lora = LoraConfig(3).with_name("n")
    order = LearnedActionOrder([], [], 0).with_lora(lora).with_accuracy(0.5)
    assert (order.lora, order.validated_accuracy) == (LoraConfig(3, 1.0, "n"), 0.5)
    assert math.isclose(lora.scale, 1.0)
