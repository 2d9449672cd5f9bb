"""Snapshots made by hand, for tests that look at one promise."""

from __future__ import annotations

from dataclasses import replace

from swarmstore.conformance.shorthand import ALIKE
from swarmstore.contracts.storage import SessionSummary
from swarmstore.model.metadata import LearningPhase, SnapshotMetadata
from swarmstore.model.offline_model import (
    ActionOrderSource,
    LearnedActionOrder,
    LoraConfig,
    OfflineModel,
    RecommendedPath,
)
from swarmstore.model.selection import SelectionPerformance, StrategyStats, StrategySwitchEvent
from swarmstore.model.session_ids import SessionId
from swarmstore.model.snapshot import LearningSnapshot
from swarmstore.model.stats import ActionStats, EpisodeTransitions, NgramStats

_PHASES = [None, LearningPhase.RELEASE, LearningPhase.VALIDATE]


def simple(successes: int = 1, task: str | None = None) -> LearningSnapshot:
    """A session with one transition, one n-gram and one action, each seen `successes` times."""
    return LearningSnapshot(
        metadata=SnapshotMetadata("s", task, 1_700_000_000, 1, 1, 3),
        episode_transitions=EpisodeTransitions({("A", "B"): successes}, {}, 1, 0),
        ngram_stats=NgramStats({("A", "B", "C"): (successes, 0)}),
        action_stats={"A": ActionStats(visits=successes, kpi_total=0.5)},
    )


def full() -> LearningSnapshot:
    """A session with everything in it: missing beside 0, None beside "", the order of switches."""
    return LearningSnapshot(
        version=0,
        metadata=SnapshotMetadata(
            scenario_name="日本語 シナリオ",
            task_description="",
            created_at=2**53 - 1,
            session_count=3,
            total_episodes=0,
            total_actions=2**53 - 1,
            phase=LearningPhase.VALIDATE,
            group_id="g1700000000000",
        ),
        episode_transitions=EpisodeTransitions(
            success_transitions={("A", "B"): 0, ("A", "C"): 5, ("", ""): 1},
            failure_transitions={("A", "C"): 0, ("B", "A"): 0, ("B", "日本"): 2**53 - 1},
            success_episodes=7,
            failure_episodes=0,
        ),
        ngram_stats=NgramStats(
            trigrams={("A", "B", "C"): (0, 0), ("A", "", "C:D"): (4, 2)},
            quadgrams={("A", "B", "C", "D"): (1, 2**53 - 1), ("", "", "", ""): (3, 0)},
        ),
        selection_performance=SelectionPerformance(
            strategy_stats={"UCB1": StrategyStats(1, 2, 3, 4, 5, 6), "": StrategyStats()},
            switch_history=[
                StrategySwitchEvent("UCB1", "Greedy", 6, 0.1 + 0.2, 5e-324),
                StrategySwitchEvent("Greedy", "UCB1", 9, 0.0, -0.0),
                StrategySwitchEvent("UCB1", "Greedy", 6, 1.0, 1.7976931348623157e308),
            ],
            current_strategy="Greedy",
            strategy_start_visits=9,
            strategy_start_success_rate=0.30000000000000004,
        ),
        contextual_stats={
            ("A", "B"): ActionStats(1, 2, 3, 4, 5, -0.0, 7),
            ("B", "A"): ActionStats(kpi_total=1e290),
        },
        action_stats={"A": ActionStats(1, 2, 3, 4, 2**53 - 1, -1e-290, 7), "": ActionStats()},
    )


def varied() -> LearningSnapshot:
    """A session with everything in it but transitions and n-grams of count 0."""
    snapshot = full()
    for name in ("success_transitions", "failure_transitions"):
        counts = getattr(snapshot.episode_transitions, name)
        setattr(snapshot.episode_transitions, name, {key: count for key, count in counts.items() if count})
    del snapshot.ngram_stats.trigrams["A", "B", "C"]
    return snapshot


def any_named() -> LearningSnapshot:
    """Names that joined keys or file names cannot hold: ':' in every place, and long ones."""
    ascii_name, wide_name = "x" * 3000, "語" * 3000
    return replace(
        full(),
        episode_transitions=EpisodeTransitions(
            {("a:b", "c"): 1, ("a", "b:c"): 2, (ascii_name, wide_name): 3}, {(":", ":"): 4}
        ),
        ngram_stats=NgramStats({("a:", ":b", "c:d"): (1, 2)}, {(wide_name, ":", "", ascii_name): (3, 4)}),
        contextual_stats={("a:b", "c"): ActionStats(1), ("a", "b:c"): ActionStats(2)},
        action_stats={":": ActionStats(3), wide_name: ActionStats(4)},
    )


def alike() -> LearningSnapshot:
    """Names that differ by little, keys that run together where a sign joins them, and one switch twice."""
    signs = (",", "|", "/", "\t", "\x1f", "%", "'")
    pairs = [each for sign in signs for each in ((f"a{sign}b", "c"), ("a", f"b{sign}c"))]
    pairs += [(name, "c") for name in (*ALIKE, "a\r\nb", "a\nb")]
    switch = StrategySwitchEvent("UCB1", "Greedy", 6, 0.5, 0.25)
    numbered = list(enumerate(pairs, start=1))
    return LearningSnapshot(
        metadata=SnapshotMetadata(created_at=1_700_000_000),
        episode_transitions=EpisodeTransitions({pair: number for number, pair in numbered}),
        ngram_stats=NgramStats(
            {(*pair, "d"): (number, 0) for number, pair in numbered},
            {("d", *pair, "e"): (0, number) for number, pair in numbered},
        ),
        selection_performance=SelectionPerformance(switch_history=[switch, switch]),
        contextual_stats={pair: ActionStats(number) for number, pair in numbered},
        action_stats={name: ActionStats(number) for number, (name, _) in numbered},
    )


def model() -> OfflineModel:
    """An offline model with everything in it, its hash above 2^63."""
    return OfflineModel(
        recommended_paths=[
            RecommendedPath(["A", "B", "C"], 0.1 + 0.2, 9),
            RecommendedPath([], 0.0, 0),
            RecommendedPath(["", ":", "日本", "D", "E"], 1.0, 2**53 - 1),
        ],
        analyzed_sessions=12,
        updated_at=1_700_000_000,
        action_order=LearnedActionOrder(
            discover=["B", "A", "B"],
            not_discover=["", "C:D"],
            action_set_hash=2**64 - 7,
            source=ActionOrderSource.MANUAL,
            lora=LoraConfig(3, 0.1, None),
            validated_accuracy=0.875,
        ),
    )


def with_outcome(number: int) -> LearningSnapshot:
    """The n-th session, each of another outcome, in three phases and two groups."""
    snapshot = simple(number)
    snapshot.metadata.phase = _PHASES[number % 3]
    snapshot.metadata.group_id = [None, "g"][number % 2]
    snapshot.metadata.total_episodes, snapshot.metadata.total_actions = 3 * number, 10 * number
    snapshot.episode_transitions.success_episodes = number
    snapshot.episode_transitions.failure_episodes = 2 * number
    return snapshot


def summary_of(number: int, session_id: str) -> SessionSummary:
    """What a list of sessions says of `with_outcome(number)`."""
    return SessionSummary(
        SessionId(session_id),
        3 * number,
        10 * number,
        number,
        2 * number,
        _PHASES[number % 3],
        [None, "g"][number % 2],
    )


def with_runs(snapshot: LearningSnapshot, number: int) -> LearningSnapshot:
    """The n-th session of a history in which the runs that an analysis prefers change."""
    snapshot.ngram_stats.trigrams = {
        ("A", "B", "C"): (number, 3),
        ("A", "B", "日本"): (3, number),
        ("C", "", ":"): (number % 3, 2),
    }
    snapshot.episode_transitions.success_episodes = number
    snapshot.episode_transitions.failure_episodes = 2
    return snapshot
